"""What is done at a counter without a card: charges and their way back, accounts stopped."""

from __future__ import annotations

from datetime import timedelta

from cardstation.domain.charge import Charge, Original
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.charge_over_use import charge_over_use, defer_over_use
from cardstation.services.charges_of import charges_of
from cardstation.services.deposit import deposit
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.restart_account import restart_account
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.station import Station
from cardstation.services.stop_account import stop_account
from cardstation.services.transfer_account import NewOwner, transfer_account
from tests.sim.acts import LOOKED, SUPERVISOR, _trouble, hand_back, some_desk, some_home
from tests.sim.desk import Desk
from tests.sim.giving import given
from tests.sim.world import World

PAPER = "reading 1234.5, fitter's paper 77"
WHY = "asked at the desk, form 118"


def charged(world: World) -> None:
    """A household pays at a counter for what is no load, or it is put off."""
    desk, home = some_desk(world), some_home(world)
    tender = world.chance.choice((Tender.CASH, Tender.QR_CODE))
    what, much = world.chance.randrange(4), world.chance.randrange(1, 30)
    world.say(f"{desk.key} charges {home.account_no}: {what}, {much} by {tender.value}")
    _trouble(world, desk, 14)

    def doing(station: Station) -> None:
        told, gas = home.account_no, Volume(much * 1_000)
        match what:
            case 0:
                charge_over_use(station, told, gas, PAPER, tender=tender)
            case 1:
                due = station.clock.now().date() + timedelta(days=30)
                defer_over_use(station, told, gas, PAPER, SUPERVISOR, due=due)
            case 2:
                pay_arrears(station, told, tender=tender)
            case _:
                deposit(station, told, Money(much * 100), tender=tender)
        world.counts["charges"] += 1

    world.work(desk, doing)


def undone(world: World) -> None:
    """What was charged for the wrong household is taken back, and its money goes back."""
    desk = some_desk(world)
    world.say(f"{desk.key} takes a charge back")
    _trouble(world, desk, 8)

    def doing(station: Station) -> None:
        for account_no in world.town.homes:
            standing = charges_of(station, account_no).charges
            charge = next((one.charge for one in standing if one.back is None), None)
            if charge is not None:
                _undo(world, desk, station, charge)
                return

    world.work(desk, doing)


def _undo(world: World, desk: Desk, station: Station, charge: Charge) -> None:
    key = charge.charge_id
    doubtful = begin_charge_reversal(station, key)
    if charge.tender is not None:
        world.town.till.back.add(key)
        cash = charge.tender is Tender.CASH
        hand_back(world, desk, key, charge.money.fen, cash=cash, asked=doubtful)
    found = LOOKED if doubtful else ""
    reverse_charge(station, key, SUPERVISOR, WHY, original=Original.BACK, found=found)
    world.counts["charges taken back"] += 1


def account(world: World) -> None:
    """An account is stopped, restarted, or put in another name."""
    desk, home = some_desk(world), some_home(world)
    name = f"新户主{world.chance.randrange(99)}"
    world.say(f"{desk.key} stops, restarts or transfers {home.account_no}")
    _trouble(world, desk, 8)

    def doing(station: Station) -> None:
        with station.store.reading() as reading:
            household = reading.households.get(home.account_no)
        assert household is not None
        if household.status is HouseholdStatus.STOPPED:
            restart_account(station, home.account_no, SUPERVISOR, WHY)
        elif world.chance.random() < 0.4:
            owner = NewOwner(name, "13100000000", 2, takes_balance=True)
            transfer_account(station, home.account_no, SUPERVISOR, owner, WHY)
        else:
            stop_account(station, home.account_no, WHY)
        world.counts["changes of accounts"] += 1

    world.work(desk, doing)


AT_COUNTER = ((15, charged), (5, undone), (5, account), (10, given))
