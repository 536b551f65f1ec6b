"""A card that stands behind what another desk sealed for it is not sold to: no meter takes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.errors import Refusal
from cardstation.services.read_card import read_card
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from tests.kit.station import card_of, nobody, take
from tests.kit.two_desks import HOME, SECOND, Pair, proved, with_card
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_stations(tmp_path) as found:
        yield found


def test_a_copy_from_before_the_last_load_is_refused_at_every_desk(pair: Pair) -> None:
    """Its meter took the load, and the other desk's own records know nothing of it."""
    here, there, _ = pair
    card = card_of(HOME)
    old = bytes(card.chip.main)
    here.sell(card)
    told(here)
    assert take(card).credited
    card.chip.main[:] = old
    with pytest.raises(Refusal, match="counter_below_expected"):
        there.sell(card)
    with_card(there, card, resolve_card)
    inserted = there.insert(card)
    resolve_card(there.station, inserted)
    stop = read_card(there.station, inserted).stop
    inserted.close()
    assert stop is not None
    assert stop.code == "counter_below_expected"
    proved(here, there)


def test_what_another_desk_took_back_frees_the_counter_here(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    here.sell(card)
    with_card(here, card, return_load, SECOND, nobody, reading="photo 1")
    told(here)
    there.sell(card, "50")
    told(there)
    proved(here, there)


def test_where_the_ledger_cannot_be_asked_the_desk_goes_by_its_own_records(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    old = bytes(card.chip.main)
    here.sell(card)
    told(here)
    card.chip.main[:] = old
    line_of(there).down = True
    there.sell(card)
