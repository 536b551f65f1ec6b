"""Taking in 3 000 rows against a city of 1.72 million households.

Beside it: only reading the file's cells, and one indexed point look-up for every row. Each run
takes in another community: a household that waits in an open batch already is a question of its
own, and would be asked for every row from the second run on.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import python_calamine

from cardstation.services.compare_list import compare_list
from cardstation.services.import_list import import_list
from cardstation.services.lists.reading import read_list
from cardstation.store import Store
from tests.bench.city import (
    HOUSEHOLDS,
    IN_A_COMMUNITY,
    account_no,
    address_of,
    card_no,
    city_store,
    name_of,
)
from tests.bench.row import Row, timed
from tests.kit.desk import bare_desk
from tests.kit.workbook import write_workbook

ROWS = 3000
RUNS = 3
MIDDLE = 250
"""The lists are most of the large communities in the middle of the city, one each."""
HEADER = ("序号", "户号", "卡号", "户主", "房号", "金额", "备注")


def measure() -> list[Row]:
    made_s, city = timed(city_store)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        lists = [_list(place / f"list{run}.xlsx", run, 100) for run in range(RUNS + 1)]
        with closing(sqlite3.connect(city / "station.db")) as file:
            looked = min(timed(lambda run=run: _look_up(file, run))[0] for run in range(RUNS + 1))
        copy = place / "home"
        shutil.copytree(city, copy)
        with closing(Store.open(copy)) as store:
            station = bare_desk(store)
            batch = import_list(station, lists[0])
            runs = [timed(lambda p=path: import_list(station, p)) for path in lists[1:]]
            ours = min(seconds for seconds, _ in runs)
            ready = min(sum(one.verdict == "ready" for one in taken.lines) for _, taken in runs)
            newer = read_list(_list(place / "newer.xlsx", 0, 170))
            compared, _ = timed(lambda: compare_list(station, batch.batch_id, newer))
        bare = min(timed(lambda p=path: _only_read(p))[0] for path in lists[1:])
    return [
        Row(
            f"{ROWS} rows against {HOUSEHOLDS}", ours * 1000, bare * 1000, against="calamine, cells"
        ),
        Row("  the same", ours * 1000, looked * 1000, against="point look-up per row"),
        Row("  per row", ours * 1e6 / ROWS, unit="µs", against=f"{ready} of {ROWS} ready"),
        Row("  newer list compared", compared * 1000, ours * 1000, against="taking it in"),
        Row("  city made or found", made_s, unit="s", against="kept in the temporary folder"),
    ]


def _first(run: int) -> int:
    return (MIDDLE + run) * IN_A_COMMUNITY


def _list(path: Path, run: int, yuan: int) -> Path:
    rows = []
    for at in range(ROWS):
        number = _first(run) + at
        home = address_of(number)
        door = f"{home.community}{home.building}栋{home.unit}单元{home.room}室"
        rows.append(
            (
                at + 1,
                float(account_no(number)),
                card_no(number),
                name_of(number),
                door,
                yuan + at % 7 * 50,
                "",
            )
        )
    return write_workbook(path, {"Sheet1": [HEADER, *rows]}, ())


def _look_up(file: sqlite3.Connection, run: int) -> int:
    query = "SELECT * FROM households WHERE account_no = ?"
    found = (file.execute(query, (account_no(_first(run) + at),)).fetchone() for at in range(ROWS))
    return sum(row is not None for row in found)


def _only_read(path: Path) -> int:
    with python_calamine.load_workbook(path) as book:
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
