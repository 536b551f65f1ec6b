"""Months of desk, card and meter: gas in meters + gas on cards = gas sold, in every school."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.services.identify import Inserted
from cardstation.services.intent import load
from drivers.makers import MAKERS
from drivers.virtual import meter_rules
from drivers.virtual.meter_rules import MeterState
from tests.kit.luck import Luck
from tests.kit.meter_loop import Loop

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

DAYS = 60
SEED = 5
Record = Callable[[str, object], None]


@pytest.fixture
def loops(folder: Path) -> Iterator[Callable[..., Loop]]:
    made: list[Loop] = []

    def make(school: CounterSchool, kind: MeterKind, **more: Luck) -> Loop:
        rules = rules_by_school()[school]
        made.append(Loop(folder, rules, kind, seed=SEED, households=3, **more))
        return made[-1]

    yield make
    for loop in made:
        loop.close()


def rules_by_school() -> dict[CounterSchool, MakerRules]:
    """One training maker of each school, on the first chip."""
    found: dict[CounterSchool, MakerRules] = {}
    for rules in MAKERS:
        if rules.training:
            found.setdefault(rules.school, rules)
    return found


Make = Callable[..., Loop]


@pytest.mark.parametrize("kind", list(MeterKind))
@pytest.mark.parametrize("school", list(CounterSchool))
def test_gas_in_meters_and_on_cards_is_gas_sold(
    loops: Make, school: CounterSchool, kind: MeterKind, record_property: Record
) -> None:
    loop = loops(school, kind)
    loop.live(DAYS)
    counts = loop.counts
    assert counts["sold"] >= 8
    assert counts["loads taken"] >= 8
    assert counts["torn at the desk"]
    loads = counts["loads taken"]
    record_property("counted", {"loads that meters took in the closed loop:": loads})


def test_a_meter_that_forgets_what_it_took_is_found(
    loops: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It credits a load and does not count it: torn from its card, it takes it again."""
    loop = loops(CounterSchool.EXACT, MeterKind.VOLUME, luck=Luck(torn_meter=90))
    whole = meter_rules._credited

    def forgetful(state: MeterState, *given: object) -> MeterState:
        after = whole(state, *given)  # type: ignore[arg-type]
        return meter_rules.replace(after, purchase_counter=state.purchase_counter)

    monkeypatch.setattr(meter_rules, "_credited", forgetful)
    with pytest.raises(AssertionError):
        loop.live(DAYS)


def test_a_desk_that_seals_what_it_never_wrote_is_found(
    loops: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = loops(CounterSchool.GREATER, MeterKind.VOLUME)

    def sure(_station: object, card: Inserted, *_: object) -> bytes:
        return card.image

    monkeypatch.setattr(load, "write_and_prove", sure)
    with pytest.raises(AssertionError):
        loop.live(DAYS)


def test_a_meter_that_credits_more_than_the_card_says_is_found(
    loops: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = loops(CounterSchool.CUMULATIVE, MeterKind.MONEY)
    whole = meter_rules._due

    def generous(*given: object, **named: object) -> object:
        due, error = whole(*given, **named)  # type: ignore[arg-type]
        return due + bool(due), error

    monkeypatch.setattr(meter_rules, "_due", generous)
    with pytest.raises(AssertionError):
        loop.live(DAYS)
