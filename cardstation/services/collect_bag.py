"""Records at a team's laptop that it took or gave back a sealed bag listed at another desk."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import HandOver, Party
from cardstation.domain.custody_trace import BagTrace
from cardstation.domain.seal_number import bare_seal, read_seal
from cardstation.errors import Refusal
from cardstation.services.hand_over import HandOverRequest, ensure_signed
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.moved import moved_of
from cardstation.services.intent.sealed_told import AT_THE_DOOR, MOST_CARDS
from cardstation.services.intent.signing import ensure_picture, keep_names, keep_signed
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.services.trace_bag import recorded_here
from cardstation.store import Reading, Unit


def collect_bag(station: Station, asked: HandOverRequest) -> BagTrace:
    """Record it in our own chain, under its seal; its desk hears of it from the ledger.

    Works without the ledger. Names and pictures stay here, their digests go to the ledger.

    Args:
        station: The laptop, a station of its own.
        asked: From the manager to the team or back, under a seal; no rows, whose list is not here.

    Raises:
        Refusal: `seal_number_wrong`, `bag_listed_here` (the list lies here: it is recorded there),
            `hand_over_way`, `hand_over_count`, `name_missing`, `signature_missing`,
            `signature_not_picture`, `bag_collected_already`, `bag_given_back_already`, and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    told = understood(asked)
    seal_no = told.seal_no
    if read_seal(seal_no)[0] == station.number:
        raise Refusal("bag_listed_here", seal_no=seal_no)
    with station.store.unit() as unit:
        _ensure_first(unit, told)
        step = Step.COLLECTED if told.taker is Party.TEAM else Step.HANDED_OVER
        record_step(station, unit, seal_no, step, value=_signed(station, unit, told, asked))
        unit.commit()
    anchor_journal(station)
    return recorded_here(station, seal_no)


def _ensure_first(reading: Reading, told: HandOver) -> None:
    for one in reading.steps.of_batch(told.seal_no):
        moved = moved_of(one)
        if isinstance(moved, HandOver) and moved.taker is told.taker:
            at, back = one.at.isoformat(" ", "minutes"), told.taker is Party.MANAGER
            code = "bag_given_back_already" if back else "bag_collected_already"
            raise Refusal(code, seal_no=told.seal_no, at=at)


def understood(asked: HandOverRequest) -> HandOver:
    """What a request means, before anything is recorded.

    Raises:
        Refusal: as `collect_bag`.
    """
    seal_no = bare_seal(asked.seal_no)
    read_seal(seal_no)
    if (asked.giver, asked.taker) not in AT_THE_DOOR:
        raise Refusal("hand_over_way", giver=asked.giver.value, taker=asked.taker.value)
    expected = asked.arrived if asked.expected is None else asked.expected
    if not 0 < asked.arrived <= MOST_CARDS or not 0 <= expected <= MOST_CARDS:
        raise Refusal("hand_over_count", arrived=asked.arrived, expected=expected)
    for picture in (asked.given_picture, asked.taken_picture):
        ensure_picture(picture)
    ensure_signed(asked)
    return HandOver(seal_no, asked.giver, asked.taker, expected, asked.arrived, ())


def _signed(station: Station, unit: Unit, told: HandOver, asked: HandOverRequest) -> HandOver:
    return replace(
        told,
        given_signed=keep_signed(station, unit, asked.given_picture, on_paper=asked.on_paper),
        taken_signed=keep_signed(station, unit, asked.taken_picture, on_paper=asked.on_paper),
        people=keep_names(station, unit, asked.given_by, asked.taken_by),
    )
