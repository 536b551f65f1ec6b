"""A commit of the store beside one forced write to the same disk."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from pathlib import Path

from tests.bench.row import Row, best_ms
from tests.kit.station import Desk, open_desk

TIMES = 60
PAGE = bytes(4096)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Path(folder))
        with closing(desk.station.store):
            ours = best_ms(lambda: _commit(desk), TIMES)
            floor = forced_write_ms(Path(folder))
    return [Row("store commit (WAL, FULL)", ours, floor, against="one forced write, 4 KiB")]


def forced_write_ms(folder: Path) -> float:
    """What one write of 4 KiB + fsync takes on the disk of a folder."""
    with (folder / "floor").open("ab") as file:
        return best_ms(lambda: _force(file.fileno()), TIMES)


def _commit(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.households.put([desk.household()])
        unit.commit()


def _force(file: int) -> None:
    os.write(file, PAGE)
    os.fsync(file)
