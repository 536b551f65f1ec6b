"""Every torn state of many loads and clearings, and what the meter of each school makes of it."""

from __future__ import annotations

from cardstation.domain.meter import CounterSchool
from drivers.layouts.open4442 import OPEN4442
from tests.property.test_tears import Tally, enumerate_tears, metered, plans, wrong_clearings
from tests.soak.figures import Figures

CARDS = 600


def soak() -> Figures:
    """Torn states seen by operation; a state that shows a third thing ends it."""
    figures: dict[str, int] = {}
    for operation in ("load", "clear"):
        tally = Tally()
        for plan in plans(OPEN4442, operation, CARDS):
            enumerate_tears(OPEN4442, plan, tally)
        assert (tally.bad, tally.nothing) == (0, 0), tally
        figures[f"{operation} states"] = tally.states
    for school in CounterSchool:
        states, wrong = wrong_clearings(OPEN4442, school, CARDS // 4)
        assert wrong == 0, school
        figures[f"clear, {school.value} meters"] = states
        figures[f"load at {school.value} meters"] = metered("load", school, CARDS)
    return figures
