"""Cards of a sheet are issued, replaced, cleared and moved to another meter like all others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.topup import Work
from cardstation.errors import CardStationError
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.card import new_chip
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.changing import NEW_NO, change, put_back, replaced
from tests.kit.clearing import clear, not_cleared
from tests.kit.issuing import issue, stopped_by
from tests.kit.reissuing import cancelled, slip_of
from tests.kit.sheet_station import SheetCards
from tests.kit.station import Desk, open_desk

SPOILED = {"card_code_unknown", "code_tries_low"}
pytest_plugins = ("tests.kit.fast_disk",)


class Town:
    """A desk with the cards of a sheet, one household, and its meter."""

    def __init__(self, folder: Path, name: str, counter: int) -> None:
        self.made_of = SheetCards(name)
        self.home = self.made_of.fits(cards.household(counter=counter))
        self.desk = open_desk(folder, households=[self.home])
        self.desk.station = self.made_of.at(self.desk.station)

    @property
    def code(self) -> str:
        return self.made_of.rules.code

    def blank(self) -> VirtualCard:
        return VirtualCard(new_chip(self.made_of.layout.chip))

    def hung(self, number: str) -> VirtualMeter:
        state = MeterState(number, kind=self.home.meter.kind, school=self.made_of.rules.school)
        return VirtualMeter(state, self.made_of.layout)

    def type_of(self, card: VirtualCard) -> CardType:
        return self.made_of.layout.decode(card.image).identity.card_type

    def sold_and_taken(self, card: VirtualCard, meter: VirtualMeter) -> None:
        receipt = self.desk.sell(card, "100")
        self.desk.reader.pull()
        assert meter.take(card).credited == receipt.volume


@pytest.fixture(params=["interface2012", "secured4442"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new(tmp_path: Path, name: str) -> Iterator[Town]:
    """Its household never had a card."""
    yield from _proven(Town(tmp_path, name, counter=0))


@pytest.fixture
def old(tmp_path: Path, name: str) -> Iterator[Town]:
    """Its household has bought for years."""
    yield from _proven(Town(tmp_path, name, counter=50))


def _proven(town: Town) -> Iterator[Town]:
    yield town
    proof = verify(town.desk.station)
    assert proof.ok, proof.disagreements
    town.desk.station.store.close()


def test_issued_opened_by_its_meter_bound_and_sold_to(new: Town) -> None:
    desk, home, card = new.desk, new.home, new.blank()
    meter = new.hung(home.meter.meter_no)
    assert issue(desk, card, home, new.code).work == Work.ISSUE
    assert new.type_of(card) is CardType.OPENING
    assert stopped_by(desk, card, home, new.code) == "card_not_home"
    assert meter.take(card).written
    assert issue(desk, card, home, new.code).work == Work.BIND
    assert new.type_of(card) is CardType.USER
    for _ in range(2):
        new.sold_and_taken(card, meter)


def test_replaced_with_its_load_and_without(old: Town) -> None:
    desk, home, card = old.desk, old.home, old.made_of.issued(old.home)
    meter = old.made_of.meter(card)
    receipt = desk.sell(card, "100")
    second = old.blank()
    slip = slip_of(desk, home, second, maker=old.code)
    assert (slip.work, old.type_of(second)) == (Work.REISSUE, CardType.REISSUE)
    assert meter.take(second).credited == receipt.volume
    assert not meter.take(card).credited, "the lost card is behind it"
    third = old.blank()
    slip_of(desk, home, third, maker=old.code)
    assert old.made_of.layout.decode(third.image).identity.generation == 2
    desk.reader.pull()
    assert not meter.take(third).credited
    old.sold_and_taken(third, meter)
    assert not_cleared(desk, third) == "card_still_live"
    assert clear(desk, second).work == Work.CLEAR
    assert old.made_of.layout.is_blank(second.image)
    slip_of(desk, home, second, maker=old.code)
    assert old.made_of.layout.decode(second.image).identity.generation == 3


def test_a_reissue_is_taken_back(old: Town) -> None:
    desk, home, card = old.desk, old.home, old.made_of.issued(old.home)
    meter = old.made_of.meter(card)
    old.sold_and_taken(card, meter)
    second = old.blank()
    slip_of(desk, home, second, maker=old.code)
    assert cancelled(desk, second) == ""
    assert old.made_of.layout.is_blank(second.image)
    old.sold_and_taken(card, meter)


def test_written_for_another_meter_and_back(old: Town) -> None:
    desk, card = old.desk, old.made_of.issued(old.home)
    before = old.made_of.meter(card)
    old.sold_and_taken(card, before)
    home = desk.household()
    replaced(desk, home)
    assert change(desk, card, home).work == Work.CHANGE
    assert old.type_of(card) is CardType.OPENING
    put_back(desk, home, home)
    change(desk, card, home)
    old.sold_and_taken(card, before)
    home = desk.household()
    replaced(desk, home)
    change(desk, card, home)
    old.sold_and_taken(card, old.hung(NEW_NO))


def test_a_card_that_was_cleared_is_issued_to_another_household(old: Town) -> None:
    desk, card = old.desk, old.made_of.issued(old.home)
    _closed(desk, old.home)
    assert clear(desk, card).work == Work.CLEAR
    other = replace(
        old.home,
        account_no="220104000999",
        card_no=old.home.card_no[:-3] + "999",
        purchase_counter=0,
    )
    with desk.station.store.unit() as unit:
        unit.households.put([other])
        unit.commit()
    assert issue(desk, card, other, old.code).work == Work.ISSUE


def _closed(desk: Desk, home: Household) -> None:
    with desk.station.store.unit() as unit:
        unit.households.put([replace(home, status=HouseholdStatus.CLOSED)])
        unit.commit()


EVERY = 1 if os.environ.get("ISSUE_CUTS") == "all" else 23


def _changed(town: Town, card: VirtualCard) -> str:
    return _stop(lambda: change(town.desk, card, town.desk.household()))


def _cleared(town: Town, card: VirtualCard) -> str:
    return not_cleared(town.desk, card)


def _replaced(town: Town, card: VirtualCard) -> str:
    return _stop(lambda: slip_of(town.desk, town.home, card, maker=town.code))


def _stop(act: Callable[[], object]) -> str:
    try:
        act()
    except CardStationError as stop:
        return stop.code
    return ""


def _for_another_meter(folder: Path, name: str) -> tuple[Town, VirtualCard]:
    town = Town(folder, name, counter=50)
    card = town.made_of.issued(town.home)
    town.sold_and_taken(card, town.made_of.meter(card))
    replaced(town.desk, town.desk.household())
    return town, card


def _of_a_closed_account(folder: Path, name: str) -> tuple[Town, VirtualCard]:
    town = Town(folder, name, counter=50)
    _closed(town.desk, town.home)
    return town, town.made_of.issued(town.home)


def _a_blank(folder: Path, name: str) -> tuple[Town, VirtualCard]:
    town = Town(folder, name, counter=50)
    town.desk.sell(town.made_of.issued(town.home), "100")
    return town, town.blank()


@pytest.mark.parametrize(
    ("begin", "act"),
    [(_for_another_meter, _changed), (_of_a_closed_account, _cleared), (_a_blank, _replaced)],
    ids=["change", "clear", "reissue"],
)
def test_pulled_at_any_write_it_is_finished_or_laid_aside(
    folder: Path,
    name: str,
    begin: Callable[[Path, str], tuple[Town, VirtualCard]],
    act: Callable[[Town, VirtualCard], str],
) -> None:
    """Where the code of the card changes, the mixture of two codes opens no more."""
    town, card = begin(folder / "whole", name)
    card.chip.arm(None)
    assert act(town, card) == ""
    steps, target = card.chip.steps, card.image
    town.desk.station.store.close()
    spoiled = 0
    for step in range(0, steps, EVERY):
        town, card = begin(folder / str(step), name)
        card.chip.arm(Tear(step))
        assert act(town, card).endswith("_unknown"), step
        card.chip.arm(None)
        town.desk.reader.pull()
        again = act(town, card)
        if again:
            assert again in SPOILED, (step, again)
            spoiled += 1
        else:
            assert _same_card(town, card.image, target), step
            assert verify(town.desk.station).ok
        town.desk.station.store.close()
    assert not spoiled or act is not _changed, "a card in use keeps its code"


def _same_card(town: Town, image: bytes, target: bytes) -> bool:
    layout = town.made_of.layout
    if not layout.recognises(target):
        return layout.is_blank(image)
    return layout.decode(image).identity == layout.decode(target).identity
