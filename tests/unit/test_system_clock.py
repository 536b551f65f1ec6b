"""The machine's clock: it runs on in sleep, and a boot whose clock is set back is another boot."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from drivers.clocks import SystemClock, set_back


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("monotonic           0         0\nboottime            0         0\n", ""),
        ("monotonic 0 0\nboottime -3600 0\n", "+boottime.-3600.0"),
        ("monotonic 10 0\nboottime 0 5\n", "+monotonic.10.0+boottime.0.5"),
        ("", ""),
    ],
)
def test_a_clock_that_is_set_for_one_program_makes_another_boot(
    tmp_path: Path, said: str, name: str
) -> None:
    """`unshare --time` gives back an hour of a grant, and asks for no password."""
    (tmp_path / "offsets").write_text(said)
    assert set_back(tmp_path / "offsets") == name
    assert set_back(tmp_path / "none") == ""


def test_a_boot_has_one_name_and_its_clock_runs_on() -> None:
    one, other = SystemClock("Asia/Shanghai"), SystemClock("Asia/Shanghai")
    assert one.boot_id == other.boot_id
    assert one.monotonic_ns() <= other.monotonic_ns()


def test_a_system_without_the_clock_of_linux_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    clock = SystemClock("Asia/Shanghai")
    assert 0 < clock.monotonic_ns() <= clock.monotonic_ns()
