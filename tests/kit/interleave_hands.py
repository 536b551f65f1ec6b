"""What else is done at a desk while a card is at work in it: other lanes, and other pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.ledger import EntryKind, Order
from cardstation.domain.money import Money
from cardstation.domain.preflight import IMPLAUSIBLE
from cardstation.domain.topup import TopUp, TopUpRequest
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services import return_load as returning
from cardstation.services.answer_payment import answer_payment
from cardstation.services.batch_account import batch_account
from cardstation.services.close_shift import close_shift
from cardstation.services.dispute import dispute
from cardstation.services.identify import insert_card
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.lease_order import lease_order
from cardstation.services.leave_out import leave_out
from cardstation.services.load_line import load_line
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund import request_refund
from cardstation.services.release_amount import release_amount
from cardstation.services.release_line import release_line
from cardstation.services.release_order import release_order
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load, withdraw_return
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.virtual import Tear, VirtualCard, VirtualReader
from tests.kit.interleave import Hand
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.power import Power, When
from tests.kit.shifts import ANNA, FLOAT, PINS
from tests.kit.station import Desk, nobody
from tests.kit.sweep import each
from tests.kit.sweep_disputes import GONE, PROOF, _pay_all
from tests.kit.sweep_jobs import (
    ANYBODYS,
    BATCH,
    ORDER,
    _clerks,
    _with_pins,
    closed,
    counter_sale,
    every,
    resolve_all,
    torn,
)
from tests.kit.sweep_world import SECOND, THERE, Job, World


def give_back(world: World, desk: Desk) -> None:
    """The payer gets what no line holds; the money page goes by what is on record now."""
    for one in batch_account(desk.station, BATCH).payments:
        if one.remains:
            back = return_remainder(
                desk.station, BATCH, one.payment.payment_id, one.remains, SECOND
            )
            world.returned[back.back_id] = back.money.fen


def _released(desk: Desk, world: World, _copied: VirtualCard) -> None:
    with suppress(Refusal):
        release_line(desk.station, BATCH, 1, "absent")
    give_back(world, desk)


def _left_out(desk: Desk, _world: World, _copied: VirtualCard) -> None:
    leave_out(desk.station, BATCH, 1, "not_wanted")


def _paid_in(desk: Desk, world: World, _copied: VirtualCard) -> None:
    pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(10_000))


def _ordered_back(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """An order is given free, and another desk takes it the next moment."""

    def moved(order: Order) -> None:
        release_order(desk.station, order.order_id)
        MemoryLedger(THERE, world.centre).lease_order(order.order_id)

    each((ORDER, ANYBODYS), moved)


def _disputed(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """Two persons saw nothing on the card, and the money is in the customer's hands."""

    def settled(intent: TopUp) -> None:
        dispute(desk.station, intent.topup_id, SECOND, GONE)
        meter = MeterCount(world.meters[0].state.purchase_counter, card_here=True)
        settle_dispute(desk.station, intent.topup_id, Finding.NOT_LOADED, PROOF, SECOND, meter)

    each(every(desk), settled)
    _pay_all(world, desk)


def _answered(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """The clerk looked into the till a moment ago."""
    with desk.station.store.reading() as reading:
        asked = [one.payment_id for one in reading.funds.unanswered()]

    def answered(intent_id: str) -> None:
        answer_payment(desk.station, intent_id, taken=intent_id in world.till.taken)

    each([*(one.topup_id for one in every(desk)), *asked], answered)


class _Lane:
    """A second reader of the desk, with the copy in it."""

    def __init__(self, desk: Desk, copied: VirtualCard) -> None:
        self.station, reader = desk.station, VirtualReader()
        reader.insert(copied)
        presence = reader.wait_card(0)
        assert presence is not None
        self.card = insert_card(desk.station, reader, presence)


def _refunded(desk: Desk, world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        request_refund(lane.station, lane.card, SECOND)
    finally:
        lane.card.close()
    _pay_all(world, desk)


def _resolved(desk: Desk, _world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        resolve_card(lane.station, lane.card)
    finally:
        lane.card.close()


def _sold(desk: Desk, world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        request = TopUpRequest(money=Money(5_000), tender=world.till.tender)
        top_up(lane.station, lane.card, request, nobody)
    finally:
        lane.card.close()


def _loaded(desk: Desk, _world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        load_line(lane.station, BATCH, lane.card, nobody)
    finally:
        lane.card.close()


def _loaded_order(desk: Desk, _world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        load_prepaid(lane.station, lane.card, None, nobody)
    finally:
        lane.card.close()


def _took_back(desk: Desk, world: World, copied: VirtualCard) -> None:
    lane = _Lane(desk, copied)
    try:
        return_load(lane.station, lane.card, SECOND, nobody, reading="photo 1")
    finally:
        lane.card.close()
    _pay_all(world, desk)


def _paid_out(desk: Desk, world: World, _copied: VirtualCard) -> None:
    _pay_all(world, desk)


def in_till(world: World, desk: Desk) -> Money:
    """What lies in the drawer: what was counted over the float went to the safe."""
    with desk.station.store.reading() as reading:
        entries = [stored.entry for stored in reading.journal.every()]
    counts = [one.fen for one in entries if one.kind is EntryKind.SHIFT_CLOSED]
    taken = sum(money.fen for money in world.till.taken.values())
    away = sum(counts) - FLOAT.fen * len(counts)
    return Money(FLOAT.fen + taken - sum(world.returned.values()) - away)


def _counted(desk: Desk, world: World, _copied: VirtualCard) -> None:
    close_shift(_with_pins(desk).station, PINS[ANNA], counted=in_till(world, desk))


def on_duty(world: World) -> None:
    """A shift is open."""
    desk = _with_pins(world.start(Power()))
    with desk.station.store.reading() as reading:
        current = reading.shifts.current()
    if current is None:
        open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    closed(desk)


def day_over(world: World) -> None:
    """The last count, and what is on record of it is sent."""
    desk = _with_pins(world.start(Power()))
    _counted(desk, world, world.cards[0])
    sync(desk.station)
    closed(desk)


def _people(world: World) -> None:
    _clerks(world)
    on_duty(world)


class _Unheard(Power):
    """Every payment is taken, and no answer comes."""

    def due(self, name: str) -> When | None:
        super().due(name)
        return When.LOST if name == "payment" else None


def _unanswered(world: World) -> None:
    """Somebody paid, and the desk has not heard."""
    desk = world.start(_Unheard())
    with pytest.raises(OutcomeUnknown):
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    closed(desk)


def _held(world: World) -> None:
    """An order for the first card is held by this desk."""
    world.centre.sell_online(ANYBODYS)
    desk = world.start(Power())
    sync(desk.station)
    lease_order(desk.station, ANYBODYS.order_id)
    closed(desk)


def _give_back(world: World, desk: Desk) -> None:
    """A lump sum beyond its lines, and all that is left is given back."""
    if not batch_account(desk.station, BATCH).payments:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    give_back(world, desk)


def _as_job(hand: Hand) -> Callable[[World, Desk], None]:
    """What a page does, as the first of two; the second is in its lane."""
    return lambda world, desk: hand(desk, world, world.cards[0])


def _released_first(world: World, desk: Desk) -> None:
    if not batch_account(desk.station, BATCH).payments:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    _released(desk, world, world.cards[0])


def _untold(world: World) -> None:
    """A load was armed and never touched its card, the ledger does not know; an order is held."""
    _held(world)
    desk = world.start(Power())
    world.cards[0].chip.arm(Tear(0))
    with pytest.raises(LinkFailed):
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    world.cards[0].chip.arm(None)
    closed(desk)


def _synced(_world: World, desk: Desk) -> None:
    sync(desk.station)


def _kept_back(world: World) -> None:
    """A row of the batch has an amount that nobody would use, and its money lies there."""
    desk = world.start(Power())
    with desk.station.store.unit() as unit:
        batch = unit.batches.get(BATCH)
        assert batch is not None
        asks = replace(batch.lines[0], verdict=Verdict.HUMAN, reasons=(IMPLAUSIBLE,))
        unit.batches.withdraw(BATCH, (1,), "revised")
        unit.batches.add_lines(BATCH, (asks,))
        unit.commit()
    pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    closed(desk)


def _amount_released(_world: World, desk: Desk) -> None:
    """A supervisor says that it is meant; where somebody was there first, it is done."""
    with suppress(Refusal):
        release_amount(desk.station, BATCH, 3, SECOND)


def _return_begun(world: World) -> None:
    """A load was sold, and taking it off was asked for; its card is untouched."""
    desk = world.start(Power())
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    inserted = desk.insert(world.cards[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(returning, "arm_return", _cut)
        with pytest.raises(_Cut):
            return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    closed(desk)


class _Cut(BaseException):
    """The power went."""


def _cut(*_: object) -> None:
    raise _Cut


def _withdrawn(_world: World, desk: Desk) -> None:
    for one in every(desk):
        if one.direction is Direction.RETURN and one.state is TopUpState.REQUESTED:
            withdraw_return(desk.station, one.topup_id)


LOADED = ((29_000, 0), 10_000)
ON_DUTY = Job("sale in a shift", counter_sale, *LOADED, _people)
TORN = Job("a torn load", resolve_all, *LOADED, torn)
GIVE_BACK = Job("remainder", _give_back, (0, 0), 0)
RELEASES = Job("line released", _released_first, (0, 0), 0)
DISPUTES = Job("dispute on its page", _as_job(_disputed), (0, 0), 0, torn, resolves=False)
ANSWERS = Job("answer on its page", _as_job(_answered), *LOADED, _unanswered)
SYNCS = Job("sync", _synced, (0, 0), 0, _untold)
AMOUNTS = Job("amount released", _amount_released, (0, 0), 0, _kept_back)
WITHDRAWS = Job("return withdrawn", _withdrawn, *LOADED, _return_begun, resolves=False)
FREES = Job("order given free", _as_job(_ordered_back), (0, 0), 0, _held)

HANDS: Mapping[str, Hand] = {
    "release and give back": _released,
    "row left out": _left_out,
    "lump sum": _paid_in,
    "order given free": _ordered_back,
    "dispute and payout": _disputed,
    "payment answered": _answered,
    "copy: refund": _refunded,
    "copy: resolve": _resolved,
    "copy: sale": _sold,
    "copy: line": _loaded,
    "copy: order": _loaded_order,
    "copy: return": _took_back,
    "payout": _paid_out,
    "blind count": _counted,
}
