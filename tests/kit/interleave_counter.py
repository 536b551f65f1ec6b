"""What is done at the counter without the card at work: charges, a balance, gas without money."""

from __future__ import annotations

from contextlib import closing

from cardstation.domain.charge import Original
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.charge_over_use import charge_over_use
from cardstation.services.charges_of import charges_of
from cardstation.services.deposit import deposit
from cardstation.services.grant_gas import grant_gas
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.load_due import load_due
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.withdraw_due import withdraw_due
from drivers.virtual import VirtualCard
from tests.kit.interleave import Hand
from tests.kit.interleave_hands import _Lane
from tests.kit.station import Desk, nobody
from tests.kit.sweep_charges import FIVE, KEPT, OUT, PAPER
from tests.kit.sweep_given import DOCUMENT, WHY
from tests.kit.sweep_world import LOOKED, SECOND, World

MAKE_UP = Volume.of_m3("20")


def _charged(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """Gas burnt without a purchase is paid; the tier that the card's own load is in moves."""
    account_no = world.households[0].account_no
    charge_over_use(desk.station, account_no, FIVE, PAPER, tender=world.till.tender)


def _undone(desk: Desk, world: World, copied: VirtualCard) -> None:
    """It is paid, and was typed for the wrong household."""
    _charged(desk, world, copied)
    for one in charges_of(desk.station, world.households[0].account_no).charges:
        if one.back is None:
            key = one.charge.charge_id
            doubtful = begin_charge_reversal(desk.station, key)
            world.hand_over(key, one.charge.money.fen, doubtful=doubtful)
            found = LOOKED if doubtful else ""
            reverse_charge(desk.station, key, SECOND, WHY, original=Original.BACK, found=found)


def _kept_and_out(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """Money comes into the balance, and a part of it is paid out."""
    account_no = world.households[0].account_no
    deposit(desk.station, account_no, KEPT, tender=world.till.tender)
    doubtful = begin_balance_payout(desk.station, account_no, OUT)
    world.hand_over(account_no, OUT.fen, doubtful=doubtful)
    found, tender = LOOKED if doubtful else "", world.till.tender
    pay_out_balance(desk.station, account_no, OUT, SECOND, tender=tender, found=found)


def _given(desk: Desk, world: World, copied: VirtualCard) -> None:
    """Gas is granted, and loaded onto a copy of the card."""
    account_no = world.households[0].account_no
    grant_gas(desk.station, account_no, MAKE_UP, Tender.MAKE_UP, DOCUMENT, SECOND, WHY)
    lane = _Lane(desk, copied)
    with closing(lane.card):
        load_due(lane.station, lane.card, None, nobody)


def _withdrawn(desk: Desk, world: World, _copied: VirtualCard) -> None:
    """Whatever is granted to the household is withdrawn."""
    account_no = world.households[0].account_no
    with desk.station.store.reading() as reading:
        waiting = [one.due.due_id for one in dues_of(reading, account_no) if one.is_open]
    for due_id in waiting:
        withdraw_due(desk.station, due_id, SECOND, WHY)


COUNTER_HANDS: dict[str, Hand] = {
    "over-use paid": _charged,
    "charge undone": _undone,
    "balance": _kept_and_out,
    "copy: gas due": _given,
    "gas due withdrawn": _withdrawn,
}
