"""The closed loop with every service on a card: gas that is there was sold or given."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.meter import MeterKind
from tests.kit.town_loop import TownLoop
from tests.property.test_meter_loop import Record, rules_by_school

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

DAYS, SEED = 45, 4
EVERY = {"given", "lost", "found", "cleared", "other_meter", "card_is_ready", "stopped_a_while"}
EVERY |= {"issued", "moved_away", "fitter_came", "other_kind"}


def test_gas_in_meters_and_on_cards_was_sold_or_given(
    folder: Path, record_property: Record
) -> None:
    total = Counter[str]()
    for number, (school, rules) in enumerate(rules_by_school().items()):
        kind = list(MeterKind)[number % 2]
        place = folder / school.value
        with closing(TownLoop(place, rules, kind, seed=SEED, households=3)) as loop:
            loop.live(DAYS)
            total += loop.counts
    assert total.keys() >= EVERY, EVERY - total.keys()
    assert total["torn at the desk"]
    works = sum(total[one] for one in EVERY)
    record_property("counted", {"services on cards in the closed loop:": works})
