"""Makes the list of what a batch leaves open: rows, stopped cards, its bag, its money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardstation.domain.batch import LineOutcome, LineState, Verdict
from cardstation.domain.custody import Explanation, HandOver, Why
from cardstation.domain.exception_case import Kind
from cardstation.domain.guides import (
    COUNTED,
    FREE,
    HELD,
    IN_DOUBT,
    OTHERWISE,
    PARTLY_HELD,
    UNPHOTOGRAPHED,
)
from cardstation.domain.line_guides import BACK, COVERED, NO_DEBT, SEEN, STRAY
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.trays import Tray, tray_for
from cardstation.services.batch_state import BatchState, money_open
from cardstation.services.card_trays import laid, strays_to_ask
from cardstation.services.custody_state import CustodyState, Happened
from cardstation.services.intent.cases import Case, Moment, case
from cardstation.services.intent.left_open import money_since
from cardstation.services.route_card import TRAY
from cardstation.store.funds import BatchStop

_ASKS = (LineState.STOPPED, LineState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the guides of a batch's lines follow from, beside the lines.

    Attributes:
        known: Batch and row of lines that stand on the list as an intent.
        here: Last digits of cards on no line that still lie here.
        back: The bag went back; its rows cannot be changed any more.
        debts: What the household of a place owes.
        free: The most that one payment of the batch has left for the debt of a place.
    """

    known: frozenset[tuple[str, int]] = frozenset()
    here: frozenset[str] = frozenset()
    back: bool = False
    debts: Mapping[int, Money] = field(default_factory=dict)
    free: Mapping[int, Money] = field(default_factory=dict)


_NOTHING_KNOWN = Standing()


def of_batch(
    found: BatchState,
    stops: Sequence[BatchStop],
    moment: Moment,
    standing: Standing = _NOTHING_KNOWN,
) -> list[Case]:
    """Cards that somebody must ask about: lines, and cards on no line.

    Args:
        found: The batch.
        stops: Its stops, oldest first.
        moment: Now.
        standing: What else the guides follow from.
    """
    batch_id, last = found.batch.batch_id, {stop.line: stop for stop in stops if stop.line}
    lines = [
        _of_line(found, place, one, last.get(place), moment, standing)
        for place, one in enumerate(found.outcomes, start=1)
        if one.state in _ASKS
        and (batch_id, one.line.row.row) not in standing.known
        and _asks(one, last.get(place), standing)
    ]
    return lines + _strays(stops, moment, standing)


def _of_line(
    found: BatchState,
    place: int,
    one: LineOutcome,
    stop: BatchStop | None,
    moment: Moment,
    standing: Standing,
) -> Case:
    batch, row = found.batch, one.line.row.row
    values = dict(stop.facts) if stop else {}
    debt = standing.debts.get(place)
    if debt is not None:
        values["debt_fen"] = debt.fen
    return case(
        Kind.LINE,
        one.reason,
        moment,
        key=f"{batch.batch_id}#{place}",
        who=f"{one.line.name}  {one.line.door}",
        card_no=one.line.card_no,
        batch_id=batch.batch_id,
        row=row,
        place=place,
        money=one.line.money,
        since=stop.at if stop else batch.imported_at,
        state=_state(one, stop, debt, standing, free=standing.free.get(place, NO_MONEY)),
        values=values,
    )


def _state(
    one: LineOutcome, stop: BatchStop | None, debt: Money | None, standing: Standing, *, free: Money
) -> str:
    if standing.back:
        return BACK
    if stop is not None and one.line.verdict is Verdict.READY:
        return SEEN
    if debt is None:
        return ""
    if debt <= NO_MONEY:
        return NO_DEBT
    return COVERED if debt <= free else ""


def _asks(one: LineOutcome, stop: BatchStop | None, standing: Standing) -> bool:
    if one.reason.startswith("released_") or one.is_twin:
        return False
    if (tray_for(one.reason) if stop is None else laid(stop)) is Tray.B:
        return True
    return stop is not None and not standing.back and _may_yet(one, stop)


def _may_yet(one: LineOutcome, stop: BatchStop) -> bool:
    """Its money waits: nothing could be loaded when the card lay here, and no clerk let it go."""
    return one.may_run and TRAY not in stop.facts and stop.code != "order_already_loaded"


def _strays(stops: Sequence[BatchStop], moment: Moment, standing: Standing) -> list[Case]:
    return [
        case(
            Kind.LINE,
            stop.code,
            moment,
            key=f"{stop.batch_id}#{stop.card_no}",
            card_no=stop.card_no,
            batch_id=stop.batch_id,
            since=stop.at,
            state=STRAY,
            values=dict(stop.facts),
        )
        for stop in strays_to_ask(stops, standing.here)
    ]


def of_bag(found: CustodyState, moment: Moment) -> list[Case]:
    """Cards of a bag that are missing or left over, once it was handed over at all."""
    handed = [one.step.at for one in found.timeline if isinstance(one.moved, HandOver)]
    missing, extra = found.custody.lacking, found.custody.left_over
    if not handed or not (missing or extra):
        return []
    batch_id = found.batch.batch.batch_id
    named = not (found.custody.short or found.custody.short_back)
    return [
        case(
            Kind.BAG,
            "cards_not_explained",
            moment,
            key=f"{batch_id} bag",
            batch_id=batch_id,
            since=handed[-1],
            state=COUNTED if named or _counted_since(found) else "",
            values={"missing": missing, "extra": extra},
        )
    ]


def of_papers(found: CustodyState, moment: Moment) -> list[Case]:
    """Hand-overs that were signed on paper, or counted otherwise elsewhere, without a photo."""
    batch_id = found.batch.batch.batch_id
    return [
        case(
            Kind.BAG,
            photo_of(one),
            moment,
            key=f"{batch_id} paper {one.step.seq}",
            batch_id=batch_id,
            since=one.step.at,
            values={"n": 1, "number": one.step.seq, **_told_apart(one)},
        )
        for one in found.timeline
        if one.photo_due
    ]


def photo_of(one: Happened) -> str:
    """Why a hand-over waits for a photo, a code."""
    return UNPHOTOGRAPHED if one.ours is None else OTHERWISE


def _told_apart(one: Happened) -> dict[str, object]:
    if one.reported is None or one.ours is None:
        return {}
    told = one.reported.told
    where = {"station": one.reported.station, "seal_no": told.seal_no}
    return {**where, "theirs": told.arrived, "ours": one.ours}


def _counted_since(found: CustodyState) -> bool:
    """Somebody counted again after the last hand-over."""
    again = False
    for one in found.timeline:
        if isinstance(one.moved, HandOver):
            again = False
        elif isinstance(one.moved, Explanation) and one.moved.why is Why.COUNTED_AGAIN:
            again = True
    return again


def of_money(found: CustodyState, moment: Moment, *, doubtful: bool = False) -> list[Case]:
    """Money of a batch whose run ended, neither on a card nor back with its payer.

    Args:
        found: The batch and its bag.
        moment: Now.
        doubtful: It may be back already: begun before a cut, or in a lost part of the records.
    """
    ended = money_since(found)
    if ended is None:
        return []
    batch_id, left = found.batch.batch.batch_id, money_open(found.batch)
    state = _money_state(found.batch)
    return [
        case(
            Kind.MONEY,
            "batch_money_open",
            moment,
            key=f"{batch_id} money",
            batch_id=batch_id,
            money=left,
            since=ended,
            state=IN_DOUBT if doubtful and state == FREE else state,
            values={"fen": left.fen},
        )
    ]


def _money_state(found: BatchState) -> str:
    remains = found.money.remainder
    # One with a receipt was loaded: what is begun there is taking it off again.
    unloaded = [
        one for one in found.outcomes if one.state is LineState.UNKNOWN and not one.receipt_no
    ]
    begun = [one.line.money or NO_MONEY for one in unloaded]
    held = money_open(found) - remains - sum(begun, NO_MONEY)
    if held <= NO_MONEY:
        return FREE
    return PARTLY_HELD if remains > NO_MONEY else HELD
