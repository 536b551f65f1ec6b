"""Worlds in which gas is given among all else that happens: both equations hold at every step."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sim.fates import FATES as EVERY_FATE
from tests.sim.giving import given
from tests.sim.plants import FATES
from tests.sim.play import play
from tests.sim.world import Size

CROWDED = Size(3, 20, 60, 0.3)
SEEDS = [f"given {number}" for number in range(2)]


def test_gas_is_given_in_worlds_of_bad_luck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FATES, (*EVERY_FATE, (25, given)))
    total: Counter[str] = Counter()
    for seed in SEEDS:
        total.update(play(seed, CROWDED).counts)
    assert total["loads of given gas"] > len(SEEDS)
