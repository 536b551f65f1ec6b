"""Lists everything that is open at this desk, worst first, each with the way to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from cardstation.domain.batch_life import Stage
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import Where
from cardstation.domain.exception_case import ORDER_H, Kind
from cardstation.domain.guides import CLOSING_IN_DOUBT, IN_DOUBT, ONE_IN_DOUBT, PASSED, PAYOUT_AGAIN
from cardstation.domain.line_guides import DESTROYED, FOUND_AGAIN, KEPT, LOST, OWED, REFUSED
from cardstation.domain.money import NO_MONEY
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TAKEN_OFF, Direction
from cardstation.services.batch_account import batch_account
from cardstation.services.close_batch import is_closable
from cardstation.services.custody_state import CustodyState, said_at
from cardstation.services.intent.bag_cases import (
    Standing,
    of_bag,
    of_batch,
    of_money,
    of_papers,
)
from cardstation.services.intent.cases import (
    Case,
    Moment,
    case,
    of_intent,
    of_order,
    of_orders_elsewhere,
    of_sync,
    worst_first,
)
from cardstation.services.intent.debts import debts_of, most_free
from cardstation.services.intent.left_lying import of_lying
from cardstation.services.intent.left_open import batches_to_end, papers_elsewhere
from cardstation.services.intent.owners import owners_of
from cardstation.services.intent.paying_out import (
    account_of,
    begun_before,
    may_be_back,
    payment_may_be_back,
)
from cardstation.services.intent.signed_over import signed_alone
from cardstation.services.intent.tool_cases import of_tools
from cardstation.services.open_intents import open_intents
from cardstation.services.orders_state import orders_state
from cardstation.services.station import Station
from cardstation.services.sync_state import sync_state
from cardstation.store import Reading
from cardstation.store.closings import NOTED

DAY_H = 24


def exceptions_state(
    station: Station, *, order_warn_days: int = ORDER_H // DAY_H
) -> tuple[Case, ...]:
    """Look at everything; changes nothing.

    A closed batch has no questions about cards left: it closes only when every one is explained.

    Args:
        station: The desk.
        order_warn_days: After so many days a paid order that nobody loads is on the list.
    """
    with station.store.reading() as reading:
        moment = _moment(station, reading)
    found = (
        *_of_shift(station, moment),
        *_of_intents(station, moment),
        *_of_closings(station, moment),
        *_of_batches(station, moment),
        *_of_orders(station, moment, order_warn_days),
        *of_tools(station, moment),
    )
    owned = _owned(station, found, timedelta(days=order_warn_days))
    return worst_first((*owned, *_of_sync(station, moment)))


def _moment(station: Station, reading: Reading) -> Moment:
    current, last = reading.shifts.current(), reading.shifts.last_close()
    since = current.shift.opened_at if current else last.closed_at if last else None
    return Moment(station.clock.now(), since)


def _owned(station: Station, cases: Sequence[Case], patience: timedelta) -> list[Case]:
    """With who opened each and whose it is; a paid order is a case when it has waited too long."""
    if not cases:
        return []
    opened = {
        one.key: one.since + patience
        if one.since is not None and one.kind is Kind.ORDER and one.state != PASSED
        else one.since
        for one in cases
    }
    times = [at for at in opened.values() if at is not None]
    with station.store.reading() as reading:
        owners = owners_of(station, reading, min(times, default=None))
    return [owners.give(one, opened[one.key]) for one in cases]


def _of_shift(station: Station, moment: Moment) -> list[Case]:
    """One person alone closed over what nobody knows: whoever opens next signs for it."""
    with station.store.reading() as reading:
        last, alone = reading.shifts.last_close(), signed_alone(reading, moment.now)
    if last is None or not alone:
        return []
    return [
        case(
            Kind.SHIFT,
            "unknown_to_sign",
            moment,
            key=f"shift {last.shift_id}",
            since=last.closed_at,
            opened_by=last.clerk,
            values={"n": len(alone), "name": last.clerk},
        )
    ]


def _of_intents(station: Station, moment: Moment) -> list[Case]:
    waiting = open_intents(station)
    with station.store.reading() as reading:
        names = {one.account_no: _name(reading, one.account_no) for one in waiting}
    return [of_intent(one, moment, names[one.account_no]) for one in waiting]


def _of_closings(station: Station, moment: Moment) -> list[Case]:
    """Money of closed accounts, balances and charges that may be out, and is not on record."""
    with station.store.reading() as reading:
        begun = [
            (one, account_of(reading, one.subject))
            for one in reading.payouts.begun_beside()
            if begun_before(station, reading, one.subject)
        ]
        return [
            case(
                Kind.MONEY,
                IN_DOUBT,
                moment,
                key=one.subject,
                who=_name(reading, account_no),
                money=one.money,
                since=one.at,
                opened_by=one.clerk,
                state=CLOSING_IN_DOUBT if one.subject.startswith(NOTED) else PAYOUT_AGAIN,
                values={"intent_id": account_no, "fen": one.money.fen},
            )
            for one, account_no in begun
        ]


def _name(reading: Reading, account_no: str) -> str:
    home = reading.households.get(account_no) if account_no else None
    return "" if home is None else f"{home.name}  {home.address.door}"


def _of_batches(station: Station, moment: Moment) -> list[Case]:
    with station.store.reading() as reading:
        batches = list(batches_to_end(reading))
        begun = [one for one in reading.topups.open_intents() if one.batch_id]
        elsewhere = list(papers_elsewhere(reading))
    cases = [_opened(one, found) for found in elsewhere for one in of_papers(found, moment)]
    for found in batches:
        cases += [_opened(one, found) for one in _of_one(station, found, moment, begun)]
    return cases


def _opened(one: Case, found: CustodyState) -> Case:
    by = {step.at: step.clerk for step in (event.step for event in found.timeline)}
    return replace(one, opened_by=by.get(one.since, "") if one.since is not None else "")


def _of_one(
    station: Station, found: CustodyState, moment: Moment, begun: Sequence[TopUp]
) -> list[Case]:
    batch_id = found.batch.batch.batch_id
    with station.store.reading() as reading:
        stops = reading.funds.stops(batch_id)
        standing = _standing(reading, found, frozenset((one.batch_id, one.row) for one in begun))
        doubtful = may_be_back(station, reading, batch_id)
        closable = is_closable(reading, found)
    cases = of_money(found, moment, doubtful=doubtful)
    if doubtful and all(one.state != IN_DOUBT for one in cases):
        cases += _in_doubt(station, batch_id, moment)
    if found.stage is not Stage.CLOSED:
        cases += of_batch(found.batch, stops, moment, standing)
        cases += of_bag(found, moment)
        cases += of_papers(found, moment)
        cases += _kept(found, moment, begun)
        cases += _lost_loads(found, moment)
        cases += of_lying(found, moment, closable=closable, asked=bool(cases))
    return cases


def _in_doubt(station: Station, batch_id: str, moment: Moment) -> list[Case]:
    """Payments whose rest may be back with its payer, while the batch itself goes on."""
    left = [one for one in batch_account(station, batch_id).payments if one.remains > NO_MONEY]
    with station.store.reading() as reading:
        left = [one for one in left if payment_may_be_back(station, reading, one.payment)]
    return [
        case(
            Kind.MONEY,
            IN_DOUBT,
            moment,
            key=f"{batch_id} {one.payment.payment_id}",
            batch_id=batch_id,
            money=one.remains,
            since=one.taken_at,
            state=ONE_IN_DOUBT,
            tender=one.payment.tender.value,
            values={"intent_id": one.payment.payment_id, "fen": one.remains.fen},
        )
        for one in left
    ]


def _kept(found: CustodyState, moment: Moment, begun: Sequence[TopUp]) -> list[Case]:
    """Cards that lie here for their households: refused, nobody at home, building sealed off.

    One that was refused with a load on it waits for an answer wherever it is.
    """
    custody, stands = found.custody, card_places(found.batch.outcomes)
    owed = {
        stands[one.line]: one
        for one in begun
        if one.batch_id == found.batch.batch.batch_id
        and one.direction is Direction.RETURN
        and one.state in TAKEN_OFF
    }
    cases = [
        _owed(_of_card(found, moment, place, "kept_refused", OWED), owed[place])
        if place in owed and custody.where[place] is Where.REFUSED
        else _of_card(found, moment, place, f"kept_{custody.where[place].value}", KEPT)
        for place in custody.kept
        if place not in custody.refused | custody.found_again
    ]
    unanswered = sorted(custody.refused - custody.found_again)
    return cases + [_of_card(found, moment, at, "kept_refused", REFUSED) for at in unanswered]


def _owed(one: Case, load: TopUp) -> Case:
    """The load came off this card; its money is to be recorded as paid back."""
    values = {"intent_id": load.topup_id}
    return replace(one, money=load.money, tender=load.tender.value, values=values)


def _lost_loads(found: CustodyState, moment: Moment) -> list[Case]:
    """Households whose card was lost or destroyed here after its load: they are owed that gas.

    Or they have it again, and the card was found: it could be used a second time.
    """
    custody = found.custody
    lost = [
        (place, LOST if custody.where[place] is Where.MISSING else DESTROYED)
        for place in custody.lost_loads
    ]
    return [_of_card(found, moment, at, "load_on_lost_card", state) for at, state in lost] + [
        _of_card(found, moment, at, "load_made_good", FOUND_AGAIN)
        for at in sorted(custody.found_again)
    ]


def _of_card(found: CustodyState, moment: Moment, place: int, code: str, state: str) -> Case:
    """A card of which somebody said something; a call that reached nobody is said again."""
    batch, one = found.batch.batch, found.batch.outcomes[place - 1]
    line = one.line
    return case(
        Kind.LINE,
        code,
        moment,
        key=f"{batch.batch_id}#{place} {state}",
        who=f"{line.name}  {line.door}",
        card_no=line.card_no,
        batch_id=batch.batch_id,
        row=line.row.row,
        place=place,
        money=line.money if state in (LOST, DESTROYED, FOUND_AGAIN) else None,
        since=said_at(found).get(place),
        state=state,
    )


def _standing(reading: Reading, found: CustodyState, known: frozenset[tuple[str, int]]) -> Standing:
    debts = debts_of(reading, found.batch)
    return Standing(
        known=known,
        here=frozenset(found.custody.extras),
        back=found.stage is Stage.RETURNED,
        debts=debts,
        free=most_free(reading, found.batch.batch.batch_id, debts),
    )


def _of_orders(station: Station, moment: Moment, warn_days: int) -> list[Case]:
    found = [one for one in orders_state(station, warn_days) if one.warns or one.passed]
    here = [of_order(one, moment) for one in found if one.on_file]
    return here + of_orders_elsewhere([one for one in found if not one.on_file], moment)


def _of_sync(station: Station, moment: Moment) -> list[Case]:
    found = sync_state(station)
    with station.store.reading() as reading:
        entries = {one.seq: reading.journal.at(one.seq) for one in found.exceptions}
    written = {seq: entry.written_at if entry else None for seq, entry in entries.items()}
    return of_sync(found, moment, written)
