"""Others who write cards (DESK-RULES 5): a bank's counter, loading machines with paid orders.

What they load is in no station's books until the channel's file tells of it the day after. No
service takes such a file in yet: here it closes what the oracle counts as off-book, by name, and
the desks must sell on although the counters have moved.
"""

from __future__ import annotations

from datetime import timedelta

from cardstation.domain.ledger import Order
from cardstation.errors import LedgerRefused
from tests.sim.acts import some_home
from tests.sim.bags import order_of
from tests.sim.town import BANK, MACHINE, Home, OffBook
from tests.sim.watch import Broken
from tests.sim.world import MACHINES, World

DAY, AUDIT = timedelta(days=1), timedelta(days=2)
NAMES = {MACHINE: "a loading machine", BANK: "a bank"}


def bank_order(world: World) -> None:
    """A household pays at a bank, and goes to a loading machine, or to a desk some other day."""
    home = some_home(world)
    order = order_of(world, "", home)
    world.counts["orders paid at a bank"] += 1
    world.say(f"{home.account_no} pays {order.order_id} at a bank")
    if world.chance.random() < 0.7:
        machine_order(world, home, order)


def to_machine(world: World) -> None:
    """Somebody puts a card with a paid order into a loading machine."""
    waiting = [one for one in world.centre.held.values() if _is_for_machines(world, one)]
    if waiting:
        order = world.chance.choice(sorted(waiting, key=lambda one: one.order_id))
        home = world.town.homes[order.account_no]
        world.say(f"{home.account_no} goes to a loading machine with {order.order_id}")
        machine_order(world, home, order)


def _is_for_machines(world: World, order: Order) -> bool:
    state = world.centre.orders[order.order_id]
    free = world.centre.standing(order).leased_to == ""
    open_here = not state.closed_by and not state.claimed_station
    return free and open_here and order.account_no in world.town.homes


def machine_order(world: World, home: Home, order: Order) -> None:
    """A machine loads a paid order: under a lease, and only where a counter proves it."""
    world.touch(home=home)
    if home.uncounted:
        return
    try:
        world.centre.lease_order(MACHINES, order.order_id)
    except LedgerRefused as refused:
        world.say(f"  the machine is told {refused.code}")
        return
    before = set(home.machine)
    said = home.machine_loads(world.chance, world.time.at, order)
    if said.isdecimal():
        world.town.by_machine.add(order.order_id)
        world.counts["orders loaded by machines"] += 1
        _off_book(world, home, MACHINE, before, order.order_id)
    else:
        world.centre.release_order(MACHINES, order.order_id)
    world.say(f"  the machine says {said}")


def bank_counter(world: World) -> None:
    """A bank's counter takes the money and writes the card itself."""
    home = some_home(world)
    before = set(home.machine)
    said = home.machine_loads(world.chance, world.time.at, by=BANK)
    world.touch(home=home)
    if said.isdecimal():
        world.counts["loads by a bank"] += 1
        _off_book(world, home, BANK, before)
    world.say(f"{home.account_no} at a bank's counter: {said}")


def machine(world: World) -> None:
    """A loading machine takes money and writes a card; the desks learn of it by the counter."""
    home = some_home(world)
    before = set(home.machine)
    said = home.machine_loads(world.chance, world.time.at)
    world.touch(home=home)
    if said.isdecimal():
        world.counts["loads by others"] += 1
        _off_book(world, home, MACHINE, before)
    world.say(f"{home.account_no} at a loading machine: {said}")


def _off_book(
    world: World, home: Home, channel: int, before: set[bytes], order_id: str = ""
) -> None:
    (mark,) = set(home.machine) - before
    world.town.off_book.append(OffBook(channel, home.account_no, mark, world.time.at, order_id))


def channel_file(world: World) -> None:
    """The file of a channel comes in, with what it loaded until the day before; a row may miss."""
    channel = world.chance.choice((MACHINE, BANK))
    rows = [
        one
        for one in world.town.off_book
        if one.channel == channel and world.time.at - one.at >= DAY
    ]
    if not rows:
        return
    forgotten = world.chance.random() < world.size.trouble / 4
    take_in(world, rows[1:] if forgotten else rows)


def take_in(world: World, rows: list[OffBook]) -> None:
    """Close what the rows of a file explain, and name what waits for more than two days.

    Raises:
        Broken: a row is of a load that nobody wrote.
    """
    for row in rows:
        if row.mark not in world.town.homes[row.account_no].machine:
            raise Broken(f"the file of {NAMES[row.channel]} has a load nobody wrote: {row}")
        world.town.off_book.remove(row)
    world.oracle.named["off-book loads closed by their channel's file"] += len(rows)
    late = [one for one in world.town.off_book if world.time.at - one.at >= AUDIT]
    world.counts["off-book loads on the audit list"] = max(
        len(late), world.counts["off-book loads on the audit list"]
    )
    world.say(f"files of other channels: {len(rows)} rows, {len(late)} late")
