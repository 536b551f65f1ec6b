"""Gas that two people give a household, in a world of bad luck."""

from __future__ import annotations

from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.identify import Inserted
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.load_due import load_due
from cardstation.services.station import Station
from tests.kit.station import nobody
from tests.sim.acts import SUPERVISOR, _trouble, some_desk, some_home, with_card
from tests.sim.world import World

GAVE = "its meter never took its last load"


def given(world: World) -> None:
    """Two people give a household gas, and its card is loaded with what is due here."""
    desk, home = some_desk(world), some_home(world)
    card, m3 = world.chance.choice(home.cards), world.chance.randrange(1, 40)
    money = home.household.meter.kind is MeterKind.MONEY
    gas = Money(m3 * 280) if money else Volume(m3 * 1_000)
    world.touch(home=home)
    world.say(f"{desk.key} gives {gas} to {home.account_no}")
    _trouble(world, desk, 70)

    def doing(station: Station, inserted: Inserted) -> None:
        account_no = home.account_no
        with station.store.reading() as reading:
            waits = any(one.is_open for one in dues_of(reading, account_no))
        if not waits and world.chance.random() < 0.5:
            grant_emergency(station, account_no, "call 7", SUPERVISOR, GAVE)
        elif not waits:
            grant_gas(station, account_no, gas, Tender.MAKE_UP, "WO-7", SUPERVISOR, GAVE)
        slip = load_due(station, inserted, None, nobody)
        world.counts["loads of given gas"] += 1
        world.going_home.append(home)
        world.say(f"  {slip.receipt_no}")

    with_card(world, desk, card, doing)
