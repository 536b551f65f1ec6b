"""Bags of collected cards: a list comes in, is paid in one sum, and loaded card by card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cardstation.domain.batch import Batch, ManifestLine
from cardstation.domain.batch_life import Step
from cardstation.domain.ledger import Order
from cardstation.domain.list_steps import Listed
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.identify import Inserted
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.steps import record_step
from cardstation.services.load_line import load_line
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.station import Station
from cardstation.services.sync import sync
from tests.kit.station import line, nobody
from tests.sim.acts import _trouble, some_desk, some_home, with_card
from tests.sim.desk import Desk
from tests.sim.town import Home
from tests.sim.world import World


@dataclass
class Bag:
    """Collected cards at one desk."""

    desk: Desk
    batch_id: str
    homes: list[Home]
    total: Money
    paid: bool = False
    left: list[Home] = field(default_factory=list)


def collect_bag(world: World) -> None:
    """A list comes in, with orders paid online among its rows."""
    desk = some_desk(world)
    homes: dict[str, Home] = {}
    for _ in range(world.chance.randrange(2, 6)):
        home = some_home(world)
        homes[home.account_no] = home
    lines, total = [], 0
    for row, home in enumerate(homes.values(), start=2):
        yuan, order = world.chance.randrange(10, 200), None
        if world.chance.random() < 0.3:
            order = order_of(world, desk.name, home)
        else:
            total += yuan
        lines.append(line(home.household, row, yuan=str(yuan), order=order))
    _trouble(world, desk, 4)
    listed(world, desk, lines, list(homes.values()), Money.of_yuan(str(total)))


def listed(
    world: World, desk: Desk, lines: Sequence[ManifestLine], homes: list[Home], total: Money
) -> None:
    """A list is on file at a desk, under the id that the desk gives it."""
    world.made += 1
    digest = f"list {world.made}"
    world.say(f"{desk.key} takes in a list with {len(lines)} rows")

    def doing(station: Station) -> None:
        ensure_may_write(station)
        now = station.clock.now()
        with station.store.unit() as unit:
            batch_id = unit.batches.next_id(now.date(), station.name)
            unit.batches.add(Batch(batch_id, "list", digest, now, None, None, tuple(lines)))
            told = Listed(len(lines), typed=False)
            record_step(station, unit, batch_id, Step.LISTED, value=told, proof=digest)
            unit.commit()
        anchor_journal(station)
        world.say(f"  as {batch_id}")
        world.bags.append(Bag(desk, batch_id, homes, total, left=list(homes)))

    world.work(desk, doing)


def order_of(world: World, station: str, home: Home) -> Order:
    """Somebody pays beforehand; half of the time for one station, where one is named."""
    world.made += 1
    content = home.content(home.cards[0])
    counter = content.credit.purchase_counter if content.credit else 0
    money = home.household.meter.kind is MeterKind.MONEY
    order = Order(
        f"D{world.made}",
        home.account_no,
        5_600,
        0 if money else 20_000,
        "residential@2026-01-01",
        counter,
        station if world.chance.random() < 0.5 else "",
    )
    world.centre.sell_online(order)
    world.counts["orders"] += 1
    return order


def order_at_counter(world: World) -> None:
    """A household with a paid order comes to a counter; half of them pay on the way there."""
    desk, home = some_desk(world), some_home(world)
    if world.chance.random() < 0.5:
        order = order_of(world, desk.name, home)
        world.say(f"{home.account_no} pays {order.order_id} online")
    card = world.chance.choice(home.cards)
    world.touch(home=home)
    world.say(f"{desk.key} loads what {home.account_no} paid online")
    _trouble(world, desk, 70)

    def doing(station: Station, inserted: Inserted) -> None:
        if world.chance.random() < 0.7:
            sync(station)
        slip = load_prepaid(station, inserted, None, nobody)
        world.counts["orders loaded at the counter"] += 1
        world.going_home.append(home)
        world.say(f"  {slip.receipt_no} for {slip.order_id}")

    with_card(world, desk, card, doing)


def work_bag(world: World) -> None:
    """Money for a bag, or its next cards."""
    open_bags = [bag for bag in world.bags if bag.left and bag.desk in world.desks]
    if not open_bags:
        return collect_bag(world)
    bag = world.chance.choice(open_bags)
    if not bag.paid and bag.total.fen:
        return _pay(world, bag)
    for home in bag.left[: world.chance.randrange(1, 4)]:
        _load(world, bag, home)
    return None


def _pay(world: World, bag: Bag) -> None:
    desk = bag.desk
    tender = world.chance.choice((Tender.CASH, Tender.BANK_TRANSFER, Tender.QR_CODE))
    more = world.chance.choice((0, 0, 30))
    money = bag.total + Money.of_yuan(str(more))
    world.say(f"{desk.key} takes {money} for {bag.batch_id} by {tender.value}")
    _trouble(world, desk, 5)

    def doing(station: Station) -> None:
        bag.paid = True
        pay_batch(station, bag.batch_id, tender=tender, money=money)
        world.counts["bags paid"] += 1

    world.work(desk, doing)


def _load(world: World, bag: Bag, home: Home) -> None:
    desk, card = bag.desk, home.cards[0]
    world.touch(home=home)
    world.say(f"{desk.key} loads {home.account_no} of {bag.batch_id}")
    _trouble(world, desk, 70)

    def doing(station: Station, inserted: Inserted) -> None:
        found = load_line(station, bag.batch_id, inserted, nobody)
        world.counts["lines loaded"] += 1
        world.going_home.append(home)
        world.say(f"  {found.state.value} {found.receipt_no}")
        bag.left.remove(home)

    with_card(world, desk, card, doing)
