"""Sale after sale over a library that misbehaves by chance, with cuts and a meter between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from drivers.bridge.library import MakerLibrary
from tests.kit.library_life import Life
from tests.kit.maker_library import BOTH, HOUSEHOLD, Plastic, build
from tests.kit.power import Cut, When

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

SALES = 12
PATIENCE = 5
MODES = [f"{how}_{when}" for how in ("crash", "exit") for when in ("before", "after")]
MODES += ["refuse", "chatter"]
BEGAN = Plastic.of(HOUSEHOLD)


@pytest.fixture
def life(name: str, folder: Path) -> Iterator[Life]:
    slot = build(folder / "library", name, timeout_s=10)
    library = MakerLibrary(slot.described)
    found = Life(folder, slot, library)
    found.begin()
    yield found
    library.end()


@pytest.mark.parametrize("name", BOTH)
def test_gas_sold_is_on_the_card_or_in_the_meter(life: Life, name: str) -> None:
    chance = Random(name)
    modes = list(MODES)
    if not life.slot.described.adds:
        modes.append("half")
    for sale in range(1, SALES + 1):
        life.wanted = sale
        if chance.random() < 0.6:
            life.slot.tell("write", chance.choice(modes))
        while chance.random() < 0.4:
            life.live(
                Cut(chance.randrange(16), chance.choice([When.BEFORE, When.AFTER, When.LOST]))
            )
            if chance.random() < 0.5:
                life.at_home()
        for _ in range(PATIENCE):
            if life.kinds().count("sealed") < sale:
                life.live()
        card = life.slot.seen()
        assert life.kinds().count("sealed") == sale
        assert card.counter == BEGAN.counter + sale
        assert card.quantity + life.credited == card.total - BEGAN.total
        life.at_home()
        assert life.slot.seen().quantity == 0
    assert len(life.till.taken) == SALES
    sold = life.slot.seen().total - BEGAN.total
    assert sold == life.credited
    assert life.sold_litres() == sold
