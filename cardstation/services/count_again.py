"""Puts the count right of a bag that this laptop collected; its list lies at another desk."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import RECOUNTS, HandOver, Recounted
from cardstation.domain.custody_trace import BagTrace
from cardstation.domain.seal_number import bare_seal, read_seal
from cardstation.errors import Refusal
from cardstation.services.custody_state import Happened, custody_in
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.sealed_told import MOST_CARDS
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.services.trace_bag import recorded_here
from cardstation.store import Reading


def collected_here(station: Station, seal_no: str) -> HandOver | None:
    """The collection that was recorded here under a seal, with its last count; None if none was.

    Raises:
        Refusal: `seal_number_wrong`.
    """
    with station.store.reading() as reading:
        found = _collection(station, reading, bare_seal(seal_no))
    return found.moved if found is not None and isinstance(found.moved, HandOver) else None


def count_again(
    station: Station, seal_no: str, arrived: int, reason: str, expected: int | None = None
) -> BagTrace:
    """Record another count for it, as a new entry; what was recorded stays in the chain.

    Works without the ledger, which brings it to the desk with the list.

    Args:
        station: The laptop.
        seal_no: As typed or scanned.
        arrived: Cards there are.
        reason: One of `RECOUNTS`.
        expected: Cards the giver says; None = as many.

    Raises:
        Refusal: `seal_number_wrong`, `bag_not_known` (no such collection was recorded here),
            `hand_over_count`, `recount_reason_unknown`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    said = arrived if expected is None else expected
    if not 0 < arrived <= MOST_CARDS or not 0 <= said <= MOST_CARDS:
        raise Refusal("hand_over_count", arrived=arrived, expected=said)
    if reason not in RECOUNTS:
        raise Refusal("recount_reason_unknown", given=reason, known=" ".join(RECOUNTS))
    number = bare_seal(seal_no)
    with station.store.unit() as unit:
        found = _collection(station, unit, number)
        if found is None or not isinstance(found.moved, HandOver):
            raise Refusal("bag_not_known", seal_no=number)
        told = Recounted(found.step.seq, found.moved.arrived, arrived, said, reason)
        record_step(station, unit, number, Step.EXPLAINED, value=told)
        unit.commit()
    anchor_journal(station)
    return recorded_here(station, number)


def _collection(station: Station, reading: Reading, seal_no: str) -> Happened | None:
    if read_seal(seal_no)[0] == station.number or not reading.steps.of_batch(seal_no):
        return None
    found = custody_in(reading, seal_no).timeline
    return next((one for one in found if one.step.step is Step.COLLECTED), None)
