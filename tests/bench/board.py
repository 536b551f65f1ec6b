"""The board of 40 bags and the triage list of a large community, beside what they are made of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cardstation.domain.batch import Batch, Zone
from cardstation.domain.forecast import MeterReading
from cardstation.domain.household import Household
from cardstation.domain.volume import Volume
from cardstation.services.batch_state import batch_state
from cardstation.services.board_state import board_state
from cardstation.services.triage_list import triage_list
from tests.bench.row import Row, best_ms
from tests.kit.station import Desk, line, neighbours, open_desk

BAGS, CARDS, HOMES, RUNS = 40, 64, 3_000, 5


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _desk(Path(folder)) as desk:
        station = desk.station
        community = _homes()[0].address.community

        def each_bag() -> None:
            with station.store.reading() as reading:
                ids = reading.batches.ids()
            for batch_id in ids:
                batch_state(station, batch_id)

        def households() -> None:
            with station.store.reading() as reading:
                reading.households.of_community(community)

        return [
            Row(
                f"board, {BAGS} bags of {CARDS}",
                best_ms(lambda: board_state(station), RUNS),
                best_ms(each_bag, RUNS),
                against="the lines of each",
            ),
            Row(
                f"triage list, {HOMES} households read twice",
                best_ms(lambda: triage_list(station, community), RUNS),
                best_ms(households, RUNS),
                against="reading the households",
            ),
        ]


@contextmanager
def _desk(folder: Path) -> Iterator[Desk]:
    homes = _homes()
    desk = open_desk(folder, households=homes)
    now = desk.clock.now()
    with desk.station.store.unit() as unit:
        for bag in range(1, BAGS + 1):
            lines = tuple(line(home, row) for row, home in enumerate(homes[:CARDS], start=4))
            whose = {"community": f"C{bag % 17}", "team": f"T{bag % 5}"}
            made = Batch(f"2026-11-24-{bag:02d}", "list", f"{bag}", now, None, None, lines, **whose)
            unit.batches.add(replace(made, zone=list(Zone)[bag % len(Zone)]))
        for home in homes:
            for days, left in ((10, 13_000), (0, 3_000)):
                at = now - timedelta(days=days)
                meter_no, counter = home.meter.meter_no, home.purchase_counter
                read = MeterReading(
                    home.account_no, meter_no, Volume(left), Volume(13_000), counter, at
                )
                unit.readings.add(read, at)
        unit.commit()
    yield desk
    desk.station.store.close()


def _homes() -> list[Household]:
    return neighbours(HOMES)
