"""Fixtures of the feeds; a test module asks for them with `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.feed_town import Following, following
from tests.kit.feeds import FeedCentre, Town, following_desk
from tests.kit.postgres import Centre


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A centre in memory and a desk with an empty store."""
    centre = FeedCentre()
    line = centre.line()
    station = following_desk(tmp_path, line)
    yield Town(centre, line, station)
    station.store.close()


@pytest.fixture
def served(centre: Centre, tmp_path: Path) -> Iterator[Following]:
    """A real centre and an enrolled desk with an empty store."""
    with following(centre, tmp_path) as found:
        yield found
