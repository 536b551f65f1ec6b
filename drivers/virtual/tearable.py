"""What every virtual chip has in common: power, cuts of it, sub-steps, and the time they take."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from drivers.virtual.tear import Cut, Moment, PullAfter, Tear, Torn, reached_bits


@dataclass(frozen=True, slots=True)
class FlakyByte:
    """A byte between two values, read differently at each power-up."""

    cells: bytearray
    index: int
    old: int
    full: int
    seed: int


class TearableChip:
    """A chip whose power can go at any sub-step.

    Attributes:
        steps: Sub-steps done since the last `arm`.
        changed_bytes: Updates of main memory that changed a byte, since the last `arm`.
        chip_time_s: Seconds the chip was busy.
        sleep: Called with seconds as they pass, for true timing; None = no waiting.
        on_change: Called after each change of a memory.
        contacts: Held by a host for the length of one exchange, so that a command torn in one
            thread has ended before another thread powers the chip up again.
    """

    step_s: float
    """How long one erase or program step takes."""

    def __init__(self) -> None:
        self.steps = 0
        self.changed_bytes = 0
        self.chip_time_s = 0.0
        self.sleep: Callable[[float], object] | None = None
        self.on_change: Callable[[], object] | None = None
        self.contacts = threading.Lock()
        self._cut: Cut | None = None
        self._powered = False
        self._power_ups = 0
        self._flaky: list[FlakyByte] = []

    @property
    def powered(self) -> bool:
        """The supply is on."""
        return self._powered

    def arm(self, cut: Cut | None) -> None:
        """Choose the next cut (None = none) and count sub-steps and changed bytes from 0."""
        self._cut = cut
        self.steps = 0
        self.changed_bytes = 0

    def power_up(self) -> bytes:
        """Switch on; a chip says what its reset answers."""
        self._power_ups += 1
        self._powered = True
        for byte in self._flaky:
            mask = reached_bits(byte.seed, self._power_ups)
            byte.cells[byte.index] = byte.old ^ ((byte.old ^ byte.full) & mask)
        return b""

    def reset(self) -> bytes:
        """Reset a powered chip.

        Raises:
            Torn: the power is off.
        """
        self._ensure_power()
        return self.power_up()

    def power_off(self) -> None:
        """Take the supply away; a command in progress in another thread is torn."""
        self._powered = False

    def _ensure_power(self) -> None:
        if not self._powered:
            raise Torn

    def _step(self, cells: bytearray, index: int, full: int) -> None:
        """Erase or program one byte to `full`, which takes `step_s`."""
        self._step_all(cells, {index: full})

    def _step_all(self, cells: bytearray, full: Mapping[int, int]) -> None:
        """Erase or program some bytes at once, each to its own value, which takes `step_s`."""
        moment = self._due()
        if moment is Moment.BEFORE:
            self._lose_power()
        power_up, old = self._power_ups, {index: cells[index] for index in full}
        self._spend(self.step_s)
        alive = self._powered and self._power_ups == power_up
        if moment is Moment.INSIDE or not alive:
            self._interrupt(cells, full)
        for index, value in full.items():
            cells[index] = value
        self._flaky = [
            each for each in self._flaky if each.cells is not cells or each.index not in full
        ]
        self.steps += 1
        if full != old:
            self._changed()
        if moment is Moment.AFTER:
            self._lose_power()

    def _point(self) -> None:
        """A sub-step that changes no memory: cut anywhere in it is the same."""
        moment = self._due()
        if moment is not None and moment is not Moment.AFTER:
            self._lose_power()
        self.steps += 1
        if moment is Moment.AFTER:
            self._lose_power()

    def _count_changed_byte(self) -> None:
        self.changed_bytes += 1
        if self._cut == PullAfter(self.changed_bytes):
            self._lose_power()

    def _interrupt(self, cells: bytearray, full: Mapping[int, int]) -> NoReturn:
        tear = self._cut if isinstance(self._cut, Tear) else Tear(self.steps)
        old = {index: cells[index] for index in full}
        leave_half_way(cells, full, tear.seed, self.steps)
        if tear.flaky:
            for index, value in full.items():
                self._flaky.append(FlakyByte(cells, index, old[index], value, tear.seed))
        self._changed()
        self._lose_power()

    def _due(self) -> Moment | None:
        self._ensure_power()
        cut = self._cut
        if isinstance(cut, PullAfter):
            return Moment.BEFORE if self.changed_bytes >= cut.changed_bytes else None
        return cut.moment if cut is not None and cut.step == self.steps else None

    def _lose_power(self) -> NoReturn:
        self._cut = None
        self.power_off()
        raise Torn

    def _spend(self, seconds: float) -> None:
        self.chip_time_s += seconds
        if self.sleep is not None:
            self.sleep(seconds)

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()


def leave_half_way(cells: bytearray, full: Mapping[int, int], seed: int, step: int) -> None:
    """Let each byte stand where an interrupted step had brought it: the same for the same seed."""
    for place, (index, value) in enumerate(full.items()):
        old = cells[index]
        mask = reached_bits(seed, step) if len(full) == 1 else reached_bits(seed + place, step)
        cells[index] = old ^ ((old ^ value) & mask)
