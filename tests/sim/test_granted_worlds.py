"""Worlds with offline grants: desks are cut off, hours pass, money comes late."""

from __future__ import annotations

from collections import Counter

import pytest

from cardstation.domain.offline_grant import CARD_CAP, LIST_OLD, PAID_WAITS, STOPS
from cardstation.services.intent import granting
from tests.sim.play import play
from tests.sim.watch import Broken
from tests.sim.world import Size

CROWDED = Size(3, 20, 60, 0.2, grants=True)
SEEDS = [f"granted {number}" for number in (3, 5, 10, 18, 21)]
RARE = {CARD_CAP, LIST_OLD}
"""Few households come so often; no list of blocked cards is published in these worlds."""


def _played() -> Counter[str]:
    total: Counter[str] = Counter()
    for seed in SEEDS:
        total.update(play(seed, CROWDED).counts)
    return total


def test_every_way_a_load_waits_happens_and_no_grant_is_passed() -> None:
    total = _played()
    wanted = {f"refused: {code}" for code in (STOPS | {PAID_WAITS}) - RARE}
    assert {name for name in wanted if not total[name]} == set()
    assert total["sales"] > len(SEEDS)


def test_a_desk_that_asks_for_no_grant_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granting, "why_not", lambda *_known, **_named: "")
    with pytest.raises(Broken, match=r"unheard, .* was granted"):
        _played()


def test_a_desk_that_takes_any_answer_for_contact_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granting, "_contact", lambda _station: True)
    real = granting._ensure

    def ensure(*known: object, heard: bool, **named: object) -> str:
        return "" if heard else real(*known, heard=heard, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(granting, "_ensure", ensure)
    with pytest.raises(Broken, match="under no grant, unheard"):
        _played()
