"""Virtual purse cards of either kind of meter, issued as their centre would."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.errors import Refusal
from cardstation.ports.purse import TERMINAL_BYTES, LoadOrder
from drivers.purses.chip import KIND
from drivers.purses.gas_content import NUMBER_BYTES, Parameters, Purpose
from drivers.virtual.card import VirtualCard
from drivers.virtual.gas_card import SERIAL
from drivers.virtual.maker import ISSUED_AT
from drivers.virtual.purse_maker import answered, make_purse
from drivers.virtual.volume_purse import VirtualVolumePurse

LAST_LOAD_LITRES = 30_000


def make_volume_purse(household: Household) -> VirtualCard:
    """A volume purse with the training area's keys, its last load taken by the meter.

    Raises:
        Refusal: `field_does_not_fit`: a number of the household has no room on such a card.
    """
    account_no = household.account_no
    if len(account_no) != 2 * NUMBER_BYTES or not account_no.isdecimal():
        raise Refusal("field_does_not_fit", field="account_no", value=account_no)
    chip = VirtualVolumePurse(bytes.fromhex(household.card_no.zfill(2 * len(SERIAL))))
    chip.issue(
        Parameters(
            household.meter.meter_no,
            account_no,
            Purpose.BUYING,
            generation=household.generation,
        )
    )
    if loads := household.purchase_counter:
        at = ISSUED_AT.replace(tzinfo=None)
        order = LoadOrder(KIND, LAST_LOAD_LITRES, bytes(TERMINAL_BYTES), at)
        chip.lived(loads, order, answered(household, loads))
    return VirtualCard(chip, household.card_no)


def make_purse_of(household: Household) -> VirtualCard:
    """The purse card that the household's kind of meter takes.

    Raises:
        Refusal: `field_does_not_fit`: a number of the household has no room on such a card.
    """
    money = household.meter.kind is MeterKind.MONEY
    return make_purse(household) if money else make_volume_purse(household)
