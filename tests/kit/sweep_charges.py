"""Money at the counter without a load, as jobs: charges and their way back, a balance spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from cardstation.domain.charge import Charge, ChargeKind, Original
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.charge_fee import charge_fee
from cardstation.services.charge_over_use import charge_over_use, defer_over_use
from cardstation.services.charges_of import Standing, charges_of
from cardstation.services.deposit import deposit
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.reverse_charge import reverse_charge
from tests.kit.charging import FEES
from tests.kit.power import Power
from tests.kit.station import DESK_RULES, RESIDENTIAL, Desk
from tests.kit.sweep_jobs import closed, every
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import LOOKED, SECOND, Job, World

TEN, FIVE = Volume.of_m3("10"), Volume.of_m3("5")
PAPER = "reading 1234.5, fitter's paper 77"
DUE = date(2026, 12, 31)
KEPT, OUT = Money(50_000), Money(20_000)


def _catalogue(world: World) -> None:
    """Fees are on file; the first household owes 34.60."""
    desk = world.start(Power())
    with desk.station.store.unit() as unit:
        unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, fees=FEES))
        unit.households.update(replace(world.households[0], arrears=Money(3_460)))
        unit.commit()
    closed(desk)


def _charges(world: World, desk: Desk) -> None:
    """Over-use paid and put off, arrears paid, a deposit, a fee; then two of them are undone."""
    station, account_no = desk.station, world.households[0].account_no
    by: dict[str, Tender] = {"tender": world.till.tender}

    def once(done: Callable[[Charge], bool], charge: Callable[[], object]) -> None:
        if not any(done(one.charge) for one in charges_of(station, account_no).charges):
            charge()

    once(_over_use(put_off=False), lambda: charge_over_use(station, account_no, TEN, PAPER, **by))
    once(
        _over_use(put_off=True),
        lambda: defer_over_use(station, account_no, FIVE, PAPER, SECOND, due=DUE),
    )
    once(_is(ChargeKind.FEE), lambda: charge_fee(station, account_no, "CARD", **by))
    once(_is(ChargeKind.DEPOSIT), lambda: deposit(station, account_no, KEPT, **by))
    once(_is(ChargeKind.ARREARS), lambda: pay_arrears(station, account_no, **by))
    for one in charges_of(station, account_no).charges:
        if one.back is None and one.charge.what in (ChargeKind.FEE, ChargeKind.ARREARS):
            _undo(world, desk, one)
    _pay_out(world, desk, account_no)


def _is(what: ChargeKind) -> Callable[[Charge], bool]:
    return lambda one: one.what is what


def _over_use(*, put_off: bool) -> Callable[[Charge], bool]:
    return lambda one: one.what is ChargeKind.OVER_USE and (one.tender is None) is put_off


def _undo(world: World, desk: Desk, taken: Standing) -> None:
    key = taken.charge.charge_id
    doubtful = begin_charge_reversal(desk.station, key)
    world.hand_over(key, taken.charge.money.fen, doubtful=doubtful)
    why, found = "typed for the wrong household", LOOKED if doubtful else ""
    reverse_charge(desk.station, key, SECOND, why, original=Original.BACK, found=found)


def _pay_out(world: World, desk: Desk, account_no: str) -> None:
    if charges_of(desk.station, account_no).balance == KEPT:
        doubtful = begin_balance_payout(desk.station, account_no, OUT)
        world.hand_over(account_no, OUT.fen, doubtful=doubtful)
        found, tender = LOOKED if doubtful else "", world.till.tender
        pay_out_balance(desk.station, account_no, OUT, SECOND, tender=tender, found=found)


def _kept(world: World) -> None:
    """A household's money lies in its balance."""
    desk = world.start(Power())
    deposit(desk.station, world.households[0].account_no, KEPT, tender=world.till.tender)
    closed(desk)


def _out_of_it(world: World, desk: Desk) -> None:
    """A counter sale that the balance pays for."""
    if not any(one.state is TopUpState.SEALED for one in every(desk)):
        desk.sell(world.cards[0], "100", tender=Tender.BALANCE)


TAKEN = 3_360 + KEPT.fen - OUT.fen
CHARGES = Job("charges", _charges, (0, 0), TAKEN, _catalogue, resolves=False)
FROM_BALANCE = Job(
    "sale out of the balance", _out_of_it, (29_000, 0), KEPT.fen, _kept, waits=CODE_CUT | OVER
)
COUNTER = (CHARGES, FROM_BALANCE)
