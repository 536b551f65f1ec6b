"""Virtual purse cards of the training area: a desk reads them, their meter takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from cardstation.domain.card import CardContent, Span
from cardstation.domain.money import Money
from cardstation.errors import Refusal
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.purses import PURSES
from drivers.purses.chip import KIND, PurseChipDriver
from drivers.purses.gas_content import CLEARED
from drivers.purses.gas_files import RETURNED
from drivers.purses.layout import PurseLayout
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_maker import LAST_LOAD_FEN, make_purse
from drivers.virtual.purse_meter import PurseMeter
from tests.kit.purse_station import HOUSEHOLD, LOADS

LAYOUT = PurseLayout(PURSES[0].name, "CSP1")
AT = datetime.fromisoformat("2026-11-26T08:30+08:00")


def read(card: VirtualCard) -> CardContent:
    reader = VirtualReader("desk")
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    driver = PurseChipDriver(PURSES[0], SoftwarePurseKeys(training_masters(), TERMINAL))
    content = LAYOUT.decode(driver.attach(reader.open(presence)).read())
    reader.pull()
    return content


def test_a_household_has_the_card_that_its_centre_would_have_issued() -> None:
    content = read(make_purse(replace(HOUSEHOLD, generation=2)))
    identity = content.identity
    assert (identity.card_no, identity.account_no) == (HOUSEHOLD.card_no, HOUSEHOLD.account_no)
    assert (identity.meter_no, identity.generation) == (HOUSEHOLD.meter.meter_no, 2)
    assert content.credit is not None
    assert content.credit.purchase_counter == LOADS
    assert content.credit.quantity == Money(LAST_LOAD_FEN)
    assert content.pending is None


def test_a_card_that_was_never_loaded_shows_no_load() -> None:
    content = read(make_purse(replace(HOUSEHOLD, purchase_counter=0)))
    assert content.credit is not None
    assert (content.credit.purchase_counter, content.credit.quantity) == (0, Money(0))


@pytest.mark.parametrize("number", ["QM1799609893", "17996098930", "0017996098930"])
def test_a_meter_number_that_has_no_room_makes_no_card(number: str) -> None:
    meter = replace(HOUSEHOLD.meter, meter_no=number)
    with pytest.raises(Refusal, match="field_does_not_fit"):
        make_purse(replace(HOUSEHOLD, meter=meter))


def test_its_meter_takes_all_of_it_once_and_says_so_on_the_card() -> None:
    card = make_purse(HOUSEHOLD)
    first = PurseMeter.of_purse(card).take(card, at=AT)
    assert (first.taking.value, first.credited, first.residual) == (
        "already_taken",
        Money(0),
        Money(0),
    )
    chip = card.chip
    assert isinstance(chip, VirtualPurseCard)
    chip.stand(KIND, balance=900, online=LOADS + 1)
    refused = PurseMeter.of_purse(card).take(card, at=AT)
    assert (refused.taking.value, refused.error, refused.written) == ("refused", 18, True)
    chip.power_up()
    chip.host_write([Span(chip.place(RETURNED), CLEARED)])
    taken = PurseMeter.of_purse(card).take(card, at=AT)
    assert (taken.taking.value, taken.credited, taken.residual) == (
        "credited",
        Money(900),
        Money(900),
    )
    content = read(card)
    assert content.returned is not None
    assert content.returned.residual == Money(900)
    assert content.returned.written_at.isoformat() == "2026-11-26T08:30:00+08:00"
