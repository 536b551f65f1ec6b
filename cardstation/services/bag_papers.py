"""Puts together the papers of a bag as it stands now; changes nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby

from cardstation.domain.bag_papers import (
    Annex,
    BagLabel,
    CustodySlip,
    Floor,
    ManagerRow,
    ManagerSheet,
    NotDoneList,
    NotDoneRow,
    ReceiptStrips,
    StripRow,
)
from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.custody import HELD, KEPT, TAIL, HandOver, Party, Where
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.receipt import Receipt
from cardstation.domain.seal_number import seal_number
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.hand_over import row_of
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station

_FLOOR = re.compile(r"\d+")
_REASONS = {
    Where.DESTROYED: "card_destroyed",
    Where.MISSING: "card_lost",
    Where.NOT_COLLECTED: "card_not_seen",
    Where.ELSEWHERE: "card_of_other_batch",
    Where.REFUSED: "card_refused",
    Where.ABSENT: "card_kept_absent",
    Where.SEALED_OFF: "card_kept_sealed_off",
}


def bag_label(station: Station, batch_id: str, bag: int = 0, cards: int | None = None) -> BagLabel:
    """The label of a bag; by default of the first one whose seal was not used yet.

    Raises:
        Refusal: `unknown_batch`, `bag_number_wrong`.
    """
    state = custody_state(station, batch_id)
    bag = bag or len(state.seals) + 1
    batch = state.batch.batch
    return BagLabel(
        company=station.company,
        station=station.name,
        batch_id=batch_id,
        seal_no=seal_number(station.number, batch_id, bag),
        bag=bag,
        community=batch.community,
        team=batch.team,
        cards=cards,
        made_at=station.clock.now(),
        training=station.training,
    )


def custody_slip(station: Station, batch_id: str, seq: int = 0) -> CustodySlip:
    """The slip of one hand-over, by the number of its entry; by default of the last one.

    Raises:
        Refusal: `unknown_batch`, `hand_over_unknown`.
    """
    state = custody_state(station, batch_id)
    found = [one for one in state.timeline if isinstance(one.moved, HandOver)]
    chosen = [one for one in found if seq in (0, one.step.seq)]
    if not chosen or not isinstance(told := chosen[-1].moved, HandOver):
        raise Refusal("hand_over_unknown", batch_id=batch_id)
    happened, batch = chosen[-1], state.batch.batch
    by = happened.reported
    with station.store.reading() as reading:
        given = reading.steps.signature(told.given_signed) or b""
        taken = reading.steps.signature(told.taken_signed) or b""
    return CustodySlip(
        company=station.company,
        station=by.station if by else station.name,
        clerk=by.clerk if by else happened.step.clerk,
        batch_id=batch_id,
        community=batch.community,
        number=happened.step.seq,
        at=by.at if by else happened.step.at,
        told=told,
        given_by=happened.given_by,
        taken_by=happened.taken_by,
        given_picture=given,
        taken_picture=taken,
        missing=tuple(row_of(state, place) for place in told.missing),
        training=station.training,
    )


def manager_sheet(station: Station, batch_id: str) -> ManagerSheet:
    """The sheet for the property manager, minimised.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = custody_state(station, batch_id)
    with station.store.reading() as reading:
        clerk = clerk_of(station, reading)
    account = batch_account(station, batch_id)
    lumps = [one for one in account.payments if not one.payment.line]
    sums = [one for one in lumps if account.is_manager(one.payer)]
    ids = [one.payment.payment_id for one in sums]
    held = {one.place: one.of(ids) for one in account.lines}
    rows = tuple(_manager_row(state, place, held[place]) for place in _by_door(station, state))
    batch, tally = state.batch.batch, state.custody.tally
    loaded = sum((one.amount for one in rows if one.amount), NO_MONEY)
    kept = sum((held[one.place] for one in account.lines if one.kept), NO_MONEY)
    return ManagerSheet(
        company=station.company,
        station=station.name,
        clerk=clerk,
        batch_id=batch_id,
        community=batch.community,
        manager=batch.manager,
        made_at=station.clock.now(),
        seals=state.seals,
        rows=rows,
        counts=tuple((where, tally[where]) for where in Where if tally[where]),
        received=sum((one.payment.money for one in sums), NO_MONEY),
        loaded=loaded,
        waiting=sum((one.held for one in sums), NO_MONEY) - loaded - kept,
        arrears=sum((one.arrears for one in sums), NO_MONEY),
        given_back=sum((one.given_back for one in sums), NO_MONEY),
        remainder=sum((one.remains for one in sums), NO_MONEY),
        training=station.training,
        others=sum((one.payment.money for one in lumps if one not in sums), NO_MONEY),
        kept=kept,
    )


def receipt_strips(station: Station, batch_id: str) -> ReceiptStrips:
    """The receipts that go with a bag as it stands now, a strip per floor.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = custody_state(station, batch_id)
    homes = _homes(station, state)
    found = {one.account_no: one for one in _receipts(station, batch_id)}
    owed = _arrears_paid(station, batch_id)
    outcomes = [state.batch.outcomes[place - 1] for place in _not_staying(station, state)]
    rows = [
        (_floor(one, homes), _strip_row(one, receipt, owed[receipt.account_no]))
        for one in outcomes
        if one.state is LineState.DONE and (receipt := found.get(one.line.account_no))
    ]
    floors = [
        Floor(building, unit, floor, tuple(row for _, row in group))
        for (building, unit, floor), group in groupby(rows, lambda row: row[0])
    ]
    return ReceiptStrips(
        company=station.company,
        station=station.name,
        batch_id=batch_id,
        community=state.batch.batch.community,
        made_at=station.clock.now(),
        floors=tuple(floors),
        training=station.training,
    )


def receipts_by_door(station: Station, batch_id: str) -> tuple[str, ...]:
    """Numbers of the receipts that go with a bag as it stands now, sorted building, unit, room.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = custody_state(station, batch_id)
    outcomes = (state.batch.outcomes[place - 1] for place in _not_staying(station, state))
    return tuple(one.receipt_no for one in outcomes if one.receipt_no)


def not_done_list(station: Station, batch_id: str) -> NotDoneList:
    """Notes to everybody whose card was not topped up, or does not come back with the bag.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = custody_state(station, batch_id)
    return NotDoneList(
        company=station.company,
        station=station.name,
        batch_id=batch_id,
        community=state.batch.batch.community,
        made_at=station.clock.now(),
        rows=tuple(_not_done(state, _by_door(station, state))),
        training=station.training,
    )


def annex(station: Station, batch_id: str, days: int) -> Annex:
    """The entrustment annex of a batch.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = custody_state(station, batch_id)
    batch = state.batch.batch
    return Annex(
        company=station.company,
        station=station.name,
        batch_id=batch_id,
        community=batch.community,
        manager=batch.manager,
        team=batch.team,
        cards=state.custody.cards,
        days=days,
        made_at=station.clock.now(),
        purged_at=batch.purged_at,
        training=station.training,
    )


def _manager_row(state: CustodyState, place: int, paid: Money) -> ManagerRow:
    one = state.batch.outcomes[place - 1]
    done = one.state is LineState.DONE
    return ManagerRow(
        door=one.line.door,
        tail=one.line.card_no[-TAIL:],
        done=done,
        where=state.custody.where[place],
        amount=paid if done and paid else None,
    )


def _not_staying(station: Station, state: CustodyState) -> list[int]:
    """By door the cards that have left, or leave next; a receipt lies with its card.

    A card that is kept here for its household stays, and once a part of the bag has left, so does
    the rest until it leaves too.
    """
    handed = (one.moved for one in state.timeline if isinstance(one.moved, HandOver))
    left = any(one.giver is Party.DESK and one.taker is not Party.RESIDENT for one in handed)
    stays = KEPT | (HELD - {Where.TEAM} if left else frozenset())
    return [one for one in _by_door(station, state) if state.custody.where[one] not in stays]


def _not_done(state: CustodyState, places: list[int]) -> Iterator[NotDoneRow]:
    for place in places:
        one = state.batch.outcomes[place - 1]
        kept = _REASONS.get(state.custody.where[place], "")
        if place in state.custody.lost_loads:
            kept = "load_on_lost_card"
        reason = kept or one.reason
        if kept or one.state is not LineState.DONE:
            yield NotDoneRow(one.line.door, one.line.card_no[-TAIL:], reason or "card_not_run")


def _strip_row(one: LineOutcome, receipt: Receipt, arrears: Money) -> StripRow:
    return StripRow(
        door=one.line.door,
        tail=receipt.card_no[-TAIL:],
        volume=receipt.volume,
        paid=receipt.paid,
        receipt_no=receipt.receipt_no,
        check_code=receipt.check_code,
        account=receipt.account_no[-TAIL:],
        sealed_at=receipt.issued_at,
        to_balance=receipt.to_balance,
        arrears=arrears,
        prepaid=bool(receipt.order_id),
    )


def _floor(one: LineOutcome, homes: Mapping[str, Household]) -> tuple[str, str, str]:
    """Building, unit and floor; a room's number but for its last two digits is its floor."""
    home = homes.get(one.line.account_no)
    if home is None:
        return ("", "", "")
    room = _FLOOR.search(home.address.room)
    return (home.address.building, home.address.unit, room[0][:-2] if room else "")


def _arrears_paid(station: Station, batch_id: str) -> defaultdict[str, Money]:
    """What was paid of each household's debts out of the batch's money."""
    owed: defaultdict[str, Money] = defaultdict(lambda: NO_MONEY)
    with station.store.reading() as reading:
        for one in reading.arrears.of_batch(batch_id):
            owed[one.account_no] += one.money
    return owed


def _receipts(station: Station, batch_id: str) -> tuple[Receipt, ...]:
    with station.store.reading() as reading:
        return reading.receipts.of_batch(batch_id)


def _homes(station: Station, state: CustodyState) -> dict[str, Household]:
    accounts = [one.line.account_no for one in state.batch.outcomes if one.line.account_no]
    with station.store.reading() as reading:
        return {one.account_no: one for one in reading.households.numbered(accounts, ())}


def _by_door(station: Station, state: CustodyState) -> list[int]:
    """The places of the cards by building, unit, room; rows nobody could match come last."""
    homes = _homes(station, state)

    def door(place: int) -> tuple[object, ...]:
        home = homes.get(state.batch.outcomes[place - 1].line.account_no)
        return (1, place) if home is None else (0, home.address.sort_key, place)

    return sorted(state.custody.where, key=door)
