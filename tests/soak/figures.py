"""What a part of the soak needs and gives: a desk in a folder of its own, and figures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.kit.e2e import Desk

Figures = Mapping[str, int]


@contextmanager
def desk_of_its_own() -> Iterator[Desk]:
    """A station with an empty data folder, all gone at the end."""
    with tempfile.TemporaryDirectory(prefix="cs-soak-") as folder, Desk(Path(folder)) as desk:
        yield desk
