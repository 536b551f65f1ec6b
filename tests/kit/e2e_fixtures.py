"""A desk for each end-to-end story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.e2e import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A station with an empty data folder; all its processes are ended with the test."""
    with Desk(tmp_path) as one:
        yield one
