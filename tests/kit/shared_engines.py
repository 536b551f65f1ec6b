"""One compiled-statement cache for every store a sweep opens: a process opens one, a sweep many.

Statements are the same in all of them; compiling them anew took half of a sweep's time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cardstation.store import store

_KEPT: dict[str, Engine] = {}


def share_engines(patch: pytest.MonkeyPatch) -> None:
    """Let stores that are opened from here on share dialect and compiled statements."""
    for name in ("writer_engine", "reader_engine", "prover_engine"):
        patch.setattr(store, name, _sharing(name, getattr(store, name)))


def _sharing(name: str, make: Callable[[Path], Engine]) -> Callable[[Path], Engine]:
    def made(path: Path) -> Engine:
        engine = make(path)
        first = _KEPT.setdefault(name, engine)
        engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
        return engine

    return made
