"""A maker's library issues cards, makes them in the place of others, and blanks of dead ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest, Work
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError
from cardstation.ports.reader import Presence
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.change_card import change_card
from cardstation.services.clear_card import clear_card
from cardstation.services.identify import insert_card
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.recover import recover
from cardstation.services.reissue_card import reissue_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.bridge.library import MakerLibrary
from drivers.bridge.reader import LibraryReader
from drivers.bridge.shelf import Shelf
from tests.kit import cards
from tests.kit.changing import replaced
from tests.kit.maker_library import BOTH, HOUSEHOLD, Plastic, Slot, beside, build, meter_takes
from tests.kit.station import Desk, nobody, open_desk

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

SECOND = Approval("supervisor")
WHY = "she lost it on the way home and showed her card"
MODES = ["hang_after", "crash_before", "crash_after"]


class Counter:
    """A desk with a library, one household, and whatever lies in the library's slot."""

    def __init__(self, slot: Slot, folder: Path, home: Household) -> None:
        self.slot, self.home = slot, home
        self.library = MakerLibrary(slot.described)
        self.reader = LibraryReader(self.library)
        self.desk: Desk = open_desk(folder, households=[home])
        self.desk.station = beside(replace(self.desk.station, ledger=None), Shelf([slot.described]))

    def put(self, plastic: Plastic | None) -> Presence:
        """Another card, or a blank (None), lies in the slot."""
        self.slot.card.unlink(missing_ok=True)
        assert self.reader.wait_card(0) is None
        self.slot.lay(plastic)
        return self.there()

    def there(self) -> Presence:
        presence = self.reader.wait_card(0)
        assert presence is not None
        return presence

    def does(self, act: Callable[[], object]) -> str:
        try:
            act()
        except CardStationError as stop:
            return stop.code
        return ""

    def issue(self, home: Household | None = None) -> str:
        account_no = (home or self.home).account_no
        at = (self.desk.station, self.reader, self.there(), account_no, nobody)
        return self.does(lambda: issue_card(*at))

    def reissue(self) -> str:
        at = (self.desk.station, self.reader, self.there(), self.home.account_no)
        maker = self.slot.described.rules.code
        return self.does(lambda: reissue_card(*at, SECOND, WHY, nobody, maker=maker))

    def clear(self) -> str:
        at = (self.desk.station, self.reader, self.there(), SECOND, WHY, nobody)
        return self.does(lambda: clear_card(*at))

    def sell(self) -> Volume:
        card = insert_card(self.desk.station, self.reader, self.there())
        wanted = TopUpRequest(
            money=Money.of_yuan("100"), tender=Tender.BANK_TRANSFER, reference="B1"
        )
        try:
            receipt = top_up(self.desk.station, card, wanted, nobody)
        finally:
            card.close()
        assert receipt.volume is not None
        return receipt.volume

    def works(self) -> list[str]:
        with self.desk.station.store.reading() as reading:
            return [f"{one.reference} {one.state}" for one in reading.topups.every()]


@pytest.fixture(scope="module", params=BOTH)
def slot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Slot:
    return build(tmp_path_factory.mktemp("library"), request.param, timeout_s=0.5)


def counter_of(slot: Slot, folder: Path, home: Household) -> Iterator[Counter]:
    slot.card.unlink(missing_ok=True)
    made = Counter(slot, folder / "home", replace(home, chip=slot.described.name))
    yield made
    proof = verify(made.desk.station)
    assert proof.ok, proof.disagreements
    made.desk.station.store.close()
    made.library.end()


@pytest.fixture
def new(slot: Slot, folder: Path) -> Iterator[Counter]:
    """Its household never had a card."""
    yield from counter_of(slot, folder, cards.household(counter=0))


@pytest.fixture
def old(slot: Slot, folder: Path) -> Iterator[Counter]:
    """Its household has bought for years."""
    yield from counter_of(slot, folder, HOUSEHOLD)


def closed(counter: Counter) -> None:
    with counter.desk.station.store.unit() as unit:
        unit.households.put([replace(counter.home, status=HouseholdStatus.CLOSED)])
        unit.commit()


def test_issued_opened_by_its_meter_and_sold_to(new: Counter) -> None:
    new.put(None)
    assert new.issue() == ""
    card = new.slot.seen()
    assert (card.card_no, card.meter_no) == (new.home.card_no, new.home.meter.meter_no)
    assert (card.opening, card.quantity, card.counter) == (1, 0, 0)
    assert new.does(new.sell) == "card_not_bound"
    assert new.issue() == "card_not_home"
    new.put(meter_takes(card)[0])
    assert new.sell().litres == new.slot.seen().quantity
    assert new.slot.seen().counter == 1


def test_in_the_place_of_a_lost_one_with_its_load_then_cleared_and_issued(old: Counter) -> None:
    mine = Plastic.of(old.home)
    old.put(mine)
    sold = old.sell()
    lost = old.slot.seen()
    old.put(None)
    assert old.reissue() == ""
    second = old.slot.seen()
    assert (second.quantity, second.counter, second.generation) == (sold.litres, 51, 1)
    assert second.total == mine.total + sold.litres
    home = replace(second, quantity=0, meter_counter=51, meter_total=second.total)
    old.put(home)
    old.sell()
    assert old.slot.seen().counter == 52
    old.put(replace(lost, quantity=0, meter_counter=51, meter_total=lost.total))
    assert old.clear() == ""
    assert old.slot.is_blank
    with old.desk.station.store.unit() as unit:
        other = replace(old.home, account_no="220104000999", card_no="88013025000999")
        unit.households.put([replace(other, purchase_counter=0)])
        unit.commit()
    assert old.issue(other) == ""


def test_what_the_library_cannot_tell_is_refused_and_nothing_written(old: Counter) -> None:
    """Whether a new card met its meter; and a card in use is never written as another."""
    old.put(Plastic.of(old.home))
    old.sell()
    old.put(None)
    assert old.reissue() == ""
    made = old.slot.seen()
    at = (old.desk.station, old.reader, old.there(), SECOND, "it lay in the car", nobody)
    assert old.does(lambda: cancel_reissue(*at)) == "reissue_not_undone"
    home = replace(made, quantity=0, meter_counter=51, meter_total=made.total)
    old.put(home)
    replaced(old.desk, old.home)
    account = (old.desk.station, old.reader, old.there(), old.home.account_no, nobody)
    assert old.does(lambda: change_card(*account)) == "change_needs_other_card"
    assert old.slot.seen() == home
    assert old.clear() == ""
    assert old.issue() == ""


@pytest.mark.parametrize("mode", MODES)
def test_a_library_that_fails_while_it_issues_is_asked_again(new: Counter, mode: str) -> None:
    new.put(None)
    new.slot.tell("new", mode)
    assert new.issue() == "card_work_unknown"
    assert new.slot.is_blank == mode.endswith("before")
    assert [one.code for one in recover(new.desk.station)] == ["card_work_open"]
    assert new.issue() == ""
    assert new.slot.seen().opening
    assert new.works() == ["issue sealed"]


def test_half_a_card_is_laid_aside_and_another_blank_written(old: Counter) -> None:
    old.put(Plastic.of(old.home))
    old.sell()
    old.put(None)
    old.slot.tell("new", "half")
    assert old.reissue() == "card_work_unknown"
    assert old.reissue() == "not_blank"
    lay_aside(old.desk.station, old.home.account_no, SECOND, "it is only half a card")
    old.put(None)
    assert old.reissue() == ""
    assert old.slot.seen().generation == 2


@pytest.mark.parametrize("mode", MODES)
def test_a_library_that_fails_while_it_clears_is_asked_again(old: Counter, mode: str) -> None:
    closed(old)
    old.put(Plastic.of(old.home))
    old.slot.tell("format", mode)
    assert old.clear() == "card_clear_unknown"
    assert old.slot.is_blank == mode.endswith("after")
    assert old.clear() == ""
    assert old.slot.is_blank
    assert old.works() == [f"{Work.CLEAR} sealed"]


def test_a_library_without_the_functions_says_so(folder: Path) -> None:
    slot = build(folder / "library", "overwrites")
    kept = {k: v for k, v in slot.described.functions.items() if k not in ("issue", "format")}
    slot = replace(slot, described=replace(slot.described, functions=kept))
    counter = Counter(slot, folder / "home", replace(HOUSEHOLD, chip="overwrites"))
    counter.put(Plastic.of(counter.home))
    counter.sell()
    counter.put(None)
    assert counter.reissue() == "library_cannot_issue"
    closed(counter)
    counter.put(Plastic.of(counter.home))
    assert counter.clear() == "card_not_clearable"
    assert counter.slot.seen() == Plastic.of(counter.home)
    counter.desk.station.store.close()
    counter.library.end()
