"""Virtual purse cards of the training area, issued as its centre would."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.errors import Refusal
from cardstation.ports.purse import TERMINAL_BYTES, LoadOrder
from drivers.purses.chip import KIND
from drivers.purses.gas_content import NUMBER_BYTES, Parameters, Purpose, Returned
from drivers.virtual.card import VirtualCard
from drivers.virtual.gas_card import SERIAL
from drivers.virtual.maker import ISSUED_AT
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
        order = LoadOrder(KIND, LAST_LOAD_FEN, bytes(TERMINAL_BYTES), at)
        chip.lived(loads, order, answered(household, loads))
    return VirtualCard(chip, household.card_no)


def answered(household: Household, loads: int) -> Returned:
    """What the household's meter wrote back when it took the last of so many loads."""
    at = ISSUED_AT.strftime("%y%m%d%H%M")
    return Returned(household.meter.meter_no, household.account_no, 0, loads, at=at)
