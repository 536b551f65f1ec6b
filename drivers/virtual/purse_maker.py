"""Virtual purse cards of the training area: issued as its centre would, taken by their meter."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.errors import Refusal, fail
from cardstation.ports.purse import TERMINAL_BYTES, LoadOrder
from drivers.purses import gas_files
from drivers.purses.chip import KIND
from drivers.purses.gas_content import NUMBER_BYTES, Parameters, Purpose, Returned
from drivers.virtual.card import VirtualCard
from drivers.virtual.gas_card import SERIAL
from drivers.virtual.maker import ISSUED_AT
from drivers.virtual.meter import MeterVerdict
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import Taking
from drivers.virtual.purse_card import VirtualPurseCard

LAST_LOAD_FEN = 10_000


def make_purse(household: Household) -> VirtualCard:
    """A purse card with the training area's keys, its last load taken by the meter.

    Raises:
        Refusal: `field_does_not_fit`: a number of the household has no room on such a card.
    """
    numbers = {"meter_no": household.meter.meter_no, "account_no": household.account_no}
    for field, number in numbers.items():
        if len(number) != 2 * NUMBER_BYTES or not number.isdecimal():
            raise Refusal("field_does_not_fit", field=field, value=number)
    chip = VirtualPurseCard(bytes.fromhex(household.card_no.zfill(2 * len(SERIAL))))
    chip.issue(
        Parameters(
            household.meter.meter_no,
            household.account_no,
            Purpose.BUYING,
            generation=household.generation,
        )
    )
    if loads := household.purchase_counter:
        at = ISSUED_AT.replace(tzinfo=None)
        chip.lived(loads, LoadOrder(KIND, LAST_LOAD_FEN, bytes(TERMINAL_BYTES), at))
    return VirtualCard(chip, household.card_no)


def meter_takes(card: VirtualCard, at: datetime) -> MeterVerdict:
    """The card's meter takes all that is in the purse, and says on the card that it did.

    Args:
        card: A purse; what its meter has is what it wrote there before.
        at: Wall time of the meter.

    Raises:
        Refusal: `card_damaged`.
    """
    chip = card.chip
    if not isinstance(chip, VirtualPurseCard):
        fail("only purses are taken so")
    chip.power_up()
    cells, before = chip.state.of_kind(KIND), Returned.of(chip.content(gas_files.RETURNED))
    whose = Parameters.of(chip.content(gas_files.PARAMETERS))
    if cells.balance:
        chip.spend(KIND, cells.balance, at=at)
    remaining = cells.balance + (before.remaining_fen if before else 0)
    moment = at.strftime("%y%m%d%H%M")
    chip.write_back(Returned(whose.meter_no, whose.customer_no, remaining, cells.online, at=moment))
    chip.power_off()
    taking = Taking.CREDITED if cells.balance else Taking.ALREADY_TAKEN
    taken, kept = Money(cells.balance), Money(remaining)
    return MeterVerdict(taking, taken, kept, MeterError.NONE, written=True, torn=False)
