"""The ledger that hostile tests are held against; a module asks for it with `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.hostile import House, open_house
from tests.kit.postgres import Cluster


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    """One ledger for all the tests of a module."""
    with open_house(cluster) as opened:
        yield opened
