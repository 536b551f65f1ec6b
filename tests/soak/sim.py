"""The simulation in full: a hundred thousand small worlds, some large ones, some with charges."""

from __future__ import annotations

from collections import Counter

from tests.kit.repeat import first_seed, times
from tests.sim.many import play_shares
from tests.sim.play import play
from tests.sim.world import CROWDED, large
from tests.soak.figures import Figures

SMALL, LARGE, CHARGED = "SMALL_WORLDS", "LARGE_WORLDS", "COUNTER_WORLDS"


def soak() -> Figures:
    """`SMALL_WORLDS=…`, `LARGE_WORLDS=…`, `COUNTER_WORLDS=…`, `SEED=…`: how many, and which."""
    first = first_seed()
    total, broken = play_shares(first, first + times(SMALL, 100_000))
    assert not broken, "\n".join(broken)
    for seed in range(first, first + times(LARGE, 5)):
        report = play(seed, large(seed))
        total.update(report.counts)
        total.update(large_worlds=1, steps=report.steps, checks=report.checks)
    for seed in range(first, first + times(CHARGED, 500)):
        report = play(f"counter {seed}", CROWDED)
        total.update(report.counts)
        total.update(counter_worlds=1, steps=report.steps, checks=report.checks)
    return figures(total)


def figures(total: Counter[str]) -> dict[str, int]:
    """Worlds, steps, looks of the oracle, and what was done to the stations."""
    wanted = ("worlds", "large_worlds", "counter_worlds", "steps", "checks", "sales", "syncs")
    wanted += ("lines loaded", "charges", "charges taken back", "changes of accounts")
    faults = sorted(name for name in total if name.startswith("fault: "))
    return {name: total[name] for name in (*wanted, *faults)}
