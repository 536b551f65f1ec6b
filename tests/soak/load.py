"""A thousand stations come back at once with two thousand entries each, then ten minutes of load.

The service is one process with its private PostgreSQL. Nothing may be lost or doubled, and the
memory of the service stays where it was.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, func, select

from cardstation.central import proving
from cardstation.central.centre_key import load_or_create_centre_key
from cardstation.central.embedded import OWNER, SERVICE
from cardstation.central.engine import open_engine
from cardstation.central.process import CentralProcess
from cardstation.central.serve import embedded_postgres, key_file_in
from cardstation.central.tables import journal, postings
from tests.kit.crowd import crowd_catches_up, watched
from tests.kit.postgres import TestPin
from tests.kit.repeat import times
from tests.soak.figures import Figures

STATIONS = 1_000
EACH = 1_998
"""Two thousand, in whole sales."""
LOAD_S = 600
FEW = 50
FLAT = 1.10
"""How much larger the service may be in the last fifth of the load than in the second."""


def soak() -> Figures:
    """Catch up, go on under load, prove the books."""
    home = Path(tempfile.mkdtemp(prefix="cs-soak-"))
    try:
        with CentralProcess(home) as service:
            return _loaded(home, service)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _loaded(home: Path, service: CentralProcess) -> Figures:
    cluster = embedded_postgres(home)
    cluster.running()
    owner = create_engine(cluster.dsn(OWNER))
    pin = TestPin(load_or_create_centre_key(key_file_in(home)).public)
    stations, each = times("CROWD", STATIONS), times("CROWD_EACH", EACH)
    crowd = crowd_catches_up(service.url, owner, pin, stations=stations, each=each)
    sent, rounds, until = crowd.entries, 0, time.monotonic() + times("LOAD_S", LOAD_S)
    with watched(service.pid) as seen:
        while time.monotonic() < until:
            rounds += 1
            more = crowd_catches_up(
                service.url, owner, pin, stations=FEW, each=600, prefix=f"R{rounds}-"
            )
            sent += more.entries
    with owner.connect() as connection:
        held = connection.scalar(select(func.count()).select_from(journal)) or 0
        distinct = connection.scalar(select(func.count(journal.c.entry_id.distinct()))) or 0
        total = int(connection.scalar(select(func.sum(postings.c.fen))) or 0)
    owner.dispose()
    engine = open_engine(cluster.dsn(SERVICE), connections=1)
    wrong = proving.disagreements(engine)
    engine.dispose()
    fifth = len(seen) // 5
    begun, ended = statistics.median(seen[fifth : 2 * fifth]), statistics.median(seen[-fifth:])
    figures = {
        "stations": stations,
        "entries of the crowd": crowd.entries,
        "seconds of the crowd": round(crowd.seconds),
        "entries a second": round(crowd.entries / crowd.seconds),
        "told to wait": crowd.busy,
        "ms a push, half of them": round(crowd.wait_ms(0.5)),
        "ms a push, 99 of 100": round(crowd.wait_ms(0.99)),
        "entries after that": sent - crowd.entries,
        "MiB of the service then": round(begun),
        "MiB at the end": round(ended),
        "lost": sent - distinct,
        "doubled": held - distinct,
        "sum of postings": total,
    }
    assert (held, distinct, total, wrong) == (sent, sent, 0, ()), (figures, wrong)
    assert ended <= FLAT * begun, figures
    return figures
