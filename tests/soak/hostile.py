"""Everything the ledger's description allows, many times over, and what one greedy station costs.

The requests are those of tests/integration/test_schema_asked.py, more and other ones each round.
"""

from __future__ import annotations

import itertools
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import create_engine

from cardstation.central import serve
from cardstation.central.embedded import OWNER, SERVICE, EmbeddedPostgres
from cardstation.central.process import CentralProcess
from cardstation.central.serve import embedded_postgres
from tests.kit.facts import Chain
from tests.kit.hostile import Heard, House, batch_of, enrolled, open_house
from tests.kit.postgres import Books, Centre, Cluster, TestKey
from tests.kit.repeat import times
from tests.kit.schema_asked import Asker
from tests.soak.figures import Figures

ROUNDS = 20
EXAMPLES = 15
PEACE_S = 20.0
GREEDY = "S003"
HANDS = 16
TIMES_EACH = 10
"""How often each of them was answered at least: it is told to wait, so not as often as it likes."""
HONEST = [f"H{number:03d}" for number in range(6)]


def soak() -> Figures:
    """Ask, then let one station do its worst while others work."""
    folder = Path(tempfile.mkdtemp(prefix="cs-soak-"))
    postgres = EmbeddedPostgres(folder / "pg")
    try:
        postgres.start()
        serve.prepare(postgres.dsn(OWNER, "postgres"))
        cluster = Cluster(postgres, itertools.count())
        answers: Counter[str] = Counter()
        for number in range(1, times("HOSTILE", ROUNDS) + 1):
            answers += _asked(cluster, number)
    finally:
        postgres.stop()
    try:
        with _own_process(folder / "home") as house:
            return {**_told(answers), **_greed(house)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_process(home: Path) -> Iterator[House]:
    """The service in a process of its own: its clients take none of its interpreter."""
    with CentralProcess(home) as service, ExitStack() as opened:
        cluster = embedded_postgres(home)
        cluster.running()
        owner = create_engine(cluster.dsn(OWNER))
        opened.callback(owner.dispose)
        books = Books(owner, owner, cluster.dsn(SERVICE))
        yield House(Centre(service.url, books, opened), {}, Heard())


def _asked(cluster: Cluster, number: int) -> Counter[str]:
    with open_house(cluster) as house:
        asker = Asker(house, examples=times("HOSTILE_EXAMPLES", EXAMPLES), number=number)
        try:
            for one in asker.operations():
                asker.ask(one)
        finally:
            asker.close()
        return asker.told


def _told(answers: Mapping[str, int]) -> dict[str, int]:
    wrong = sum(count for who, count in answers.items() if who.rpartition(" ")[2] >= "500")
    assert not wrong, answers
    return {"requests": sum(answers.values()), "5xx": wrong}


def _greed(house: House) -> Figures:
    """How long others wait for an answer, alone and beside a station at full tilt."""
    for name in (*HONEST, GREEDY):
        house.keys[name] = TestKey()
        enrolled(house.centre.books, name, house.keys[name])
    chains = {name: Chain(name) for name in HONEST}
    alone = _worked(house, chains)
    with _full_tilt(house) as answers:
        beside = _worked(house, chains)
    assert sum(answers.values()) > TIMES_EACH * HANDS, answers
    ratio = statistics.median(beside) / statistics.median(alone)
    return {
        "pushes alone": len(alone),
        "ms alone, median": round(1000 * statistics.median(alone)),
        "pushes beside a greedy station": len(beside),
        "ms beside it, median": round(1000 * statistics.median(beside)),
        "ratio in percent": round(100 * ratio),
        **{f"the greedy one was answered {code}": answers[code] for code in sorted(answers)},
    }


def _worked(house: House, chains: Mapping[str, Chain]) -> list[float]:
    """Every honest station pushes sale after sale; none of it may be refused."""

    def work(name: str) -> list[float]:
        waits, until = [], time.monotonic() + PEACE_S
        while time.monotonic() < until:
            began = time.perf_counter()
            body, nonce = batch_of(chains[name].sale()), house.nonce(name)
            path = f"/v1/stations/{name}/entries"
            answer = house.send("POST", path, body, station=name, nonce=nonce)
            assert answer.status_code == 200, answer.text
            waits.append(time.perf_counter() - began)
        return waits

    with ThreadPoolExecutor(len(chains)) as hands:
        return [wait for waits in hands.map(work, chains) for wait in waits]


@contextmanager
def _full_tilt(house: House) -> Iterator[Counter[int]]:
    """Sixteen hands of one station: junk of four megabytes, bodies that never end, wrong keys."""
    done, answers, lock = threading.Event(), Counter[int](), threading.Lock()
    path = f"/v1/stations/{GREEDY}/entries"
    junk = batch_of([os.urandom(5_000)] * 500)
    half = house.raw_head("POST", path, house.signed("POST", path, junk, station=GREEDY), len(junk))

    def flood(at: int) -> None:
        while not done.is_set():
            try:
                if at % 4 == 0:
                    with house.wire() as wire:
                        wire.sendall(half + junk[:100_000])
                        done.wait(1)
                    continue
                key = TestKey() if at % 4 == 1 else house.keys[GREEDY]
                headers = house.signed("POST", path, junk, station=GREEDY, key=key, nonce="old")
                status = house.ask("POST", path, headers, junk).status_code
            except OSError:
                status = 0
            with lock:
                answers[status] += 1

    with ThreadPoolExecutor(HANDS) as hands:
        running = [hands.submit(flood, at) for at in range(HANDS)]
        try:
            yield answers
        finally:
            done.set()
            for one in running:
                one.result()
