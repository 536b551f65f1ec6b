"""A million entries of fifty stations into a real PostgreSQL, under everything that goes wrong."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.kit.ledger_load import run_load
from tests.soak.figures import Figures

ENTRIES = 1_000_050
MOST_AT_ONCE = 500


def soak() -> Figures:
    """Push them all, then prove the books from the exact bytes."""
    home = Path(tempfile.mkdtemp(prefix="cs-soak-"))
    try:
        figures = run_load(home, ENTRIES, batch=MOST_AT_ONCE)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert figures.sound, (figures.told, figures.wrong)
    return figures.told
