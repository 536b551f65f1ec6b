"""A chip's time is over when its clock says, however late a sleeper wakes."""

from __future__ import annotations

import pytest

from drivers.virtual import true_time
from drivers.virtual.true_time import TrueTime

LATE_S = 0.25


class Clock:
    """Stands in for the module `time`; every sleep ends late."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + (LATE_S if seconds else 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(true_time, "time", found)
    return found


def test_steps_of_a_command_do_not_add_up_their_delays(clock: Clock) -> None:
    passes = TrueTime()
    passes.begin()
    for _ in range(8):
        passes(1.0)
    assert clock.now == 108.0 + LATE_S


def test_a_step_that_is_already_over_is_not_waited_for(clock: Clock) -> None:
    passes = TrueTime()
    passes.begin()
    clock.now += 5
    passes(1.0)
    assert clock.now == 105.0


def test_time_between_two_commands_is_no_chip_time(clock: Clock) -> None:
    passes = TrueTime()
    clock.now += 60
    passes.begin()
    passes(1.0)
    assert clock.now == 161.0 + LATE_S
