"""The money services as jobs of a clerk: each goes on from whatever is done already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.shift import Role
from cardstation.domain.topup import TopUp, TopUpRequest
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services import top_up as selling
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.close_shift import close_shift
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund import request_refund
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from drivers.virtual import Tear
from tests.kit.power import Power
from tests.kit.shifts import ANNA, CHIEF, FLOAT, PINS, PlainPins
from tests.kit.station import Desk, line, nobody, put_batch
from tests.kit.sweep import each, resolve_all
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import HERE, LOOKED, SECOND, THERE, Job, Where, World

ORDER = Order("D1", "220104000002", 5600, 20_000, "residential@2026-01-01", 50, HERE)
ANYBODYS = Order("D2", "220104000001", 5600, 20_000, "residential@2026-01-01", 50, "")
BATCH = "2026-11-24-01"
IN_PAYLOAD = 12


def stock(desk: Desk, homes: list[Household]) -> None:
    """A batch of a sale and a paid order lies ready."""
    put_batch(desk, [line(homes[0], 4), line(homes[1], 5, order=ORDER)], BATCH)
    with desk.station.store.unit() as unit:
        unit.orders.put([ORDER])
        unit.commit()


def every(desk: Desk) -> tuple[TopUp, ...]:
    """All loads and returns of a desk."""
    with desk.station.store.reading() as reading:
        return reading.topups.every()


def counter_sale(world: World, desk: Desk) -> None:
    """A counter sale of 100 yuan."""
    if not any(one.state is TopUpState.SEALED for one in every(desk)):
        desk.sell(world.cards[0], "100", tender=world.till.tender)


def _bag(world: World, desk: Desk) -> None:
    """A lump sum for a batch, a card of a sale and a card of a paid order."""
    if not batch_state(desk.station, BATCH).money.received:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(10_000))
    done = batch_state(desk.station, BATCH).outcomes
    left = [card for card, one in zip(world.cards, done, strict=True) if not one.receipt_no]
    each(left, lambda card: desk.load(BATCH, card))


def _order_waits(world: World) -> None:
    world.centre.sell_online(ORDER)


def _prepaid(world: World, desk: Desk) -> None:
    """Gas paid online is loaded at the counter, under a lease that is asked for."""
    if any(one.state is TopUpState.SEALED for one in every(desk)):
        return
    sync(desk.station)
    inserted = desk.insert(world.cards[0])
    try:
        load_prepaid(desk.station, inserted, None, nobody)
    finally:
        inserted.close()


def _order_for_anybody(world: World) -> None:
    world.centre.sell_online(ANYBODYS)


def sold(world: World) -> None:
    """A sale, sent."""
    desk = world.start(Power())
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    sync(desk.station)
    closed(desk)


def take_back(world: World, desk: Desk) -> None:
    """The load of a sale is taken off its card, then its money is paid out."""
    back = [one for one in every(desk) if one.direction is Direction.RETURN]
    if not any(one.state is not TopUpState.VOIDED for one in back):
        inserted = desk.insert(world.cards[0])
        try:
            return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
        finally:
            inserted.close()
    for one in every(desk):
        owed = one.state in (TopUpState.SEALED, TopUpState.PAYOUT_PENDING)
        if one.direction is Direction.RETURN and owed:
            world.pay_out(desk, one.topup_id)


def _stopped(world: World) -> None:
    """Paid, armed, and then the card's tries turned out to be low: proven not loaded.

    Only a reader that can read the tries can find them low.
    """
    dialect, world.dialect = world.dialect, "acs"
    desk = world.start(Power())
    world.dialect = dialect
    world.cards[0].chip.security[0] = 3
    inserted = desk.insert(world.cards[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "ensure_unlockable", lambda *_: None)
        request = TopUpRequest(money=Money(10_000), tender=world.till.tender)
        with pytest.raises(Refusal):
            top_up(desk.station, inserted, request, nobody)
    inserted.close()
    world.cards[0].chip.security[0] = 7
    closed(desk)


def refund(world: World, desk: Desk) -> None:
    """What never came onto its card is paid back."""
    if any(one.state is TopUpState.NOT_LOADED for one in every(desk)):
        inserted = desk.insert(world.cards[0])
        try:
            request_refund(desk.station, inserted, SECOND)
        finally:
            inserted.close()
    for one in every(desk):
        if one.state is TopUpState.REFUND_REQUESTED:
            world.pay_out(desk, one.topup_id)


def _give_back(world: World, desk: Desk) -> None:
    """A lump sum beyond its lines: one line is released, and all that is left is given back."""
    if not batch_state(desk.station, BATCH).money.received:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    if not any(one.released for one in batch_account(desk.station, BATCH).lines):
        release_line(desk.station, BATCH, 1, "absent")
    for one in batch_account(desk.station, BATCH).payments:
        if one.remains:
            key = one.payment.payment_id
            doubtful = begin_remainder(desk.station, BATCH, key, one.remains)
            world.hand_over(key, one.remains.fen, doubtful=doubtful)
            found = LOOKED if doubtful else ""
            return_remainder(desk.station, BATCH, key, one.remains, SECOND, found=found)


def _owes(world: World) -> None:
    """A household of the batch owes money, and the lump sum covers it."""
    desk = world.start(Power())
    with desk.station.store.unit() as unit:
        unit.households.update(replace(world.households[0], arrears=Money(3_460)))
        unit.commit()
    pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    closed(desk)


def _settle(_world: World, desk: Desk) -> None:
    """What a household owes is paid out of the lump sum, with its consent."""
    if not batch_state(desk.station, BATCH).money.arrears:
        (one,) = batch_account(desk.station, BATCH).payments
        settle_arrears(desk.station, BATCH, 1, one.payment.payment_id, "signed")


def _clerks(world: World) -> None:
    """Two people have PINs; nobody is on duty."""
    desk = _with_pins(world.start(Power()))
    add_clerk(desk.station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None)
    by = approve(desk.station, CHIEF, PINS[CHIEF])
    add_clerk(desk.station, ANNA, PINS[ANNA], {Role.TELLER}, by=by)
    closed(desk)


def _shift(world: World, desk: Desk) -> None:
    """A shift is opened with a float, one sale is made, and the till is counted blind."""
    _with_pins(desk)
    with desk.station.store.reading() as reading:
        current, last = reading.shifts.current(), reading.shifts.last_close()
    if last is not None:
        return
    if current is None:
        open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    counter_sale(world, desk)
    close_shift(desk.station, PINS[ANNA], counted=FLOAT + Money(10_000))


def _with_pins(desk: Desk) -> Desk:
    desk.station = replace(desk.station, pins=PlainPins())
    return desk


def torn(world: World, name: str = HERE) -> None:
    """A sale that was cut in the payload; what is armed was sent."""
    desk = world.start(Power(), name)
    world.cards[0].chip.arm(Tear(IN_PAYLOAD))
    with pytest.raises(OutcomeUnknown):
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    world.cards[0].chip.arm(None)
    sync(desk.station)
    closed(desk)


def closed(desk: Desk) -> None:
    """The desk is switched off."""
    desk.reader.pull()
    desk.station.store.close()


SALE = Job("sale", counter_sale, (29_000, 0), 10_000, waits=CODE_CUT | OVER)
BAG = Job("bag", _bag, (29_000, 20_000), 15_600, _order_waits, waits=CODE_CUT | OVER)
PREPAID = Job("prepaid", _prepaid, (20_000, 0), 5_600, _order_for_anybody, waits=CODE_CUT | OVER)
RETURN = Job(
    "return and payout",
    *(take_back, (0, 0), 256, sold),
    open_end=(Where.HOME,),
    waits=CODE_CUT | OVER,
)
REFUND = Job("refund", refund, (0, 0), 0, _stopped, resolves=False)
THEIRS = Job(
    "another station's load",
    *(resolve_all, (29_000, 0), 10_000, torn, THERE),
    resolves=False,
    waits=CODE_CUT | OVER,
)
REMAINDER = Job("release and remainder", _give_back, (0, 0), 0)
SHIFT = Job("shift", _shift, (29_000, 0), 10_000, _clerks, waits=CODE_CUT | OVER)
ARREARS = Job("arrears", _settle, (0, 0), 15_000, _owes)
JOBS = (SALE, BAG, PREPAID, RETURN, REFUND, REMAINDER, ARREARS, SHIFT, THEIRS)
