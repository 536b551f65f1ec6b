"""A maker's closed library loads real sales: whatever it does, money and gas come out even."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.bootstrap.libraries import FOLDER, AllReaders, shelf_of
from cardstation.bootstrap.station import open_station
from cardstation.domain.shift import Approval
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.identify import insert_card
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
from tests.kit.station import Desk, nobody, open_desk

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

MEANS = ("hang", "crash", "exit")
WRITES = [f"{how}_{when}" for how in MEANS for when in ("before", "after")]
every_library = pytest.mark.parametrize("name", BOTH)


@pytest.fixture
def life(name: str, folder: Path) -> Iterator[Life]:
    slot = build(folder / "library", name, timeout_s=0.5)
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
    """Commit, exchange, payment × before, after, confirmation lost: all of them where a load
    written twice would be doubled, a part of them elsewhere."""
    names = life.live()
    life.prove_one_load()
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    assert len(cuts) >= 40
    assert names.count("exchange") == 5
    every = {"in the slot": 1, "at home in between": 3}[place]
    for cut in cuts[:: every * (1 if life.slot.described.adds else 2)]:
        life.begin()
        life.live(cut)
        if place != "in the slot":
            life.at_home()
        life.live()
        life.prove_one_load()


@every_library
def test_the_meter_that_took_a_load_is_the_witness(life: Life) -> None:
    life.slot.tell("write", "crash_after")
    desk = life.desk(Power())
    reader = LibraryReader(life.library)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    with pytest.raises(OutcomeUnknown):
        life._sell(desk, card)
    card.close()
    desk.station.store.close()
    life.at_home()
    assert life.credited == SOLD
    life.live()
    life.prove_one_load()


@every_library
def test_a_counter_that_moved_over_an_empty_card_is_for_people(life: Life) -> None:
    """Torn so that the counter is new and the gas is not: without the meter's word nobody knows."""
    life.slot.tell("write", "crash_before")
    desk = life.desk(Power())
    reader = LibraryReader(life.library)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    with pytest.raises(OutcomeUnknown):
        life._sell(desk, card)
    card.close()
    desk.station.store.close()
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


@pytest.mark.parametrize("name", ["adds"])
def test_a_library_without_a_function_for_it_takes_nothing_back(life: Life) -> None:
    desk, reader = sold_on(life)
    presence = reader.wait_card(0)
    assert presence is not None
    card = insert_card(desk.station, reader, presence)
    with pytest.raises(Refusal, match="library_cannot_clear"):
        return_load(desk.station, card, Approval("supervisor"), nobody, reading="W1")
    card.close()
    desk.station.store.close()
    assert life.slot.seen().quantity == SOLD


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
    slot = build(folder / "library", "adds", timeout_s=1)
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
