"""Records that cards went from hand to hand: who, how many, under which seal, signed how."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.batch_life import TABLE, Stage, Step
from cardstation.domain.custody import (
    KEPT,
    TAIL,
    Custody,
    HandOver,
    Party,
    Where,
)
from cardstation.domain.seal_number import ensure_seal, read_seal
from cardstation.errors import Refusal
from cardstation.services.custody_state import CustodyState, custody_in, custody_state
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.leaving import ensure_may_leave
from cardstation.services.intent.lost_list import ensure_listed_here
from cardstation.services.intent.signing import ensure_picture, keep_names, keep_signed
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Unit

Way = tuple[Party, Party]
"""From whom to whom."""
ARRIVALS: tuple[Way, ...] = ((Party.MANAGER, Party.DESK), (Party.TEAM, Party.DESK))
"""How cards come to the desk."""
_WAYS = {
    (Party.MANAGER, Party.TEAM),
    (Party.MANAGER, Party.DESK),
    (Party.TEAM, Party.DESK),
    (Party.DESK, Party.TEAM),
    (Party.DESK, Party.MANAGER),
    (Party.DESK, Party.RESIDENT),
    (Party.TEAM, Party.MANAGER),
}
_BEEN_HERE = frozenset({Stage.RECEIVED, Stage.RUNNING, Stage.DONE})


@dataclass(frozen=True, slots=True)
class HandOverRequest:
    """A hand-over as the people at the table state it.

    Attributes:
        arrived: Cards counted by the taker, foreign ones included.
        expected: Cards the giver says there are; None = as many as our books say.
        places: Lines whose cards go; None = every card the giver holds.
        missing: Lines known to be missing. extras: Numbers of cards on no line (last digits do).
        given_by, taken_by: Names as given; of the desk empty = the clerk on duty.
        given_picture, taken_picture: Signatures (PNG or JPEG); the desk needs none.
        on_paper: Who gave no picture signed on paper, whose photo follows.
    """

    giver: Party
    taker: Party
    arrived: int
    expected: int | None = None
    seal_no: str = ""
    places: tuple[int, ...] | None = None
    missing: tuple[int, ...] = ()
    extras: tuple[str, ...] = ()
    given_by: str = ""
    taken_by: str = ""
    given_picture: bytes = b""
    taken_picture: bytes = b""
    on_paper: bool = False


def hand_over(station: Station, batch_id: str, asked: HandOverRequest) -> CustodyState:
    """Record a hand-over, whole or in part; what lacks or is left over is kept as it was counted.

    The last card that leaves for home makes the batch *returned*.

    Raises:
        Refusal: `unknown_batch`, `bag_listed_elsewhere`,
            `hand_over_way` (not between these two), `hand_over_count`,
            `whose_card_goes` (a resident takes their own card), `card_not_with_giver`,
            `nothing_to_hand_over`, `more_than_here` (more than twice what can go back),
            `seal_number_wrong`, `seal_of_other_batch`,
            `bag_collected_already` (a team's laptop recorded it, and we have it from there),
            `signature_not_picture`, `name_missing`, `signature_missing` (of who is not the desk),
            `refused_load_open` (a household refused its card, and the load on it is unanswered),
            `load_made_good` (a card was found whose load was made good, of this batch or of
            another open one, and nobody has said what becomes of it),
            `batch_not_certain` (the load of a card is being taken off: nobody knows what is on it),
            `cards_not_explained` (a count lacks some of the cards nobody has seen, so nobody
            knows which go back), `batch_not_so_far`, and those of `ensure_may_write`.
    """
    ensure_listed_here(batch_id)
    ensure_may_write(station)
    for picture in (asked.given_picture, asked.taken_picture):
        ensure_picture(picture)
    with station.store.unit() as unit:
        before = custody_in(unit, batch_id)
        told = judged(before, batch_id, asked)
        _ensure_own_seal(station, batch_id, told.seal_no)
        ensure_signed(asked)
        if told.taker is not Party.DESK:
            ensure_may_leave(unit, before, told.places)
        final = is_last(before, told)
        stage = unit.steps.stage(batch_id)
        if final:
            stage = run_is_over(station, unit, batch_id, stage)
        value = _signed(station, unit, told, asked)
        record_step(station, unit, batch_id, step_of(stage, told, final=final), value=value)
        unit.commit()
    anchor_journal(station)
    return custody_state(station, batch_id)


def expected_of(custody: Custody, giver: Party, taker: Party) -> tuple[tuple[int, ...], int]:
    """The lines whose cards a giver holds by our books, and how many cards that is."""
    if giver is Party.MANAGER:
        places = _at(custody, Where.NOT_COLLECTED)
        return places, len(places)
    if giver is Party.TEAM:
        places = _at(custody, Where.TEAM)
        if not places and taker is Party.DESK:
            places = _at(custody, Where.NOT_COLLECTED)
        counted = custody.counted[Party.TEAM]
        return places, counted or len(places)
    desk = tuple(p for p in custody.held if custody.where[p] is not Where.TEAM)
    if custody.short:
        desk = tuple(p for p in desk if custody.where[p] is not Where.WAITING)
    return desk, len(desk)


def likely_way(custody: Custody, ways: tuple[Way, ...]) -> Way:
    """The first way on which cards stand ready; first of all those that are with the team.

    Where nothing but kept cards is here, a household fetches its own.
    """
    ready = [way for way in ways if expected_of(custody, *way)[0]]
    from_team = [way for way in ready if way[0] is Party.TEAM and custody.tally[Where.TEAM]]
    home = (Party.DESK, Party.RESIDENT)
    fetched = [home] if custody.kept and home in ways and not custody.left_over else []
    return next(iter((*from_team, *ready, *fetched, *ways)))


def judged(state: CustodyState, batch_id: str, asked: HandOverRequest) -> HandOver:
    """What the request means, checked against the books.

    Raises:
        Refusal: as `hand_over`.
    """
    if (asked.giver, asked.taker) not in _WAYS:
        raise Refusal("hand_over_way", giver=asked.giver.value, taker=asked.taker.value)
    if asked.taker is Party.RESIDENT and not asked.places:
        raise Refusal("whose_card_goes")
    held, count = expected_of(state.custody, asked.giver, asked.taker)
    if asked.places is not None:
        _ensure_with_giver(state, asked, held)
        held, count = asked.places, len(asked.places)
    places = tuple(place for place in held if place not in asked.missing)
    if asked.taker is not Party.DESK:
        _ensure_answered(state.custody, places)
    extras = tuple(number[-TAIL:] for number in asked.extras)
    unforeseen = len(extras) if asked.giver is not Party.DESK else 0
    count = count if unforeseen else count + len(extras)
    expected = count if asked.expected is None else asked.expected
    arrived = asked.arrived
    if not 0 <= arrived <= 100_000 or not 0 <= expected <= 100_000:
        raise Refusal("hand_over_count", arrived=arrived, expected=expected)
    if asked.giver is Party.DESK:
        _ensure_known_which(state.custody, places, extras)
        _ensure_any_goes(state, held, max(expected, arrived))
    elif not (places or extras or arrived):
        raise Refusal("nothing_to_hand_over", giver=asked.giver.value)
    if asked.taker is not Party.DESK and asked.giver is not Party.MANAGER:
        _ensure_can_be(state.custody, asked, len(places), max(expected, arrived))
    seal_no = ensure_seal(asked.seal_no, batch_id)
    if asked.giver is Party.MANAGER:
        _ensure_not_reported(state, seal_no)
    return HandOver(
        seal_no, asked.giver, asked.taker, expected, arrived, places, asked.missing, extras
    )


def _ensure_known_which(custody: Custody, places: tuple[int, ...], extras: tuple[str, ...]) -> None:
    if custody.short and not (places or extras):
        raise Refusal("cards_not_explained", missing=custody.lacking, extra=custody.left_over)


def _ensure_any_goes(state: CustodyState, held: tuple[int, ...], counted: int) -> None:
    """A kept card is its household's; without any other only an empty return that ends a bag is."""
    if held or state.custody.left_over:
        return
    if state.custody.kept and (counted or state.stage in (Stage.RETURNED, Stage.CLOSED)):
        raise Refusal("nothing_to_hand_over", giver=Party.DESK.value)


def _ensure_can_be(custody: Custody, asked: HandOverRequest, going: int, counted: int) -> None:
    """A few too many have to be explained; twice as many as are here were never counted."""
    here = going + max(custody.left_over, len(asked.extras))
    if asked.places is None:
        here = max(here, custody.counted[asked.giver])
    if counted > 2 * here:
        raise Refusal("more_than_here", arrived=counted, n=here)


def _ensure_own_seal(station: Station, batch_id: str, seal_no: str) -> None:
    """Two stations number their batches alike: the seal says whose it is."""
    if seal_no and read_seal(seal_no)[0] != station.number:
        raise Refusal("seal_of_other_batch", seal_no=seal_no, batch_id=batch_id)


def _ensure_not_reported(state: CustodyState, seal_no: str) -> None:
    """What a team's laptop recorded is not typed again here: its cards would count twice.

    Without a seal nobody can tell them from those cards.
    """
    for one in state.timeline:
        told = one.reported
        if told is not None and not told.beside and seal_no in ("", told.told.seal_no):
            at = told.at.isoformat(" ", "minutes")
            raise Refusal("bag_collected_already", seal_no=told.told.seal_no, at=at)


def _at(custody: Custody, wanted: Where) -> tuple[int, ...]:
    return tuple(place for place, where in custody.where.items() if where is wanted)


def _ensure_with_giver(state: CustodyState, asked: HandOverRequest, held: tuple[int, ...]) -> None:
    custody = state.custody
    kept = {place for place, where in custody.where.items() if where in KEPT}
    waiting = set(_at(custody, Where.WAITING)) if asked.giver is Party.DESK else set()
    for place in asked.places or ():
        if place not in {*held, *kept, *waiting}:
            raise Refusal("card_not_with_giver", place=row_of(state, place))


def _ensure_answered(custody: Custody, places: tuple[int, ...]) -> None:
    if unanswered := custody.refused & set(places):
        raise Refusal("refused_load_open", n=len(unanswered))
    if twice := custody.found_again & set(places):
        raise Refusal("load_made_good", n=len(twice))


def row_of(state: CustodyState, place: int) -> int:
    """The row of a place as people see it; the place itself where there is none."""
    lines = state.batch.batch.lines
    return lines[place - 1].row.row if 0 < place <= len(lines) else place


def ensure_signed(asked: HandOverRequest) -> None:
    """Both are named and sign; for the desk its clerk on duty stands.

    Raises:
        Refusal: `name_missing`, `signature_missing`.
    """
    sides = (
        (asked.giver, asked.given_by, asked.given_picture),
        (asked.taker, asked.taken_by, asked.taken_picture),
    )
    others = [(party, name, picture) for party, name, picture in sides if party is not Party.DESK]
    for party, name, _ in others:
        if not name.strip():
            raise Refusal("name_missing", party=party.value)
    for party, _, picture in others:
        if not (picture or asked.on_paper):
            raise Refusal("signature_missing", party=party.value)


def is_last(state: CustodyState, told: HandOver) -> bool:
    """Whether no card of the list stays at the desk or is still to come; those lacking do not.

    A hand-over that names no line is none of the bag while nobody knows where its cards are.
    """
    custody = state.custody
    gone = {*told.places, *told.missing}
    with_team = set(_at(custody, Where.TEAM)) - gone
    here = set(custody.held) - set(_at(custody, Where.TEAM)) - gone
    if told.giver is Party.DESK:
        with_team -= _sent_home(state)
    elif (told.giver, told.taker) != (Party.TEAM, Party.MANAGER) or state.stage not in _BEEN_HERE:
        return False
    told_of = bool(told.places) or not custody.unexplained
    return told_of and not with_team and len(here) <= custody.short


def _sent_home(state: CustodyState) -> set[int]:
    """Lines whose cards the desk gave to the team last: they do not come back here."""
    home: set[int] = set()
    for one in state.timeline:
        if isinstance(one.moved, HandOver) and one.moved.taker is Party.TEAM:
            places = one.moved.places
            (home.update if one.moved.giver is Party.DESK else home.difference_update)(places)
    return home


def step_of(stage: Stage, told: HandOver, *, final: bool) -> Step:
    """Which step of its batch a hand-over is."""
    wanted = {Party.TEAM: Step.COLLECTED, Party.DESK: Step.RECEIVED}.get(told.taker)
    if told.taker is not Party.DESK and told.giver is not Party.MANAGER:
        wanted = Step.RETURNED if final else None
    fits = wanted is not None and (stage, wanted) in TABLE
    return wanted if wanted is not None and fits else Step.HANDED_OVER


def run_is_over(station: Station, unit: Unit, batch_id: str, stage: Stage) -> Stage:
    """Nobody wrote down that the run ended; the cards that go back say so."""
    if stage in (Stage.LISTED, Stage.QUOTED, Stage.COLLECTED):
        record_step(station, unit, batch_id, Step.STARTED)
        stage = Stage.RUNNING
    if stage is Stage.RUNNING:
        stage = record_step(station, unit, batch_id, Step.FINISHED).stage
    return stage


def _signed(station: Station, unit: Unit, told: HandOver, asked: HandOverRequest) -> HandOver:
    clerk = clerk_of(station, unit)
    given_by = asked.given_by or clerk * (told.giver is Party.DESK)
    taken_by = asked.taken_by or clerk * (told.taker is Party.DESK)
    return replace(
        told,
        given_signed=keep_signed(station, unit, asked.given_picture, on_paper=asked.on_paper),
        taken_signed=keep_signed(station, unit, asked.taken_picture, on_paper=asked.on_paper),
        people=keep_names(station, unit, given_by, taken_by),
    )
