"""What is said of a bag is on record: whose it is, its envelopes, and what two persons confirm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch import Whose, Zone
from cardstation.domain.batch_life import Step
from cardstation.domain.custody import NEED_TWO, Explanation, Party, Why
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.explain_card import explain_card
from cardstation.services.file_batch import file_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.run_batch import start_batch
from cardstation.services.verify import verify
from tests.integration.test_custody import SECOND, Bag, closed


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path / "home")
    yield made
    made.station.store.close()


@pytest.mark.parametrize("why", sorted(NEED_TWO - {Why.KEEPS_GAS, Why.MADE_GOOD}))
def test_nobody_says_alone_that_a_card_is_gone(bag: Bag, why: Why) -> None:
    bag.hand(Party.MANAGER, Party.DESK)
    told = Explanation(why, (4,))
    with pytest.raises(Refusal, match="explanation_needs_two"):
        explain_card(bag.station, bag.batch_id, told)
    with pytest.raises(Refusal, match="second_person_same"):
        explain_card(bag.station, bag.batch_id, told, Approval(bag.station.clerk))
    before = bag.steps()
    explain_card(bag.station, bag.batch_id, told, SECOND)
    assert bag.steps() == [*before, Step.EXPLAINED]
    with bag.station.store.reading() as reading:
        last = [*reading.journal.every()][-1]
    assert (last.entry.kind, last.entry.approver) == (EntryKind.BATCH, SECOND.name)


def test_whose_bag_it_is_and_its_envelopes_are_steps_that_name_the_team_only(bag: Bag) -> None:
    whose = Whose("阳光花园", "万家物业", "绿园专班", Zone.SEALED)
    for _twice in range(2):
        file_batch(bag.station, bag.batch_id, whose)
        put_in_envelope(bag.station, bag.batch_id, 2, "E17")
    put_in_envelope(bag.station, bag.batch_id, 2, "")
    assert bag.steps() == [Step.FILED, *[Step.ENVELOPED] * 3], "a number, the rule, none"
    with bag.station.store.reading() as reading:
        told = [one.entry for one in reading.journal.every() if one.entry.kind is EntryKind.BATCH]
    assert all(len(one.proof) == 64 for one in told if "must" not in one.detail)
    said = "".join(one.to_bytes().decode() for one in told)
    assert not [name for name in ("阳光", "万家", "E17") if name in said]
    assert "绿园专班" in said
    assert verify(bag.station).ok


def test_a_closed_batch_is_not_filed_anew_and_has_no_new_envelopes(bag: Bag) -> None:
    closed(bag)
    before = bag.steps()
    with pytest.raises(Refusal, match="batch_closed_already"):
        file_batch(bag.station, bag.batch_id, Whose("别处", "", "", None))
    with pytest.raises(Refusal, match="batch_closed_already"):
        put_in_envelope(bag.station, bag.batch_id, 1, "E9")
    with pytest.raises(Refusal, match="batch_closed_already"):
        start_batch(bag.station, bag.batch_id)
    assert bag.steps() == before
    assert batch_state(bag.station, bag.batch_id).batch.lines[0].envelope == ""
