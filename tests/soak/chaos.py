"""40 bags in several readers while everything goes wrong at once, a seed for each bag."""

from __future__ import annotations

from collections import Counter

from tests.kit.chaos import prove_chaos
from tests.kit.repeat import first_seed, times
from tests.soak.figures import Figures, desk_of_its_own

MOST = 20
"""Bags at one desk: the samples have no more households."""


def soak() -> Figures:
    """Play them, recover, compare; the figures say what happened."""
    count, seed = times("CHAOS", 40), first_seed()
    told: Counter[str] = Counter()
    for first in range(0, count, MOST):
        with desk_of_its_own() as desk:
            bags = min(MOST, count - first)
            told.update(prove_chaos(desk, seed + first, bags, "CHAOS=1 ./dev soak chaos"))
    return {"bags": count, **dict(told.most_common())}
