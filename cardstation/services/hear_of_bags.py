"""Takes collections of our bags into their timelines that a team's laptop recorded elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.batch_id import ids_of
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.custody import HandOver, Party, Reported, Where
from cardstation.domain.ledger import Entry
from cardstation.domain.seal_number import read_seal, seals_of
from cardstation.errors import Defect, Refusal
from cardstation.services.collect_bag import MOST_CARDS
from cardstation.services.custody_state import CustodyState, custody_in
from cardstation.services.hand_over import expected_of, step_of
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.moved import moved_of, reported_of
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import thaw

_BEFORE_THE_RUN = (Stage.LISTED, Stage.QUOTED, Stage.COLLECTED, Stage.RECEIVED)

_TRAYS = frozenset({Where.DONE, Where.ASK, Where.UNPAID})


@dataclass(frozen=True, slots=True)
class _Heard:
    """A collection that belongs into the timeline of an open batch."""

    batch_id: str
    told: HandOver
    entry: Entry


def hear_of_bags(station: Station) -> int:
    """Ask the ledger for collections under the seals of open batches, and take each once.

    Where this desk has no record of that bag yet, it counts as if it were recorded here; else our
    own record stands, and it is shown beside it. Safe to run after every sync, and to be cut.

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
        if not any(True for _ in _new(station, reading, entries)):
            return 0
    with station.store.unit() as unit:
        found = tuple(_new(station, unit, entries))
        for one in found:
            _take(station, unit, one)
        unit.commit()
    anchor_journal(station)
    return len(found)


def _new(station: Station, reading: Reading, entries: Sequence[Entry]) -> Iterator[_Heard]:
    """What can be read, is of an open batch of ours, and was not taken yet; oldest first."""
    here = set(reading.batches.ids())
    for entry in sorted(entries, key=lambda one: (one.at, one.entry_id)):
        told = _read(entry)
        number, short = read_seal(entry.subject) if told else (0, "")
        found = here.intersection(ids_of(short, station.name))
        if told is None or number != station.number or len(found) != 1:
            continue
        [batch_id] = found
        steps = reading.steps.of_batch(batch_id)
        taken = {one.entry_id for one in map(reported_of, steps) if one is not None}
        if entry.entry_id not in taken and reading.steps.stage(batch_id) is not Stage.CLOSED:
            yield _Heard(batch_id, told, entry)


def _read(entry: Entry) -> HandOver | None:
    """The collection in an entry; None where it is something else, or not to be believed."""
    with suppress(ValueError, KeyError, TypeError, AttributeError, Defect, Refusal):
        datetime.fromisoformat(entry.at)
        told = moved_of(thaw(BatchStep, entry.detail))
        if not isinstance(told, HandOver) or told.seal_no != entry.subject:
            return None
        read_seal(told.seal_no)
        return told if _is_sound(told) else None
    return None


def _is_sound(told: HandOver) -> bool:
    counts, texts = (told.arrived, told.expected), (told.given_signed, told.taken_signed)
    return (
        (told.giver, told.taker) == (Party.MANAGER, Party.TEAM)
        and all(type(one) is int and 0 <= one <= MOST_CARDS for one in counts)
        and told.arrived > 0
        and all(isinstance(one, str) for one in (*texts, told.people))
        and not (told.places or told.missing or told.extras)
    )


def _take(station: Station, unit: Unit, one: _Heard) -> None:
    state = custody_in(unit, one.batch_id)
    told, beside = one.told, not _is_in_time(state, one.told)
    if not beside:
        told = replace(told, places=expected_of(state.custody, told.giver, told.taker)[0])
    entry = one.entry
    value = Reported(
        told=told,
        station=entry.station,
        clerk=entry.clerk,
        at=datetime.fromisoformat(entry.at),
        entry_id=entry.entry_id,
        beside=beside,
    )
    step = Step.HANDED_OVER if beside else step_of(state.stage, told, final=False)
    record_step(station, unit, one.batch_id, step, value=value)


def _is_in_time(state: CustodyState, told: HandOver) -> bool:
    """Nothing of that bag is on record here, and no card was in a reader."""
    moves = [one.moved for one in state.timeline if isinstance(one.moved, HandOver)]
    known = any(one.seal_no in ("", told.seal_no) for one in moves)
    run = _TRAYS.intersection(state.custody.where.values())
    return state.stage in _BEFORE_THE_RUN and not known and not run
