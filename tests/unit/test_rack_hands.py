"""Hands before a rack: when each card goes in."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from drivers.virtual.rack import Rack


class OneSlot:
    occupied = False

    def insert(self, _card: Any) -> None:
        self.occupied = True

    def pull(self) -> None:
        self.occupied = False


class Waited(Event):
    """Notes how long it is waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.spans.append(timeout)
        return False


@pytest.mark.parametrize(("first", "spans"), [(0.0, [0.0, 0.2, 0.2]), (0.45, [0.45, 0.2, 0.2])])
def test_the_first_card_waits_for_its_hands_the_next_for_the_pace(
    first: float, spans: list[float]
) -> None:
    cards: list[Any] = [object()] * 3
    rack = Rack(OneSlot(), cards, 0.2, first_after_s=first, may_remove=lambda: True)
    waited = Waited()
    rack._stopping = waited
    rack._run()
    assert waited.spans == spans
    assert rack.wait_empty(0)
