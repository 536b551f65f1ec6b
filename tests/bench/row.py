"""One measured line of the bench, and the table they make."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """What was measured, ours beside its floor or peer.

    Attributes:
        ours, peer: In `unit`; `peer` None = nothing to compare with.
        against: What the peer is.
    """

    name: str
    ours: float
    peer: float | None = None
    unit: str = "ms"
    against: str = ""

    def cells(self) -> tuple[str, str, str, str]:
        if self.peer is None:
            return self.name, self._said(self.ours), self.against, ""
        ratio = f"{self.ours / self.peer:.2f}" if self.peer else ""
        return self.name, self._said(self.ours), f"{self._said(self.peer)} {self.against}", ratio

    def _said(self, number: float) -> str:
        shown = f"{number:.0f}" if self.unit == "" else f"{number:.3g}"
        return f"{float(shown):g} {self.unit}".strip()


HEAD = ("what", "ours", "floor or peer", "ratio")


def table(rows: Sequence[Row]) -> str:
    """Aligned columns with a bar between them."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEAD))]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of wall time, and what the work returned."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def best_ms(work: Callable[[], object], times: int) -> float:
    """Best of some runs: what the work needs when nobody else wants the processor."""
    work()
    return min(timed(work)[0] for _ in range(times)) * 1000
