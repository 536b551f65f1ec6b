"""A card of a bag on a chip with true timing: how much do we add to what the chip itself needs?"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from unittest.mock import patch

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.pay_batch import pay_batch
from cardstation.store.unit import Unit
from drivers.virtual import VirtualCard
from drivers.virtual.firmware import Firmware
from tests.bench.commit import forced_write_ms
from tests.bench.row import Row, timed
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

TRUE_TIME_CARDS = 10
FAST_CARDS = 30
EXCHANGE_S = 0.005


class Sleeper:
    """Waits as the chip asks, and knows how long the waiting really took."""

    def __init__(self) -> None:
        self.slept_s = 0.0

    def __call__(self, seconds: float) -> None:
        began = time.perf_counter()
        time.sleep(seconds)
        self.slept_s += time.perf_counter() - began


@dataclass(frozen=True)
class Cycle:
    """What one card took: insert, identify, load, read back, seal, take out."""

    cycle_s: float
    slept_s: float
    accounted_s: float
    exchanges: int
    changed_bytes: int


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        true_time = _bag(Path(folder) / "true", TRUE_TIME_CARDS, EXCHANGE_S)
        with _forced_writes() as counted:
            fast = _bag(Path(folder) / "fast", FAST_CARDS, 0.0)
        forced = counted[0] / FAST_CARDS
        floor = forced * forced_write_ms(Path(folder))
    cycle = median(card.cycle_s for card in true_time) * 1000
    accounted = median(card.accounted_s for card in true_time) * 1000
    added = median(card.cycle_s - card.slept_s for card in true_time) * 1000
    quick = median(card.cycle_s for card in fast) * 1000
    talk = f"{true_time[0].exchanges} exchanges, {true_time[0].changed_bytes} bytes changed"
    return [
        Row("card cycle, true timing", cycle, accounted, against=f"chip + reader: {talk}"),
        Row("  of it our own work", added, floor, against=f"{forced:.0f} forced writes"),
        Row("card cycle, chip in no time", quick, floor, against=f"{forced:.0f} forced writes"),
    ]


def _bag(home: Path, count: int, exchange_s: float) -> list[Cycle]:
    """Run a paid bag; its first card only warms up."""
    people = neighbours(count + 1)
    desk = open_desk(home, households=people)
    desk.reader.exchange_s = exchange_s
    with closing(desk.station.store):
        batch_id = put_batch(desk, [line(one, row) for row, one in enumerate(people, start=2)])
        lump = Money.of_yuan(str(100 * len(people)))
        pay_batch(desk.station, batch_id, tender=Tender.CASH, money=lump)
        cards, sleeper = [card_of(one) for one in people], Sleeper()
        for card in cards[1:]:
            card.chip.sleep = sleeper if exchange_s else None
        return [_cycle(desk, batch_id, card, sleeper) for card in cards][1:]


def _cycle(desk: Desk, batch_id: str, card: VirtualCard, sleeper: Sleeper) -> Cycle:
    chip, slept = card.chip, sleeper.slept_s
    chip.arm(None)
    before = chip.chip_time_s

    def hands() -> Firmware:
        desk.load(batch_id, card)
        firmware = desk.reader._firmware
        assert firmware is not None
        desk.reader.pull()
        return firmware

    cycle_s, firmware = timed(hands)
    return Cycle(
        cycle_s=cycle_s,
        slept_s=sleeper.slept_s - slept,
        accounted_s=chip.chip_time_s - before + firmware.reader_time_s,
        exchanges=firmware.exchanges,
        changed_bytes=chip.changed_bytes,
    )


@contextmanager
def _forced_writes() -> Iterator[list[int]]:
    """Count commits and fsyncs; the bag's preparation adds a handful."""
    counted, commit, fsync = [0], Unit.commit, os.fsync

    def counting_commit(unit: Unit) -> None:
        counted[0] += 1
        commit(unit)

    def counting_fsync(file: int) -> None:
        counted[0] += 1
        fsync(file)

    with patch.object(Unit, "commit", counting_commit), patch.object(os, "fsync", counting_fsync):
        yield counted
