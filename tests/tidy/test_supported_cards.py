"""docs/supported-cards.md says what is registered, and costs stay near their minimum."""

from __future__ import annotations

import pytest

from drivers import supported
from drivers.layouts import LAYOUTS
from drivers.measured import measured


def test_the_page_is_current() -> None:
    """`./dev python -m drivers.supported` writes it anew."""
    assert supported.PAGE.read_text("utf-8") == supported.page()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
def test_a_load_writes_little_more_than_what_differs(layout: object) -> None:
    """By chip: bytes, pages of 8, blocks of 16, a zone of 64."""
    most = {"open24c02": 32, "openmf1k": 48, "open102": 64}
    cost = measured(layout)  # type: ignore[arg-type]
    assert cost.differing <= cost.written <= most.get(cost.layout, cost.differing)
    assert cost.erased <= most.get(cost.layout, cost.differing)
    assert cost.exchanges < 200
