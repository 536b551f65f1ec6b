"""How often the long proofs are repeated, and which seed a broken one had."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

SEED = 20261124


def times(name: str, usual: int) -> int:
    """How often: `KILLS=200 ./dev test tests/e2e` asks for more than CI's usual share."""
    return int(os.environ.get(name, usual))


def first_seed(usual: int = SEED) -> int:
    """Where a row of seeded stories starts: `SEED=… ` tells one again, or others."""
    return int(os.environ.get("SEED", usual))


class Seeded:
    """Puts the seed, and how to tell the story again, to whatever breaks inside."""

    def __init__(self, seed: int, again: str) -> None:
        self._note = f"seed {seed}; again: SEED={seed} {again}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(self._note)
