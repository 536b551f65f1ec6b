"""Months of desk, purse card and meter: gas in meters + gas on cards = gas sold, either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.meter import MeterKind
from drivers.virtual import purse_meter
from drivers.virtual.purse_meter import PurseMeter
from tests.kit.purse_loop import PurseLoop

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

DAYS = 60
SEED = 2


@pytest.fixture
def loop(folder: Path, request: pytest.FixtureRequest) -> Iterator[PurseLoop]:
    with closing(PurseLoop(folder, request.param, seed=SEED, households=3)) as made:
        yield made


@pytest.mark.parametrize("loop", list(MeterKind), indirect=True)
def test_what_meters_and_purses_have_is_what_was_sold(
    loop: PurseLoop, record_property: Callable[[str, object], None]
) -> None:
    loop.live(DAYS)
    counts = loop.counts
    assert counts["sold"] >= 7
    assert counts["torn at the desk"]
    assert counts["torn at the meter"]
    assert counts["given while the card was pulled"]
    assert not counts["meter error 18"], "each sale clears what the meter wrote back"
    loads = counts["loads taken"]
    record_property("counted", {"loads that purses gave to meters in the closed loop:": loads})


@pytest.mark.parametrize("loop", [MeterKind.VOLUME], indirect=True)
def test_a_meter_that_notes_nothing_loses_what_the_purse_gave(
    loop: PurseLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(*_: object) -> None:
        return None

    monkeypatch.setattr(purse_meter, "Noted", hasty)
    with pytest.raises(AssertionError):
        loop.live(DAYS)


@pytest.mark.parametrize("loop", [MeterKind.VOLUME], indirect=True)
def test_a_meter_that_believes_its_note_alone_takes_twice(
    loop: PurseLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It credits what it noted, whether the purse gave it or not."""
    whole = PurseMeter._credit_what_was_noted

    def sure(self: PurseMeter, *given: object) -> None:
        if self.noted is not None:
            self.noted = purse_meter.Noted(-1, self.noted.content)
        whole(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(PurseMeter, "_credit_what_was_noted", sure)
    with pytest.raises(AssertionError):
        loop.live(DAYS)
