"""Takes into the timelines of our bags what a team's laptop recorded of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.batch_id import ids_of
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.custody import (
    HandOver,
    Moved,
    Party,
    Photographed,
    Recounted,
    Reported,
    Where,
)
from cardstation.domain.ledger import Entry
from cardstation.domain.seal_number import read_seal, seals_of
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_if_settled
from cardstation.services.custody_state import CustodyState, custody_in, custody_state
from cardstation.services.hand_over import (
    HandOverRequest,
    expected_of,
    is_last,
    judged,
    run_is_over,
    step_of,
)
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.leaving import ensure_may_leave
from cardstation.services.intent.moved import moved_of, recount_of, reported_of
from cardstation.services.intent.sealed_told import Told, told_in
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import thaw

_BEFORE_THE_RUN = (Stage.LISTED, Stage.QUOTED, Stage.COLLECTED, Stage.RECEIVED)

_TRAYS = frozenset({Where.DONE, Where.ASK, Where.UNPAID})


@dataclass(frozen=True, slots=True)
class _Heard:
    """What belongs into the timeline of an open batch; a photo or count names our own number."""

    batch_id: str
    told: Told
    entry: Entry


def hear_of_bags(station: Station) -> int:
    """Ask the ledger what was recorded under the seals of open batches, and take each once.

    Where this desk has no record of that bag yet, a collection counts as if it were recorded here;
    else our own record stands, and it is shown beside it. The photo of its paper settles what we
    ask of it; the picture stays there. Safe to run after every sync, and to be cut.

    Returns:
        How many were taken.

    Raises:
        LedgerUnreachable, LedgerRefused: asked again after the next sync.
    """
    with station.store.reading() as reading:
        stages = reading.steps.stages()
        ids = [one for one in reading.batches.ids() if stages.get(one) is not Stage.CLOSED]
    seals = seals_of(station.number, ids)
    if station.ledger is None or seals is None:
        return 0
    entries = station.ledger.sealed_hand_overs(*seals)
    with station.store.reading() as reading:
        if next(_new(station, reading, entries), None) is None:
            return 0
    taken: list[str] = []
    with station.store.unit() as unit:
        for one in _new(station, unit, entries):
            _take(station, unit, one)
            taken.append(one.batch_id)
        unit.commit()
    anchor_journal(station)
    for batch_id in dict.fromkeys(taken):
        with suppress(Refusal):
            close_if_settled(station, custody_state(station, batch_id))
    return len(taken)


def _new(station: Station, reading: Reading, entries: Sequence[Entry]) -> Iterator[_Heard]:
    """What can be read, is of an open batch of ours, and was not taken yet; oldest first.

    Each is judged by what is on record when it is asked for: whoever takes one sees it there.
    """
    here = set(reading.batches.ids())
    ids = {(one.station, one.seq): one.entry_id for one in entries}
    for entry in sorted(entries, key=lambda one: (one.at, one.station, one.seq)):
        told = told_in(entry)
        number, short = read_seal(entry.subject) if told else (0, "")
        found = here.intersection(ids_of(short, station.name))
        if told is None or number != station.number or len(found) != 1:
            continue
        [batch_id] = found
        if reading.steps.stage(batch_id) is Stage.CLOSED:
            continue
        steps = reading.steps.of_batch(batch_id)
        if isinstance(told, HandOver):
            news: Told | None = None if _is_taken(steps, entry) else told
        else:
            of = ids.get((entry.station, told.number), "")
            news = _of_ours(reading, steps, entry, told, of)
        if news is not None:
            yield _Heard(batch_id, news, entry)


def _is_taken(steps: Sequence[BatchStep], entry: Entry) -> bool:
    told = (reported_of(one) or recount_of(one) for one in steps)
    return entry.entry_id in {one.entry_id for one in told if one is not None}


def _of_ours(
    reading: Reading,
    steps: Sequence[BatchStep],
    entry: Entry,
    told: Photographed | Recounted,
    of: str,
) -> Told | None:
    """A photo or a count under our own number of the collection it is of; None if it is not new."""
    if isinstance(told, Photographed):
        number = _waiting(steps, of)
        if not number or told.photo in _photos(reading):
            return None
        return Photographed(number, told.photo, entry.station)
    own = [one.seq for one in steps if (known := reported_of(one)) and known.entry_id == of]
    if not own or _is_taken(steps, entry):
        return None
    return replace(
        told, number=own[0], station=entry.station, clerk=entry.clerk, entry_id=entry.entry_id
    )


def _waiting(steps: Sequence[BatchStep], entry_id: str) -> int:
    """Our number of the hand-over that an entry told of, while its paper waits for a photo."""
    there = {
        thaw(Photographed, one.detail).number for one in steps if one.step is Step.PHOTOGRAPHED
    }
    for one in steps:
        reported, moved = reported_of(one), moved_of(one)
        if reported is None or reported.entry_id != entry_id or one.seq in there:
            continue
        if isinstance(moved, HandOver) and moved.on_paper:
            return one.seq
    return 0


def _photos(reading: Reading) -> set[str]:
    """Every photo that is on record; no two hand-overs have the same."""
    steps = reading.steps.of_kind(Step.PHOTOGRAPHED)
    return {thaw(Photographed, one.detail).photo for one in steps}


def _take(station: Station, unit: Unit, one: _Heard) -> None:
    if isinstance(one.told, Photographed):
        record_step(station, unit, one.batch_id, Step.PHOTOGRAPHED, value=one.told)
        return
    state = custody_in(unit, one.batch_id)
    if isinstance(one.told, Recounted):
        again = replace(one.told, beside=not _is_with_team(state, one.told.number))
        record_step(station, unit, one.batch_id, Step.EXPLAINED, value=again)
        return
    back = one.told.taker is Party.MANAGER
    fitted = _back_home(unit, state, one.told) if back else _collected(state, one.told)
    told, beside, entry = fitted or one.told, fitted is None, one.entry
    final = not beside and is_last(state, told)
    stage = run_is_over(station, unit, one.batch_id, state.stage) if final else state.stage
    value = Reported(
        told=told,
        station=entry.station,
        clerk=entry.clerk,
        at=datetime.fromisoformat(entry.at),
        entry_id=entry.entry_id,
        beside=beside,
    )
    step = Step.HANDED_OVER if beside else step_of(stage, told, final=final)
    record_step(station, unit, one.batch_id, step, value=value)


def _is_with_team(state: CustodyState, number: int) -> bool:
    """The bag that a hand-over of ours brought did not go on since, and no card was in a reader."""
    [first] = [one.moved for one in state.timeline if one.step.seq == number]
    since = [one.moved for one in state.timeline if one.step.seq > number]
    return isinstance(first, HandOver) and _is_unrun(state) and not _moves(since, first.seal_no)


def _moves(moved: Iterable[Moved | None], seal_no: str) -> bool:
    """Whether one of them is of that bag, or of an open one that may be it."""
    return any(isinstance(one, HandOver) and one.seal_no in ("", seal_no) for one in moved)


def _is_unrun(state: CustodyState) -> bool:
    run = _TRAYS.intersection(state.custody.where.values())
    return state.stage in _BEFORE_THE_RUN and not run


def _collected(state: CustodyState, told: HandOver) -> HandOver | None:
    """With its lines; None where a card was in a reader, or that bag is on record here."""
    if not _is_unrun(state) or _moves((one.moved for one in state.timeline), told.seal_no):
        return None
    return replace(told, places=expected_of(state.custody, told.giver, told.taker)[0])


def _back_home(reading: Reading, state: CustodyState, told: HandOver) -> HandOver | None:
    """With the lines that went to the team in that bag; None where our books say otherwise."""
    with_team, count = expected_of(state.custody, told.giver, told.taker)
    went = _last_to_team(state)
    places = tuple(one for one in with_team if went.get(one) in ("", told.seal_no))
    if not places:
        return None
    expected = count if places == with_team else len(places)
    way = (told.giver, told.taker, told.arrived, expected, told.seal_no)
    try:
        judged(state, state.batch.batch.batch_id, HandOverRequest(*way, places=places))
        ensure_may_leave(reading, state, places)
    except Refusal:
        return None
    return replace(told, places=places, expected=expected)


def _last_to_team(state: CustodyState) -> dict[int, str]:
    """Under which seal the card of each line went to the team last."""
    moved = [one.moved for one in state.timeline if isinstance(one.moved, HandOver)]
    return {place: one.seal_no for one in moved if one.taker is Party.TEAM for place in one.places}
