"""Proves that no household stands behind a card that this desk made in the place of another."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.reissue import is_undone
from cardstation.domain.topup import Work
from cardstation.domain.transitions import Direction
from cardstation.services.proof.records import Disagreement, Records, about


def generation_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every reissue that stands and is newer than its household's card on file."""
    undone = {one.subject for one in records.entries if is_undone(one)}
    for work in records.topups:
        made = work.direction is Direction.WORK and work.reference == Work.REISSUE
        if not made or work.topup_id in undone:
            continue
        household = records.households.get(work.account_no)
        same = household is not None and household.card_no == work.identity.card_no
        if household is None or (same and household.generation < work.identity.generation):
            yield about("generation_disagrees", work, generation=work.identity.generation)
