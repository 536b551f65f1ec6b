"""What breaks a memory: stores and books put back from a backup, a machine that exists twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from cardstation.services.rejoin import rejoin
from cardstation.services.station import Station
from tests.sim.acts import ACTS, SUPERVISOR, send_all, some_desk
from tests.sim.bags import collect_bag, order_at_counter, work_bag
from tests.sim.channels import bank_counter, bank_order, channel_file, machine, to_machine
from tests.sim.clerks import lease, remainder, shift
from tests.sim.desk import Desk
from tests.sim.watch import Broken
from tests.sim.world import World

MOST_CLONES = 2
MOST_LOST = 40
"""Entries, of all stations, that an older copy of the books lacks at most."""


def back_up(world: World) -> None:
    """Somebody copies a station's folder while it is switched off."""
    desk = some_desk(world)
    world.made += 1
    desk.ready(world.template)
    desk.back_up(world.folder / f"backup-{world.made}")
    world.counts["backups"] += 1
    world.say(f"{desk.key} is backed up")


def restore(world: World) -> None:
    """A store is put back from a backup, with or without what lay beside it."""
    kept = [desk for desk in world.desks if desk.backups and not desk.fate]
    lame = sum(bool(desk.fate) for desk in world.desks)
    if not kept or world.size.trouble == 0 or lame * 3 >= len(world.desks):
        return
    desk = world.chance.choice(kept)
    backup = world.chance.choice(desk.backups)
    anchor_too = world.chance.random() < 0.5
    world.touch(desk)
    world.look()
    lost = desk.watch.log - backup.watch.log + desk.watch.seq - backup.watch.seq
    desk.restore(backup, anchor_too=anchor_too)
    world.oracle.follow(desk.watch)
    desk.fate = "restored"
    world.fault("store restored, anchor too" if anchor_too else "store restored")
    world.say(f"{desk.key} is restored, {lost} records back, anchor {anchor_too}")
    if lost == 0:
        desk.fate = ""


def clone(world: World) -> None:
    """A machine is copied, and both go on."""
    whole = [desk for desk in world.desks if not desk.fate]
    if len(world.desks) >= world.size.stations + MOST_CLONES or world.size.trouble == 0:
        return
    if len(whole) < 2:
        return
    desk = world.chance.choice(whole)
    world.touch(desk)
    world.look()
    desk.die()
    world.made += 1
    place = world.folder / f"{desk.name}-{world.made}"
    shutil.copytree(desk.folder, place)
    twin = world.desk_at(desk.name, desk.number, place)
    twin.watch = desk.watch.copy(place)
    twin.has_clerks = desk.has_clerks
    counted = world.town.till.counted
    counted[twin.key] = list(counted[desk.key])  # a count that waits for its close goes along
    desk.fate = twin.fate = "cloned"
    world.add(twin)
    world.fault("station cloned")
    world.say(f"{desk.key} is cloned: {twin.key}")


def rejoin_books(world: World) -> None:
    """Two people bring a restored station back."""
    restored = [desk for desk in world.desks if desk.fate == "restored"]
    if restored:
        go_back(world, world.chance.choice(restored))


def go_back(world: World, desk: Desk) -> None:
    """Its own entries come from the ledger; what the ledger never had is lost, and named."""
    world.say(f"{desk.key} rejoins")

    def doing(station: Station) -> None:
        rejoin(station, SUPERVISOR)
        desk.fate, desk.rejoined = "", True
        world.counts["stations rejoined"] += 1

    world.work(desk, doing)


def older_books(world: World) -> None:
    """At night the ledger is put back from a backup, and people order a rewind of who is ahead.

    Every station sends again before the desks open: until then the books could say of a load
    that it never was. Stations whose own records are torn apart are not sent through it.
    """
    centre, ever = world.centre, len(world.centre.posted)
    odd = any(desk.fate for desk in world.desks) or any(
        (one.status, one.epoch) != ("active", 1) for one in centre.chains.values()
    )
    if odd or ever < 2 or world.size.trouble == 0:
        return
    heads = {name: (one.last_seq, one.last_hash) for name, one in centre.chains.items()}
    centre.back_to(centre.posted[: -world.chance.randrange(1, min(ever, MOST_LOST))])
    ahead = [name for name, one in centre.chains.items() if one.last_seq < heads[name][0]]
    world.fault("books put back from a backup")
    world.say(f"the books are {ever - len(centre.posted)} entries older: {ahead} send again")
    weather = world.weather
    before = weather.lose, weather.double, weather.delay
    weather.calm()
    for desk in world.desks:
        if desk.name not in ahead:
            continue
        parted, desk.ledger.parted = desk.ledger.parted, False
        if not send_all(world, desk):
            centre.ask_again(desk.name)
            send_all(world, desk)
        desk.ledger.parted = parted
        seq, digest = heads[desk.name]
        if centre.chains[desk.name].sent[seq - 1].hash != digest:
            raise Broken(f"{desk.key} has not sent entry {seq} again")
        world.counts["rewinds obeyed"] += 1
    weather.lose, weather.double, weather.delay = before
    world.oracle.books_are_older()


FATES: tuple[tuple[int, Callable[[World], object]], ...] = (
    *ACTS,
    (3, collect_bag),
    (12, work_bag),
    (4, order_at_counter),
    (3, machine),
    (2, bank_counter),
    (2, bank_order),
    (1, to_machine),
    (1, channel_file),
    (2, shift),
    (2, remainder),
    (1, lease),
    (3, back_up),
    (2, restore),
    (1, clone),
    (3, rejoin_books),
    (1, older_books),
)
