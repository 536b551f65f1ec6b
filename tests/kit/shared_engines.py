"""What a process does once for its one store is done once for all stores that tests open.

The statements of all stores are the same: compiling them anew took half of a sweep's time. And a
store that is not there yet begins as a copy of one that was made: making one takes 20 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine

from cardstation.store import store
from cardstation.store.tables import metadata

_KEPT: dict[str, Engine] = {}


def share_engines(patch: pytest.MonkeyPatch) -> None:
    """Let stores that are opened from here on share dialect, compiled statements and beginning."""
    new_store()
    for name in ("writer_engine", "reader_engine", "prover_engine"):
        patch.setattr(store, name, _sharing(name, getattr(store, name)))


def _sharing(name: str, make: Callable[[Path], Engine]) -> Callable[[Path], Engine]:
    def made(path: Path) -> Engine:
        if name == "writer_engine" and not path.exists():
            path.write_bytes(new_store())
        return shared(name, make(path))

    return made


def shared(name: str, engine: Engine) -> Engine:
    """The engine, with all that the first one of this name knows of statements."""
    first = _KEPT.setdefault(name, engine)
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine


@cache
def new_store() -> bytes:
    """The file of a store in which nothing was done: the same bytes in every process.

    A table's indexes, a set, are made in the order of their names instead of the order in which
    they lie in memory.
    """
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for table in metadata.tables.values():
            patch.setattr(table, "indexes", sorted(table.indexes, key=lambda one: str(one.name)))
        store.Store.open(Path(folder)).close()
        return Path(folder, store.FILE_NAME).read_bytes()
