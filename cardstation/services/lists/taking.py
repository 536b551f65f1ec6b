"""Takes a list that was read into the store, as a new batch."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.domain.batch import Batch, Whose, Zone
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Decided, Listed, Revised
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.lost_list import as_paid, lost_as
from cardstation.services.intent.scan_rule import scan_when_numbered
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.judging import judged
from cardstation.services.lists.learning import learn
from cardstation.services.lists.reading import HouseholdList, order_of
from cardstation.services.rebuild.money_again import fund_again
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw_any

AS_WRITTEN: Mapping[str, str] = {}


def take_in(
    station: Station,
    found: HouseholdList,
    whose: Whose,
    columns: Mapping[str, str] = AS_WRITTEN,
) -> Batch:
    """Judge every row of a list and store it; no card is touched.

    A list that this station lost gets its own id back, and its lines the money that lies there.
    Headings that were explained for it (`columns`) are remembered for its manager.

    Raises:
        Refusal: `same_list_again` (with the `batch_id` that holds this content), `no_tariff`.
    """
    now = station.clock.now()
    with station.store.reading() as reading:
        verdicts = judged(station, reading, found, whose)
    filed = verdicts.whose
    with station.store.unit() as unit:
        if taken := taken_as(unit, found.digest):
            raise Refusal("same_list_again", batch_id=taken)
        order = order_of(found.rows)
        lost = lost_as(unit, found.digest, order, verdicts.lines)
        batch = Batch(
            batch_id=lost or unit.batches.next_id(now.date(), station.name),
            name=found.name,
            digest=found.digest,
            imported_at=now,
            stated_count=found.stated.count,
            stated_total=found.stated.total,
            lines=(as_paid(unit, lost, verdicts.lines) if lost else None) or verdicts.lines,
            community=filed.community,
            manager=filed.manager,
            team=filed.team,
            zone=filed.zone or Zone.OPEN,
        )
        unit.batches.add(batch)
        if lost:
            fund_again(station, unit, lost)
        else:
            told = Listed(len(batch.lines), found.typed, batch.team, str(batch.zone), order)
            record_step(station, unit, batch.batch_id, Step.LISTED, value=told, proof=found.digest)
            scan_when_numbered(station, unit, batch.batch_id)
        learn(unit, whose.manager, columns)
        taken_in = batch_of(unit, batch.batch_id)
        unit.commit()
    anchor_journal(station)
    return taken_in


def taken_as(reading: Reading, digest: str) -> str:
    """The batch that holds a list's content already, as its first list or a revision; or empty."""
    if taken := reading.batches.with_digest(digest):
        return taken
    for step in reading.steps.of_kind(Step.REVISED):
        told = thaw_any(Revised | Decided, step.detail)
        if isinstance(told, Revised) and told.digest == digest:
            return step.batch_id
    return ""
