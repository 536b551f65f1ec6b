"""Says where every card of a batch is, and what its way was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import (
    NEED_TWO,
    Custody,
    Explanation,
    HandOver,
    Moved,
    People,
    Photographed,
    Recounted,
    Reported,
    Why,
    counted_otherwise,
)
from cardstation.domain.custody_book import custody
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from cardstation.domain.trays import Tray
from cardstation.services.batch_state import BatchState, batch_in
from cardstation.services.card_trays import laid
from cardstation.services.intent.lost_list import is_lost
from cardstation.services.intent.moved import (
    counted_last,
    moved_of,
    recount_of,
    recounts_of,
    reported_of,
)
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw
from cardstation.store.funds import BatchStop


@dataclass(frozen=True, slots=True)
class Happened:
    """One step of the bag's way, with what stands behind it.

    Attributes:
        moved: The hand-over or explanation; None for steps of another kind.
        given_by, taken_by: Who said to have given and taken, empty when nobody was named.
        photo_due: Signed on paper, or counted otherwise elsewhere, and there is no photo yet.
        photo: SHA-256 of the photo that this step brought; `photo_at`: the station that has the
            picture, empty = this one.
        reported: As another station recorded it, where this desk has it from there.
        ours: What our own record of that bag says, where it was counted otherwise there.
        again: The other count that this step brought, of a collection further up.
    """

    step: BatchStep
    moved: Moved | None
    given_by: str = ""
    taken_by: str = ""
    photo_due: bool = False
    photo: str = ""
    photo_at: str = ""
    reported: Reported | None = None
    ours: int | None = None
    again: Recounted | None = None


@dataclass(frozen=True, slots=True)
class CustodyState:
    """A batch and its bag.

    Attributes:
        timeline: Every step of the batch, oldest first.
        seals: Numbers of the seals that were used, each once, oldest first.
    """

    batch: BatchState
    stage: Stage
    custody: Custody
    timeline: tuple[Happened, ...]
    seals: tuple[str, ...]

    @property
    def photos_due(self) -> tuple[int, ...]:
        """Numbers of the hand-overs whose signed paper waits for its photo, oldest first."""
        return tuple(one.step.seq for one in self.timeline if one.photo_due)

    def needs_two(self, told: Explanation) -> bool:
        """Whether nobody says this alone; no row of a lost list says whose a card of it was."""
        another = told.why is Why.OTHER_BATCH and bool(told.places)
        return told.why in NEED_TWO or (another and is_lost(self.batch.batch))


def places_at(state: CustodyState, door: str) -> tuple[int, ...]:
    """The cards of a building (`3`), a stair (`3-2`) or a room, by their doors."""
    lines = state.batch.batch.lines
    start = f"{door.strip('-')}-"
    return tuple(p for p in state.custody.where if f"{lines[p - 1].door}-".startswith(start))


def custody_state(station: Station, batch_id: str) -> CustodyState:
    """Look at a batch's cards.

    Raises:
        Refusal: `unknown_batch`.
    """
    with station.store.reading() as reading:
        return custody_in(reading, batch_id)


def custody_in(reading: Reading, batch_id: str) -> CustodyState:
    """As `custody_state`, within a unit of work."""
    state = batch_in(reading, batch_id)
    timeline = _timeline(reading, batch_id)
    loads, stops = reading.topups.of_batch(batch_id), reading.funds.stops(batch_id)
    seen = _seen(loads, stops)
    stage = reading.steps.stage(batch_id)
    numbers = {stop.card_no for stop in stops if not stop.line} - {""}
    stands = card_places(state.outcomes)
    lines = enumerate(state.batch.lines, start=1)
    strangers = {line.card_no for place, line in lines if place in seen and place not in stands}
    numbers |= strangers - {""}
    moved = [(one.step.at, one.moved) for one in timeline if one.moved is not None]
    signed = [one.reported.told if one.reported else one.moved for one in timeline]
    seals = [one.seal_no for one in signed if isinstance(one, HandOver) and one.seal_no]
    return CustodyState(
        batch=state,
        stage=stage,
        custody=custody(state.outcomes, moved, seen, sorted(numbers), _trays(stops), _begun(loads)),
        timeline=timeline,
        seals=tuple(dict.fromkeys(seals)),
    )


def _seen(loads: Sequence[TopUp], stops: Sequence[BatchStop]) -> dict[int, datetime]:
    """When the card of each line last lay in a reader: it was loaded, or stopped."""
    loaded = ((one.line, one.opened_at) for one in loads)
    stopped = ((one.line, one.at) for one in stops if one.line)
    return _latest((*loaded, *stopped))


def _begun(loads: Sequence[TopUp]) -> dict[int, datetime]:
    """When the load of each line that has one was begun."""
    ended = (TopUpState.VOIDED, TopUpState.REFUNDED)
    return {one.line: one.opened_at for one in loads if one.state not in ended}


def _trays(stops: Sequence[BatchStop]) -> dict[int, Tray]:
    """Where the stopped card of each line was laid: what a clerk chose, or what its stop says.

    In the order in which they were laid: of two rows of one card the last one counts.
    """
    last = {stop.line: (no, laid(stop)) for no, stop in enumerate(stops)}
    return {line: tray for line, (_, tray) in sorted(last.items(), key=lambda one: one[1][0])}


def _latest(found: Iterable[tuple[int, datetime]]) -> dict[int, datetime]:
    seen: dict[int, datetime] = {}
    for place, at in found:
        seen[place] = max(at, seen.get(place, at))
    return seen


def said_at(state: CustodyState) -> dict[int, datetime]:
    """When somebody last said something of each card: of one that is kept, lost or destroyed."""
    stands = card_places(state.batch.outcomes)
    return {
        stands[place]: one.step.at
        for one in state.timeline
        if isinstance(one.moved, Explanation)
        for place in one.moved.places
        if place in stands
    }


def _timeline(reading: Reading, batch_id: str) -> tuple[Happened, ...]:
    steps = reading.steps.of_batch(batch_id)
    photos = {
        one.seq: thaw(Photographed, one.detail) for one in steps if one.step is Step.PHOTOGRAPHED
    }
    there = {one.number for one in photos.values()}
    again = recounts_of(steps)
    told = [_put_right(_happened(reading, step), again) for step in steps]
    return tuple(
        _with_photo(one, photos[one.step.seq])
        if one.step.seq in photos
        else _with_doubts(one, told, photographed=one.step.seq in there)
        for one in told
    )


def _with_photo(one: Happened, told: Photographed) -> Happened:
    return replace(one, photo=told.photo, photo_at=told.station)


def _put_right(one: Happened, again: Sequence[Recounted]) -> Happened:
    """With the last count of it; one that came late moves no card, and is held against ours."""
    moved, reported, number = one.moved, one.reported, one.step.seq
    if reported is not None:
        told = counted_last(reported.told, number, again, late=True)
        reported = replace(reported, told=told)
    if isinstance(moved, HandOver):
        moved = counted_last(moved, number, again, late=False)
    return replace(one, moved=moved, reported=reported)


def _with_doubts(one: Happened, told: Sequence[Happened], *, photographed: bool) -> Happened:
    ours = None
    if one.reported is not None and not _holds(one, one.reported):
        own = (other.moved for other in told if other is not one)
        ours = counted_otherwise(one.reported.told, [h for h in own if isinstance(h, HandOver)])
    due = (isinstance(one.moved, HandOver) and one.moved.on_paper) or ours is not None
    return replace(one, photo_due=due and not photographed, ours=ours)


def _holds(one: Happened, reported: Reported) -> bool:
    """It moves our cards as its own station counts them."""
    moved = one.moved
    return isinstance(moved, HandOver) and moved.arrived == reported.told.arrived


def _happened(reading: Reading, step: BatchStep) -> Happened:
    moved, reported = moved_of(step), reported_of(step)
    if reported is not None or not isinstance(moved, HandOver) or not moved.people:
        return Happened(step, moved, reported=reported, again=recount_of(step))
    page = reading.steps.signature(moved.people)
    if page is None:
        return Happened(step, moved)
    people = thaw(People, page.decode())
    return Happened(step, moved, people.given_by, people.taken_by)
