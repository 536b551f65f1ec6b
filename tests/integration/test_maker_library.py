"""A maker's closed library loads real sales: whatever it does, money and gas come out even."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.bootstrap.libraries import FOLDER, AllReaders, shelf_of
from cardstation.bootstrap.station import open_station
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.identify import insert_card
from cardstation.services.intent.load import Watch
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.verify import verify
from cardstation.settings import load_settings
from drivers.bridge.library import MakerLibrary
from drivers.bridge.reader import LibraryReader
from drivers.bridge.shelf import Shelf
from drivers.readers.pcsc import PcscRoom
from tests.kit.library_life import SOLD, Life
from tests.kit.maker_library import BOTH, HOUSEHOLD, Plastic, beside, build
from tests.kit.power import Cut, Power, moments
from tests.kit.station import Desk, line, neighbours, nobody, open_desk, put_batch

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

MEANS = ("hang", "crash", "exit")
WRITES = [f"{how}_{when}" for how in MEANS for when in ("before", "after")]
every_library = pytest.mark.parametrize("name", BOTH)


@pytest.fixture
def life(name: str, folder: Path) -> Iterator[Life]:
    slot = build(folder / "library", name, timeout_s=2)
    library = MakerLibrary(slot.described)
    found = Life(folder, slot, library)
    found.begin()
    yield found
    library.end()


@every_library
def test_a_sale_is_loaded_and_sealed(life: Life) -> None:
    life.live()
    life.prove_one_load()
    assert life.states()[-2:] == ["armed", "sealed"]


@every_library
@pytest.mark.parametrize("mode", [*WRITES, "refuse", "half", "chatter"])
def test_whatever_a_load_does_one_load_is_paid_and_there(life: Life, mode: str) -> None:
    """It hangs, dies or fails while it writes; the next insertion reads what became of it."""
    life.slot.tell("write", mode)
    life.live()
    assert life.slot.obeyed()
    if mode == "half" and life.slot.described.adds:
        assert life.states()[-1] == "outcome_unknown"
        assert "card_not_as_left" in life.ends
        assert life.slot.seen().quantity == SOLD
        return
    life.prove_one_load()


@every_library
@pytest.mark.parametrize("mode", ["garbage", "overrun", "hang_before", "crash_before"])
def test_a_reading_that_fails_takes_no_money_and_sells_nothing(life: Life, mode: str) -> None:
    desk = life.desk(Power())
    reader = LibraryReader(life.library)
    presence = reader.wait_card(0)
    assert presence is not None
    life.slot.tell("read", mode)
    try:
        with pytest.raises(Exception, match=r"library_|hung"):
            insert_card(desk.station, reader, presence)
        assert desk.states() == []
    finally:
        desk.station.store.close()
    life.live()
    life.prove_one_load()


@every_library
def test_unknown_stays_unknown_until_a_reading_answers(life: Life) -> None:
    """All written, then silence: no reading, no verdict; the next reading seals, nothing is
    loaded twice."""
    desk = life.desk(Power())
    reader = LibraryReader(life.library)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    life.slot.tell("write", "crash_after")
    try:
        with pytest.raises(OutcomeUnknown):
            life._sell(desk, card)
        card.close()
        away = life.slot.take_out()
        assert reader.wait_card(0) is None
        assert desk.states()[-1] == "outcome_unknown"
        life.slot.lay(away)
        again = reader.wait_card(0)
        assert again is not None
        assert again.event != presence.event
        card = insert_card(desk.station, reader, again)
        assert resolve_card(desk.station, card).outcome is Outcome.SEALED
        card.close()
    finally:
        desk.station.store.close()
    life.prove_one_load()


@every_library
@pytest.mark.parametrize("place", ["in the slot", "at home in between"])
def test_cut_anywhere_and_brought_to_its_end(life: Life, place: str) -> None:
    """Commit, exchange, payment × before, after, confirmation lost: most of them where a load
    written twice would be doubled, a part of them elsewhere."""
    names = life.live()
    life.prove_one_load()
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    assert len(cuts) >= 40
    assert names.count("exchange") == 5
    every = {"in the slot": 2, "at home in between": 5}[place]
    for cut in cuts[:: every * (1 if life.slot.described.adds else 2)]:
        life.begin()
        life.live(cut)
        if place != "in the slot":
            life.at_home()
        life.live()
        life.prove_one_load()


def crash_in_a_sale(life: Life, when: str) -> None:
    """The library goes down with a load; nobody knows what is on the card."""
    life.slot.tell("write", when)
    desk = life.desk(Power())
    reader = LibraryReader(life.library)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    with pytest.raises(OutcomeUnknown):
        life._sell(desk, card)
    card.close()
    desk.station.store.close()


@every_library
def test_the_meter_that_took_a_load_is_the_witness(life: Life) -> None:
    crash_in_a_sale(life, "crash_after")
    life.at_home()
    assert life.credited == SOLD
    life.live()
    life.prove_one_load()


@every_library
def test_a_counter_that_moved_over_an_empty_card_is_for_people(life: Life) -> None:
    """Torn so that the counter is new and the gas is not: without the meter's word nobody knows."""
    crash_in_a_sale(life, "crash_before")
    torn = Plastic.of(HOUSEHOLD)
    life.slot.lay(Plastic(**{**_values(torn), "counter": 51, "total": torn.total + SOLD}))
    life.live()
    assert life.ends == ["card_not_as_left"]
    assert life.states()[-1] == "outcome_unknown"


def _values(plastic: Plastic) -> dict[str, object]:
    return {name: getattr(plastic, name) for name in Plastic.__dataclass_fields__}


def sold_on(life: Life) -> tuple[Desk, LibraryReader]:
    life.live()
    return life.desk(Power()), LibraryReader(life.library)


@pytest.mark.parametrize("name", ["overwrites"])
def test_a_load_comes_off_the_card_again(life: Life) -> None:
    desk, reader = sold_on(life)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    with pytest.raises(Refusal, match="meter_may_have_taken"):
        return_load(desk.station, card, Approval("supervisor"), nobody)
    return_load(desk.station, card, Approval("supervisor"), nobody, reading="W1")
    card.close()
    assert verify(desk.station).ok
    desk.station.store.close()
    assert life.slot.seen() == Plastic.of(HOUSEHOLD)


@pytest.mark.parametrize("name", ["overwrites"])
def test_a_return_cut_anywhere_is_brought_to_its_end(life: Life) -> None:
    """At commits and exchanges: the load comes off its card once, now or at the next try."""
    life.live()
    life.keep()
    life.gives_back = True
    names = life.live()
    assert life.slot.seen() == Plastic.of(HOUSEHOLD)
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    assert len(cuts) >= 25
    for cut in cuts[::2]:
        life.again()
        life.live(cut)
        life.live()
        assert life.slot.seen() == Plastic.of(HOUSEHOLD), cut
        assert life.kinds().count("returned") == 1, cut


@pytest.mark.parametrize("mode", [*WRITES, "refuse", "half"])
@pytest.mark.parametrize("name", ["overwrites"])
def test_whatever_a_clearing_does_the_load_comes_off_once(life: Life, mode: str) -> None:
    life.live()
    life.gives_back = True
    life.slot.tell("write", mode)
    life.live()
    assert life.slot.obeyed()
    if mode == "half":
        assert life.ends[-1] == "card_not_as_left", "no gas under the old counter: who knows"
        return
    assert life.slot.seen() == Plastic.of(HOUSEHOLD)
    assert life.kinds().count("returned") == 1


@pytest.mark.parametrize("name", ["adds"])
def test_a_library_without_a_function_for_it_takes_nothing_back(life: Life) -> None:
    desk, reader = sold_on(life)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    states = desk.states()
    with pytest.raises(Refusal, match="library_cannot_clear"):
        return_load(desk.station, card, Approval("supervisor"), nobody)
    card.close()
    assert desk.states() == states, "nothing was begun, and no meter need be read for it"
    desk.station.store.close()
    assert life.slot.seen().quantity == SOLD


@every_library
def test_a_bag_of_cards_goes_through_a_library(name: str, folder: Path) -> None:
    """Two cards and a stranger of a batch, with the money of one lump sum; one card is swapped for
    the other while its load is on the way: neither gets what is not its own."""
    homes = neighbours(3)
    slot = build(folder / "library", name)
    library = MakerLibrary(slot.described)
    desk = open_desk(folder / "home", households=homes)
    desk.station = beside(desk.station, Shelf([slot.described]))
    batch = put_batch(desk, [line(homes[0], 4), line(homes[1], 5, yuan="50")])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money.of_yuan("150"))
    reader = LibraryReader(library)

    def run(plastic: Plastic, watch: Watch = nobody) -> Plastic:
        slot.lay(plastic)
        presence = reader.wait_card(0)
        assert presence is not None
        card = insert_card(desk.station, reader, presence)
        try:
            load_line(desk.station, batch, card, watch)
        finally:
            card.close()
            away = slot.take_out()
            assert reader.wait_card(0) is None
        return away

    def swaps(step: Step) -> None:
        if step is Step.WRITE:
            slot.lay(Plastic.of(homes[1]))

    try:
        with pytest.raises(OutcomeUnknown):
            run(Plastic.of(homes[0]), swaps)
        assert run(Plastic.of(homes[0])).quantity == SOLD
        assert run(Plastic.of(homes[1])).quantity == 14_000
        with pytest.raises(Refusal, match="card_not_in_batch"):
            run(Plastic.of(homes[2]))
        assert desk.states().count("sealed") == 2
        assert verify(desk.station).ok
    finally:
        desk.station.store.close()
        library.end()


NO_COUNTER = """school = "exact" => school = "none"
    { fact = "counter", type = "int32", out = true }, => { type = "int32", out = true },
    { fact = "total", type = "double", out = true }, => { type = "double", out = true },
    { fact = "meter_counter", type = "int32", out = true }, => { type = "int32", out = true },"""


def test_a_maker_that_counts_nothing_is_never_loaded_again_unseen(folder: Path) -> None:
    """No counter, no total: before and after look alike once the card was away."""
    slot = build(folder / "library", "adds", extra=NO_COUNTER)
    library = MakerLibrary(slot.described)
    desk = open_desk(folder / "home")
    desk.station = beside(desk.station, Shelf([slot.described]))
    reader = LibraryReader(library)
    slot.lay(Plastic.of(HOUSEHOLD))
    life = Life(folder, slot, library)
    try:
        presence = reader.wait_card(0)
        assert presence is not None
        card = insert_card(desk.station, reader, presence)
        slot.tell("write", "crash_before")
        with pytest.raises(OutcomeUnknown):
            life._sell(desk, card)
        card.close()
        away = slot.take_out()
        reader.wait_card(0)
        slot.lay(away)
        presence = reader.wait_card(0)
        assert presence is not None
        card = insert_card(desk.station, reader, presence)
        with pytest.raises(OutcomeUnknown) as unknown:
            resolve_card(desk.station, card)
        assert unknown.value.code == "card_not_as_left"
        assert slot.seen() == away
        card.close()
    finally:
        desk.station.store.close()
        library.end()


def test_a_station_finds_its_libraries_in_its_data_folder(tmp_path: Path) -> None:
    slot = build(tmp_path / FOLDER, "adds")
    settings = load_settings(tmp_path, {"CARDSTATION_STATE": str(tmp_path / "state")})
    with open_station(settings, True) as station:
        assert station.chips[-1].name == station.layouts[-1].code == "adds"
        assert station.rules_of("AD01").school.value == "exact"
        assert station.keys.code_for("AD01", "88", 0) == b""
        every = AllReaders(PcscRoom(), shelf_of(settings).open())
        try:
            slot.lay(Plastic.of(HOUSEHOLD))
            [reader] = [one for one in every.readers() if one.name == "adds"]
            presence = reader.wait_card(0)
            assert presence is not None
            card = insert_card(station, reader, presence)
            assert card.content.identity.card_no == HOUSEHOLD.card_no
            card.close()
        finally:
            every.close()


def test_no_process_is_left_behind(folder: Path) -> None:
    slot = build(folder / "library", "adds", timeout_s=2)
    library = MakerLibrary(slot.described)
    slot.lay(Plastic.of(HOUSEHOLD))
    assert library.present()
    slot.tell("read", "hang_before")
    with pytest.raises(Exception, match="library_hung"):
        library.read("")
    assert library.present()
    library.end()
    listed = subprocess.run(
        ["ps", "-o", "args", "--ppid", str(os.getpid())], check=True, capture_output=True, text=True
    ).stdout
    assert "process.py" not in listed
