"""How the failover laboratory counts: what was told, how fast, and how long nobody was told."""

from __future__ import annotations

from pathlib import Path

from tests.ha.judge import acknowledged, outage_s, rate
from tests.ha.load import Ack, read_acks

ACKS = [
    Ack(1.0, "A", 100, "a1"),
    Ack(2.0, "B", 50, "b1"),
    Ack(3.0, "A", 300, "a3"),
    # A replay tells no more than before.
    Ack(9.0, "A", 200, "a2"),
]


def test_the_furthest_of_each_station_counts() -> None:
    assert acknowledged(ACKS) == 350


def test_a_rate_is_what_was_added_in_its_time() -> None:
    assert rate(ACKS, 1.5, 3.5) == (350 - 100) / 2


def test_an_outage_is_the_longest_silence_also_at_either_end() -> None:
    assert outage_s(ACKS, 0.0, 10.0) == 6
    assert outage_s(ACKS, 0.0, 20.0) == 11
    assert outage_s(ACKS, 4.0, 8.0) == 4


def test_a_line_that_was_not_finished_is_none(tmp_path: Path) -> None:
    file = tmp_path / "acks"
    assert read_acks(file) == []
    file.write_text("1.000 A 100 a1\n2.000 A 2", "ascii")
    assert read_acks(file) == [Ack(1.0, "A", 100, "a1")]
