"""Says whose a sealed bag is, who has it and how many cards: also a bag of another station."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.batch_id import ids_of
from cardstation.domain.batch_life import BatchStep
from cardstation.domain.custody import HandOver, Moved, Recounted
from cardstation.domain.custody_trace import BagTrace, TracedStep, counts_of
from cardstation.domain.seal_number import bare_seal, read_seal
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.intent.moved import counted_last, moved_of, recounts_of
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
    if station_no == station.number:
        with station.store.reading() as reading:
            found = map(reading.steps.of_batch, ids_of(short, station.name))
            own = next(filter(None, found), ())
        return _traced(station, number, station.name, own)
    whose, steps = _at_the_centre(station, number)
    return _traced(station, number, whose, steps)


def recorded_here(station: Station, seal_no: str) -> BagTrace:
    """What this station itself recorded of another one's bag; asks nobody.

    Raises:
        Refusal: `bag_not_known`.
    """
    with station.store.reading() as reading:
        steps = reading.steps.of_batch(seal_no)
    return _traced(station, seal_no, "", steps)


def _traced(station: Station, seal_no: str, whose: str, steps: Sequence[BatchStep]) -> BagTrace:
    if not steps:
        raise Refusal("bag_not_known", seal_no=seal_no)
    station_no, short = read_seal(seal_no)
    named = steps[0].batch_id
    again = recounts_of(steps)
    traced = tuple(
        TracedStep(one.at, one.step, one.stage, one.clerk, _moved(one, again)) for one in steps
    )
    return BagTrace(
        seal_no,
        whose or f"{station_no:05d}",
        short if named == seal_no else named,
        station_no == station.number,
        traced[-1].stage,
        counts_of(traced),
        steps=traced,
    )


def _moved(one: BatchStep, again: Sequence[Recounted]) -> Moved | None:
    """With the count that holds; one that came late to the bag's own desk moves no card there."""
    moved = moved_of(one)
    if not isinstance(moved, HandOver):
        return moved
    return counted_last(moved, one.seq, again, late=False)


def _at_the_centre(station: Station, seal_no: str) -> tuple[str, Sequence[BatchStep]]:
    """What its own station told; until it has, what whoever collected it recorded."""
    with station.store.reading() as reading:
        own = reading.steps.of_batch(seal_no)
    try:
        found = () if station.ledger is None else station.ledger.bag_steps(seal_no)
    except LedgerUnreachable as error:
        if not own:
            raise _not_here(station, seal_no) from error
        return "", own
    if station.ledger is None and not own:
        raise _not_here(station, seal_no)
    theirs = [one for one in found if one.subject != seal_no]
    whose = theirs[0].station if theirs else ""
    told = [one for one in theirs if one.station == whose] or found
    return whose, tuple(thaw(BatchStep, one.detail) for one in told) or own


def _not_here(station: Station, seal_no: str) -> Refusal:
    with station.store.reading() as reading:
        heard = reading.outbox.last_heard()
    since = "" if heard is None else heard.isoformat(" ", "minutes")
    return Refusal("bag_not_known_here", seal_no=seal_no, since=since or "—")
