"""One bag through the lanes of one station, and then the same exchanges by bare pyscard."""

from __future__ import annotations

import os
import resource
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from cardstation.bootstrap.rack_socket import note_of
from cardstation.bootstrap.station import open_station
from cardstation.domain.batch import LineState
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import Step
from cardstation.papers import receipt_a5
from cardstation.ports.reader import Reader
from cardstation.services.batch_state import batch_state
from cardstation.services.identify import insert_card
from cardstation.services.load_line import load_line
from cardstation.services.station import Station
from cardstation.settings import load_settings
from cardstation.short_turns import take_short_turns
from drivers.readers.pcsc import PcscRoom, system_calls
from drivers.virtual.service import SOCKET_VARIABLE
from tests.bench.bare import Bare, HeardCalls, Told
from tests.bench.row import best_ms
from tests.kit.e2e import Desk

IDLE_S = 30.0
HANDS_APART_S = 0.15
"""From one pair of hands to the next, as they lay their first cards."""
BARE_A_LANE = 4
"""Cards of each lane that bare pyscard does again."""


@dataclass(frozen=True)
class Ran:
    """One lane count; times are seconds, of one card where nothing else is said.

    Attributes:
        per_hour: The bag over the time from the first card present to the last *take it*.
        verdict_s: The longest from present to the verdict: from there on the card is written.
        at_work_s: From present to *take it*. chip_s: What chip and reader took of it.
        bare_s: What bare pyscard took for the same exchanges, with as many lanes.
        calls_s: Within calls of the card service.
        away_s: From *take it* until the lane saw its next card.
        paper_s: A receipt made as PDF. cpu_s: Processor time of the station, of the whole run.
        wall_s: Of the whole run. bytes_read, bytes_least: Off the card; what its image has, twice.
        whole: Every line is done and the money on cards is what was received.
    """

    lanes: int
    cards: int
    per_hour: float
    verdict_s: float
    at_work_s: float
    chip_s: float
    bare_s: float
    calls_s: float
    away_s: float
    paper_s: float
    cpu_s: float
    wall_s: float
    bytes_read: float
    bytes_least: float
    whole: bool


def run_lanes(desk: Desk, batch: str, lanes: int, cards: int) -> Ran:
    """Run the bag of a desk whose rack feeds it."""
    kept = desk.folder / "cards as they were"
    shutil.copytree(desk.home / "training" / "cards", kept)
    settings = load_settings(desk.home, {})
    take_short_turns()
    with open_station(settings, True) as station, _room(desk) as (room, calls):
        readers = room.readers()[:lanes]
        run = Run(station, batch, cards, calls)
        cpu = _cpu_s()
        threads = [threading.Thread(target=run.lane, args=(one,)) for one in readers]
        _at_once(threads, lambda: desk.hand("feed", apart_s=HANDS_APART_S))
        cpu_s, wall_s = _cpu_s() - cpu, run.last_s - run.first_s
        chip_s = float(str(desk.hand("list")["chip_s"])) / cards
        shutil.copytree(kept, desk.home / "training" / "cards", dirs_exist_ok=True)
        bare_s = _bare(desk, run, readers)
        state = batch_state(station, batch)
        states = {one.state for one in state.outcomes}
        with station.store.reading() as reading:
            receipt = reading.receipts.of_batch(batch)[-1]
    times = [one.done_s - one.seen_s for one in run.done]
    return Ran(
        lanes=lanes,
        cards=cards,
        per_hour=3600 * cards / wall_s,
        verdict_s=max(one.judged_s - one.seen_s for one in run.done),
        at_work_s=sum(times) / cards,
        chip_s=chip_s,
        bare_s=bare_s,
        calls_s=sum(one.told.spent_s for one in run.done) / cards,
        away_s=run.away_s,
        paper_s=_paper_s(receipt),
        cpu_s=cpu_s,
        wall_s=wall_s,
        bytes_read=sum(one.told.bytes_read for one in run.done) / cards,
        bytes_least=2 * run.image_bytes,
        whole=states == {LineState.DONE} and state.money.loaded == state.money.received,
    )


@contextmanager
def _room(desk: Desk) -> Iterator[tuple[PcscRoom, HeardCalls]]:
    note = note_of(desk.home) or {}
    os.environ[SOCKET_VARIABLE] = str(note["pcsc_socket"])
    calls = HeardCalls(system_calls())
    room = PcscRoom(dialects={}, calls=calls)
    try:
        yield room, calls
    finally:
        room.close()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _at_once(threads: list[threading.Thread], then: Callable[[], object] = lambda: None) -> None:
    for thread in threads:
        thread.start()
    then()
    for thread in threads:
        thread.join()


def _paper_s(receipt: Receipt) -> float:
    return best_ms(lambda: receipt_a5(receipt, "zh_CN"), 5) / 1000


@dataclass(frozen=True)
class Done:
    """One card: its number, when it was seen, judged and done, and what was said to it."""

    card_no: str
    reader: str
    seen_s: float
    judged_s: float
    done_s: float
    told: Told


@dataclass
class Run:
    """Lanes that share a bag, and the moments of their cards."""

    station: Station
    batch: str
    left: int
    calls: HeardCalls
    done: list[Done] = field(default_factory=list)
    image_bytes: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def first_s(self) -> float:
        """When the first card was seen."""
        return min(one.seen_s for one in self.done)

    @property
    def last_s(self) -> float:
        """When the last card was done."""
        return max(one.done_s for one in self.done)

    @property
    def away_s(self) -> float:
        """From *take it* to the next card in the same reader, on average."""
        gaps = []
        for reader in {one.reader for one in self.done}:
            own = [one for one in self.done if one.reader == reader]
            gaps += [b.seen_s - a.done_s for a, b in pairwise(own)]
        return sum(gaps) / len(gaps)

    def lane(self, reader: Reader) -> None:
        """Card after card, as `batch run` does."""
        while not self.over.is_set():
            seen = reader.wait_card(0.5)
            if seen is None:
                continue
            began, steps = time.perf_counter(), dict[Step, float]()
            with closing(insert_card(self.station, reader, seen)) as card:
                load_line(
                    self.station,
                    self.batch,
                    card,
                    lambda step, at=steps: at.setdefault(step, time.perf_counter()),
                )
                now = time.perf_counter()
                card_no, size = card.content.identity.card_no, len(card.image)
            told = self.calls.take(reader.name)
            with self.turn:
                self.left -= 1
                self.image_bytes = size
                self.done.append(Done(card_no, reader.name, began, steps[Step.WRITE], now, told))
                if not self.left:
                    self.over.set()
            reader.wait_removed(seen, IDLE_S)


def _bare(desk: Desk, run: Run, readers: tuple[Reader, ...]) -> float:
    """The same cards as they were before, as many at a time, by hands and bare calls."""
    times: list[float] = []

    def lane(at: int, reader: Reader) -> None:
        bare = Bare(system_calls(), reader.name)
        time.sleep((at - 1) * HANDS_APART_S)
        own = [one for one in run.done if one.reader == reader.name][:BARE_A_LANE]
        for one in own:
            desk.hand("insert", card=one.card_no, slot=at)
            seen = reader.wait_card(IDLE_S)
            times.append(bare.play(one.told.script))
            desk.hand("pull", slot=at)
            if seen is not None:
                reader.wait_removed(seen, IDLE_S)
        bare.close()

    slots = enumerate(readers, start=1)
    _at_once([threading.Thread(target=lane, args=(at, one)) for at, one in slots])
    return sum(times) / len(times)
