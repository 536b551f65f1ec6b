"""Work of clerks beside the cards: shifts with a blind count, debts, remainders, leases."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval, Role
from cardstation.services.add_clerk import add_clerk
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.close_shift import close_shift
from cardstation.services.lease_order import lease_order
from cardstation.services.open_shift import open_shift
from cardstation.services.release_order import release_order
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.store.funds import BatchPayment
from tests.kit.shifts import ANNA, CHIEF, PINS
from tests.sim.acts import LOOKED, SUPERVISOR, _trouble, hand_back, some_desk
from tests.sim.bags import Bag
from tests.sim.desk import Desk
from tests.sim.world import World

FLOAT = Money.of_yuan("500")
MORE = 3_000
"""Fen that a bag was paid too much, where it was."""


def shift(world: World) -> None:
    """A desk gets clerks and a shift; the next time its till is counted and somebody takes over."""
    desk = some_desk(world)
    if desk.fate:
        return
    world.say(f"the shift changes at {desk.key}")
    desk.has_clerks = True
    _trouble(world, desk, 14)

    def doing(station: Station) -> None:
        _close(world, desk, station)
        _open(world, desk, station)

    world.work(desk, doing)


def on_duty(world: World, desk: Desk) -> None:
    """Where a desk has clerks, one of them is on duty."""

    def doing(station: Station) -> None:
        with station.store.reading() as reading:
            clerks, current = reading.shifts.clerks(), reading.shifts.current()
            counted = current and reading.shifts.counted(current.shift.shift_id)
        if not clerks:
            return
        if counted is not None:
            _close(world, desk, station)
        if current is None or counted is not None:
            _open(world, desk, station)

    world.work(desk, doing)


def _open(world: World, desk: Desk, station: Station) -> None:
    with station.store.reading() as reading:
        known = {one.name for one in reading.shifts.clerks()}
    if CHIEF not in known:
        add_clerk(station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None)
    if ANNA not in known:
        add_clerk(station, ANNA, PINS[ANNA], {Role.TELLER}, by=Approval(CHIEF))
    world.town.till.cash[desk.key] = FLOAT.fen
    open_shift(station, ANNA, PINS[ANNA], float_money=FLOAT)
    world.counts["shifts opened"] += 1


def _close(world: World, desk: Desk, station: Station) -> None:
    """Count what lies there, perhaps wrongly, before anybody sees what it should be."""
    with station.store.reading() as reading:
        current = reading.shifts.current()
        stands = current and reading.shifts.counted(current.shift.shift_id)
    if current is None:
        return
    till = world.town.till
    if stands is None:
        wrong = world.chance.choice((0, 0, 0, -500, 200))
        till.counted[desk.key].append(max(0, till.cash[desk.key] + wrong))
    counted = None if stands is not None else Money(till.counted[desk.key][-1])
    closed = close_shift(
        station, PINS[ANNA], counted=counted, handed_to=CHIEF, handed_pin=PINS[CHIEF]
    )
    world.counts["shifts closed"] += 1
    world.counts["shifts closed over or short"] += closed.over_short.fen != 0
    world.say(f"  counted {closed.counted}, over or short {closed.over_short}")


def remainder(world: World) -> None:
    """What a bag was paid too much pays a household's debt, or goes back to the payer."""
    bags = [bag for bag in world.bags if bag.paid and bag.desk in world.desks]
    if not bags:
        return
    bag = world.chance.choice(bags)
    desk = bag.desk
    world.say(f"{desk.key} settles what is left of {bag.batch_id}")
    _trouble(world, desk, 5)

    def doing(station: Station) -> None:
        with station.store.reading() as reading:
            paid = reading.funds.payments(bag.batch_id)
        owing = [n for n, one in enumerate(bag.homes, 1) if one.household.arrears.fen]
        if not paid or paid[-1].money <= bag.total:
            return
        if owing and paid[-1].payment_id not in world.town.till.returned:
            settle_arrears(station, bag.batch_id, owing[0], paid[-1].payment_id, "signed")
            world.counts["arrears paid"] += 1
            world.say("  of which a debt is paid")
        else:
            _give_back(world, desk, station, bag, paid[-1])

    world.work(desk, doing)


def _give_back(world: World, desk: Desk, station: Station, bag: Bag, payment: BatchPayment) -> None:
    key = payment.payment_id
    doubtful = begin_remainder(station, bag.batch_id, key, Money(MORE))
    hand_back(world, desk, key, MORE, cash=payment.tender is Tender.CASH, asked=doubtful)
    found = LOOKED if doubtful else ""
    return_remainder(station, bag.batch_id, key, Money(MORE), SUPERVISOR, found=found)
    for noted in (world.town.till.handed, world.town.till.last):
        noted.pop(key, None)  # another remainder of the same payment is another hand-over
    world.counts["remainders given back"] += 1
    world.say("  which goes back to its payer")


def lease(world: World) -> None:
    """A desk takes the lease of a paid order, or gives it back, without any card."""
    desk, waiting = some_desk(world), sorted(world.centre.held)
    if not waiting:
        return
    order_id = world.chance.choice(waiting[-20:])
    back = world.chance.random() < 0.4
    world.say(f"{desk.key} {'gives back' if back else 'asks for'} the lease of {order_id}")
    _trouble(world, desk, 5)

    def doing(station: Station) -> None:
        sync(station)
        order = (release_order if back else lease_order)(station, order_id)
        world.counts[f"leases {'given back' if back else 'taken'}"] += 1
        world.say(f"  held by {order.leased_to or 'nobody'}")

    world.work(desk, doing)
