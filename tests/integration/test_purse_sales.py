"""The money path of a station over a purse, unchanged: cut anywhere, one payment is one load."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.return_load import return_load
from tests.kit.power import Cut, Power, moments
from tests.kit.purse_station import Life
from tests.kit.repeat import times
from tests.kit.station import nobody

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.fixture
def life(folder: Path) -> Life:
    found = Life(folder)
    found.begin()
    return found


def test_a_sale_is_loaded_and_sealed(life: Life) -> None:
    life.live()
    assert life.ends == []
    life.prove_one_load()


def test_no_desk_takes_money_out_of_a_purse_and_nothing_is_begun(life: Life) -> None:
    life.live()
    desk = life.desk(Power())
    states = desk.states()
    card = desk.insert(life.card)
    try:
        with pytest.raises(Refusal, match="purse_keeps_money"):
            return_load(desk.station, card, Approval("supervisor"), nobody)
        assert desk.states() == states, "and no meter need be read for it"
    finally:
        card.close()
        desk.station.store.close()
    life.prove_one_load()


@pytest.mark.parametrize(("place", "every"), [("in the reader", 9), ("at home in between", 13)])
def test_cut_anywhere_and_brought_to_its_end(life: Life, place: str, every: int) -> None:
    """Commit, anchor, payment, exchange, sub-step of the card's memory × each moment of it."""
    names = life.live()
    life.prove_one_load()
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    assert {"commit", "anchor", "payment", "exchange", "chip"} <= set(names)
    assert len(cuts) >= 100
    for cut in cuts[:: times("PURSE_CUTS", every)]:
        life.begin()
        life.live(cut)
        if place == "at home in between":
            life.at_home()
        life.live()
        life.prove_one_load()
