"""A bag of `净月新城` through 1, 4 and 8 readers of the real card service, true to chip time.

The rack, its hands and the card service are processes of their own; the station with its lanes is
another, so that its processor time is its own. Every lane count runs in a fresh pair of them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from cardstation.bootstrap.readers import open_readers
from cardstation.bootstrap.station import open_station
from cardstation.domain.batch import LineState
from cardstation.ports.reader import Reader
from cardstation.services.batch_state import batch_state
from cardstation.services.identify import insert_card
from cardstation.services.load_line import load_line
from cardstation.services.station import Station
from cardstation.settings import load_settings
from drivers.virtual.stack import real_stack_available
from tests.bench.row import Row
from tests.kit.e2e import Desk
from tests.kit.e2e_cards import people, take_in, take_list

LANES = (1, 4, 8)
CARDS_A_LANE = 6
CARDS = "LANE_BENCH_CARDS"
"""Cards for each lane, where another count is wanted than that of a short run."""
IDLE_S = 30.0
GOAL = {4: 3.8, 8: 7.0}
GOAL_OVERHEAD = 1.10


@dataclass(frozen=True)
class Ran:
    """One lane count: cards per hour, seconds from present to *take it*, and what the chips took.

    Attributes:
        cpu_s: Processor time of the station's process while the cards ran. wall_s: Of the run.
        whole: Every line is done and the money on cards is what was received.
    """

    lanes: int
    cards: int
    per_hour: float
    at_work_s: float
    chip_s: float
    cpu_s: float
    wall_s: float
    whole: bool


def measure() -> list[Row]:
    """Run each lane count in its own process: PC/SC knows one service for each."""
    if why := real_stack_available():
        return [Row(f"lanes: no real card stack here ({why})", 0.0, unit="")]
    ran = [_in_process(lanes) for lanes in LANES]
    return [row for one in ran for row in _rows(one, ran[0])]


def _rows(one: Ran, single: Ran) -> list[Row]:
    share = 100 * one.cpu_s / one.wall_s
    of = f"{one.cards} cards, all lines and fen {'agree' if one.whole else 'DO NOT AGREE'}"
    rows = [
        Row(f"{one.lanes} lanes: cards per hour", one.per_hour, single.per_hour, "", "one lane"),
        Row("  present to take it", 1000 * one.at_work_s, 1000 * one.chip_s, against="chip itself"),
        Row("  processor time per card", 1000 * one.cpu_s / one.cards, against=f"{share:.0f} %"),
    ]
    goal = f"goal {GOAL[one.lanes]} times one lane; {of}" if one.lanes in GOAL else of
    return [*rows, Row(f"  {goal}", one.wall_s, unit="s")]


def _in_process(lanes: int) -> Ran:
    cards = int(os.environ.get(CARDS, CARDS_A_LANE)) * lanes
    words = [sys.executable, "-m", "tests.bench.lanes", str(lanes), str(cards)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return Ran(**json.loads(told.splitlines()[-1]))


@click.command()
@click.argument("lanes", type=int)
@click.argument("cards", type=int)
def main(lanes: int, cards: int) -> None:
    """Measure one lane count."""
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder)) as desk:
        persons = people(cards)
        take_in(desk, persons)
        batch = take_list(desk, [(one, "100") for one in persons])
        desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", 100 * cards)
        words = ("--batch", batch, "--feed", "--pace", "0", "--readers", lanes, "--true-timing")
        desk.rack(*words)
        click.echo(json.dumps(asdict(_run(desk, batch, lanes, cards))))


def _run(desk: Desk, batch: str, lanes: int, cards: int) -> Ran:
    settings = load_settings(desk.home, {})
    with open_station(settings, True) as station, open_readers(settings) as room:
        began, cpu = time.perf_counter(), _cpu_s()
        run = Run(station, batch, cards)
        threads = [threading.Thread(target=run.lane, args=(one,)) for one in room.readers()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cpu_s, wall_s = _cpu_s() - cpu, time.perf_counter() - began
        chip_s = float(str(desk.hand("list")["chip_s"]))
        state = batch_state(station, batch)
        states = {one.state for one in state.outcomes}
        whole = states == {LineState.DONE} and state.money.loaded == state.money.received
    return Ran(
        lanes, cards, run.per_hour, run.at_work_s / cards, chip_s / cards, cpu_s, wall_s, whole
    )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Run:
    """Lanes that share a bag, and the moments of their cards."""

    def __init__(self, station: Station, batch: str, cards: int) -> None:
        self._station, self._batch, self._left = station, batch, cards
        self._turn, self._over = threading.Lock(), threading.Event()
        self._done: dict[str, list[float]] = {}
        self.at_work_s = 0.0

    @property
    def per_hour(self) -> float:
        """The sum over lanes: each from its first card done to its last."""
        lanes = [times for times in self._done.values() if len(times) > 1]
        return sum(3600 * (len(times) - 1) / (times[-1] - times[0]) for times in lanes)

    def lane(self, reader: Reader) -> None:
        """Card after card, as `batch run` does."""
        while not self._over.is_set():
            seen = reader.wait_card(0.5)
            if seen is None:
                continue
            began = time.perf_counter()
            with closing(insert_card(self._station, reader, seen)) as card:
                load_line(self._station, self._batch, card, lambda _step: None)
                now = time.perf_counter()
            with self._turn:
                self._left -= 1
                self.at_work_s += now - began
                self._done.setdefault(reader.name, []).append(now)
                if not self._left:
                    self._over.set()
            reader.wait_removed(seen, IDLE_S)


if __name__ == "__main__":
    sys.exit(main())
