"""Fifty stations at once under doubled, early, late and cut requests and killed backends.

`CARDSTATION_LOAD_ENTRIES` sets how many entries; the soak takes a million.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.ledger_load import run_load

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

ENTRIES = int(os.environ.get("CARDSTATION_LOAD_ENTRIES", "25050"))


@pytest.mark.usefixtures("cluster")
def test_nothing_is_lost_or_doubled_by_fifty_stations(tmp_path: Path) -> None:
    figures = run_load(tmp_path, ENTRIES, batch=100)
    assert figures.sound, (figures.told, figures.wrong)
    for event in ("duplicates", "sent too early", "late copies", "cuts", "backends killed"):
        assert figures.events[event], f"the run had no {event}"
    out_of_order = figures.events["sent too early"] + figures.events["late copies"]
    assert figures.told["reordered"] == out_of_order
