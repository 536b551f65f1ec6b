"""Takes a newer list into the batch it revises: what stays keeps its place, nothing is erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cardstation.domain.batch import ManifestLine
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Revised
from cardstation.domain.revision import ChangeKind, Comparison
from cardstation.errors import Refusal
from cardstation.services.compare_list import compared
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.changing import ensure_no_row_lost, pay_what_counts
from cardstation.services.lists.learning import learn
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.lists.taking import AS_WRITTEN
from cardstation.services.station import Station


def revise_list(
    station: Station,
    batch_id: str,
    found: HouseholdList,
    shown: Comparison | None = None,
    columns: Mapping[str, str] = AS_WRITTEN,
) -> Comparison:
    """Take a newer list: new and changed rows are appended, changed and gone ones withdrawn.

    A line that is funded, begun or done is never withdrawn: it is KEPT, and what the newer list
    says of it is not taken.

    Args:
        station: The desk.
        batch_id: Of the batch.
        found: The newer list.
        shown: What the operator saw of it; None = nothing was shown.
        columns: Headings that were explained for it; they are remembered for the batch's manager.

    Raises:
        Refusal: `unknown_batch`, `same_list_again`, `nothing_to_revise` (it says what the batch
            says), `comparison_outdated` (the batch changed since it was shown),
            `batch_not_so_far`, `list_rows_lost`, `sheet_not_understood`, and those of
            `ensure_may_write`; of a typed list those of `ensure_on_duty`.
    """
    ensure_may_write(station)
    if found.typed:
        ensure_on_duty(station)
    with station.store.unit() as unit:
        now = compared(station, unit, batch_id, found)
        ensure_no_row_lost(unit, batch_id)
        if shown is not None and shown.changes != now.changes:
            raise Refusal("comparison_outdated", batch_id=batch_id)
        if not now.says_something:
            raise Refusal("nothing_to_revise", batch_id=batch_id)
        batch = batch_of(unit, batch_id)
        revision = batch.revision + 1
        leave = (ChangeKind.CHANGED, ChangeKind.GONE)
        places = [change.place for change in now.changes if change.kind in leave]
        unit.batches.withdraw(batch_id, places, "revised")
        unit.batches.add_lines(batch_id, _appended(now, revision))
        unit.batches.restate(batch_id, found.stated.count, found.stated.total)
        value = _told(now, found, revision)
        record_step(station, unit, batch_id, Step.REVISED, value=value, proof=found.digest)
        learn(unit, batch.manager, columns)
        pay_what_counts(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
    return now


def _appended(now: Comparison, revision: int) -> list[ManifestLine]:
    """The new lines."""
    taken = (ChangeKind.NEW, ChangeKind.CHANGED)
    return [
        replace(one.new, revision=revision)
        for one in now.changes
        if one.kind in taken and one.new is not None
    ]


def _told(now: Comparison, found: HouseholdList, revision: int) -> Revised:
    return Revised(
        revision=revision,
        digest=found.digest,
        typed=found.typed,
        unchanged=now.count(ChangeKind.UNCHANGED),
        new=now.count(ChangeKind.NEW),
        changed=now.count(ChangeKind.CHANGED),
        gone=now.count(ChangeKind.GONE),
        kept=now.count(ChangeKind.KEPT),
    )
