"""Time as a chip takes it."""

from __future__ import annotations

import time


class TrueTime:
    """A chip's `sleep`: what a command takes is over when the chip's clock says.

    A process that sleeps wakes late, by a tenth of a millisecond and more. A chip steps hundreds of
    times in a command; each step ends as long after the command's begin as its clock says, however
    late the step before it woke.
    """

    def __init__(self) -> None:
        self._due = time.monotonic()

    def begin(self) -> None:
        """A command, or power, comes in now."""
        self._due = time.monotonic()

    def __call__(self, seconds: float) -> None:
        """Let time of the chip pass."""
        self._due += seconds
        time.sleep(max(0.0, self._due - time.monotonic()))
