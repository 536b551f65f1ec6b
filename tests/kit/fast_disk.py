"""Folders in memory, and chance that is given back: for tests that open stores by the hundred."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.services.intent import ids

FAST_DISK = Path("/dev/shm")  # noqa: S108  # a folder in memory: syncing is not what is tested here


def fast_folder(prefix: str = "cs-") -> Path:
    """A new folder, in memory where there is such a place; whoever asks removes it."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=FAST_DISK if FAST_DISK.is_dir() else None))


@pytest.fixture
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give chance back after the test."""
    monkeypatch.setattr(ids, "randbits", ids.randbits)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory."""
    made = fast_folder()
    yield made
    shutil.rmtree(made)
