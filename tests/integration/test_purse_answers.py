"""What a meter wrote on a purse is on our record before a load clears it; a refused key is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.forecast import Ground, MeterReading, forecast
from cardstation.domain.money import Money
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CodeRefused, Mishap, Refusal
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.verify import verify
from drivers.chips import CHIPS
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.keys.secret import Secret
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.purses.gas_content import CLEARED
from drivers.purses.gas_files import RETURNED
from drivers.virtual import Tear
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_maker import answered
from tests.kit.power import Power
from tests.kit.purse_station import (
    HOUSEHOLD,
    LOADS,
    SOLD_FEN,
    Life,
    at_its_meter,
    issued,
    with_purse,
)
from tests.kit.purses import StrictPurseCard
from tests.kit.station import Desk

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

CLEARED_AFTER = 3
"""Sub-steps of the card until its answer is gone: its head, then the rest."""


@pytest.fixture
def life(folder: Path) -> Life:
    found = Life(folder)
    found.begin()
    return found


@pytest.fixture
def desk(life: Life) -> Iterator[Desk]:
    opened = life.desk(Power())
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def last_reading(desk: Desk) -> MeterReading:
    with desk.station.store.reading() as reading:
        found = reading.readings.last("001799609893")
    assert found is not None
    return found


def torn(desk: Desk, life: Life) -> None:
    """A sale, or what goes on of it, that is cut once the answer is gone."""
    life.card.chip.arm(Tear(CLEARED_AFTER))
    with pytest.raises(Mishap):
        desk.sell(life.card, "100", tender=life.till.tender)
    life.card.chip.arm(None)
    desk.reader.pull()
    assert life.chip.content(RETURNED) == CLEARED
    assert life.stand.sequence == LOADS


def finished(desk: Desk, life: Life) -> None:
    inserted = desk.insert(life.card)
    assert resolve_card(desk.station, inserted).outcome is Outcome.SEALED
    inserted.close()
    desk.reader.pull()
    assert at_its_meter(life.card) == SOLD_FEN
    assert verify(desk.station).ok


def test_a_cut_between_clearing_and_load_leaves_the_old_reading_here(
    desk: Desk, life: Life
) -> None:
    torn(desk, life)
    kept = last_reading(desk)
    assert (kept.residual, kept.counter) == (Money(700), LOADS)
    assert at_its_meter(life.card) == 0, "it takes nothing, and answers"
    finished(desk, life)


def test_what_its_meter_wrote_in_between_is_kept_before_it_is_cleared_again(
    desk: Desk, life: Life
) -> None:
    torn(desk, life)
    life.chip.power_up()
    life.chip.write_back(replace(answered(HOUSEHOLD, LOADS), remaining_fen=123, at="2601160930"))
    life.chip.power_off()
    torn(desk, life)
    assert last_reading(desk).residual == Money(123)
    finished(desk, life)


def test_readings_without_a_total_say_nothing_of_how_much_is_used(desk: Desk, life: Life) -> None:
    torn(desk, life)
    kept = last_reading(desk)
    earlier = replace(kept, residual=Money(9_000), at=kept.at - timedelta(days=30))
    assert forecast([earlier, kept], kept.at).ground is Ground.ONE_READING


@pytest.mark.parametrize(
    ("key", "code"), [("external", "code_refused"), ("line", "line_mac_refused")]
)
def test_a_card_that_refused_a_key_is_shown_none_again(
    desk: Desk, life: Life, key: str, code: str
) -> None:
    wrong = replace(training_masters(), **{key: Secret(bytes(range(16)))})
    bare = replace(desk.station, chips=CHIPS, layouts=LAYOUTS, makers=MAKERS)
    desk.station = with_purse(bare, SoftwarePurseKeys(wrong, TERMINAL))
    life.card = issued(kind=StrictPurseCard)
    with pytest.raises(CodeRefused) as stop:
        desk.sell(life.card, "100", tender=life.till.tender)
    assert stop.value.code == code
    state = life.chip.state
    with pytest.raises(Refusal, match="code_tries_low"):
        desk.sell(life.card, "100", tender=life.till.tender)
    assert life.chip.state == state
    assert desk.states()[-1] == TopUpState.NOT_LOADED
