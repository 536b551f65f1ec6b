"""Says whose a sealed bag is, who has it and how many cards: also a bag of another station."""

from __future__ import annotations

from cardstation.domain.batch_id import ids_of
from cardstation.domain.batch_life import BatchStep
from cardstation.domain.custody_trace import BagTrace, TracedStep, counts_of
from cardstation.domain.seal_number import bare_seal, read_seal
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.intent.moved import moved_of
from cardstation.services.station import Station
from cardstation.store.frozen import thaw


def trace_bag(station: Station, seal_no: str) -> BagTrace:
    """Look a bag up by its seal: our own in our records, another station's at the centre.

    Args:
        station: The desk.
        seal_no: As typed, or as either code of the label is scanned.

    Raises:
        Refusal: `seal_number_wrong`, `bag_not_known` (no hand-over under it is on record),
            `bag_not_known_here` (no ledger in reach; with the time it was last heard of).
        LedgerRefused: `station_suspended`, …
    """
    number = bare_seal(seal_no)
    station_no, short = read_seal(number)
    ours = station_no == station.number
    if ours:
        with station.store.reading() as reading:
            found = map(reading.steps.of_batch, ids_of(short, station.name))
            whose, steps = station.name, next(filter(None, found), ())
    else:
        whose, steps = _at_the_centre(station, number)
    if not steps:
        raise Refusal("bag_not_known", seal_no=number)
    traced = tuple(
        TracedStep(one.at, one.step, one.stage, one.clerk, moved_of(one)) for one in steps
    )
    return BagTrace(
        number, whose, steps[0].batch_id, ours, traced[-1].stage, counts_of(traced), steps=traced
    )


def _at_the_centre(station: Station, seal_no: str) -> tuple[str, tuple[BatchStep, ...]]:
    if station.ledger is None:
        raise _not_here(station, seal_no)
    try:
        found = station.ledger.bag_steps(seal_no)
    except LedgerUnreachable as error:
        raise _not_here(station, seal_no) from error
    whose = found[0].station if found else ""
    steps = (thaw(BatchStep, one.detail) for one in found if one.station == whose)
    return whose, tuple(steps)


def _not_here(station: Station, seal_no: str) -> Refusal:
    with station.store.reading() as reading:
        heard = reading.outbox.last_heard()
    since = "" if heard is None else heard.isoformat(" ", "minutes")
    return Refusal("bag_not_known_here", seal_no=seal_no, since=since or "—")
