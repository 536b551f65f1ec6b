"""Worlds in which people also pay charges, get them back, and have their accounts stopped."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sim import counter
from tests.sim.play import play
from tests.sim.watch import Broken
from tests.sim.world import CROWDED

SEEDS = [f"counter {number}" for number in range(2)]


def test_charges_and_accounts_in_worlds_of_bad_luck() -> None:
    total: Counter[str] = Counter()
    for seed in SEEDS:
        total.update(play(seed, CROWDED).counts)
    assert total["charges"] > len(SEEDS)
    assert total["charges taken back"]
    assert total["changes of accounts"]


def test_money_that_nobody_handed_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "hand_back", lambda *_, **__: None)
    with pytest.raises(Broken, match="money: truly"):
        play(SEEDS[0], CROWDED)
