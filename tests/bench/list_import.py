"""Taking in a list of 3 000 rows beside only reading its cells."""

from __future__ import annotations

import csv
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import python_calamine

from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.store import Store
from tests.bench.row import Row, timed
from tests.kit.desk import SAMPLES, bare_desk
from tests.kit.workbook import write_workbook

ROWS = 3000
RUNS = 3
COMMUNITY = "伊通河畔"
HEADER = ("序号", "户号", "卡号", "户主", "房号", "金额", "备注")
Person = dict[str, str]


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        people = _people()
        directory = _directory(place / "households.csv", people)
        lists = [_list(place / f"list{run}.xlsx", people, 100 + run) for run in range(RUNS + 1)]
        with closing(Store.open(place / "home")) as store:
            station = bare_desk(store)
            filed, _ = timed(lambda: import_directory(station, directory, SAMPLES / "tariffs.json"))
        runs = [_taken_in(place, path) for path in lists][1:]
        ours, ready = min(seconds for seconds, _ in runs), min(count for _, count in runs)
        bare = min(timed(lambda p=path: _only_read(p))[0] for path in lists[1:])
    return [
        Row(f"list of {ROWS} rows taken in", ours * 1000, bare * 1000, against="calamine, cells"),
        Row("  per row", ours * 1e6 / ROWS, unit="µs", against=f"{ready} of {ROWS} ready"),
        Row(f"directory of {len(people)} taken in", filed * 1000, against="first time, CSV"),
    ]


def _taken_in(place: Path, path: Path) -> tuple[float, int]:
    """Seconds and ready rows, at a desk where nobody of this list waits in another batch."""
    home = place / path.stem
    shutil.copytree(place / "home", home)
    with closing(Store.open(home)) as store:
        seconds, batch = timed(lambda: import_list(bare_desk(store), path))
    return seconds, sum(line.verdict == "ready" for line in batch.lines)


def _people() -> list[Person]:
    """The sample directory, enlarged, as one community with a door for everybody."""
    with (SAMPLES / "households.csv").open(encoding="utf-8") as file:
        sample = list(csv.DictReader(file))
    people = []
    for number in range(ROWS):
        one = dict(sample[number % len(sample)])
        one["account_no"] = f"2201{number:08d}"
        one["card_no"] = f"8801{number:010d}"
        one["meter_no"] = f"QM{number:010d}"
        one["community"], one["chip"] = COMMUNITY, "sle4442"
        one["building"], one["unit"] = str(number // 120 + 1), str(number // 40 % 3 + 1)
        one["room"] = f"{number // 4 % 10 + 1}0{number % 4 + 1}"
        people.append(one)
    return people


def _directory(path: Path, people: list[Person]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(people[0]))
        writer.writeheader()
        writer.writerows(people)
    return path


def _list(path: Path, people: list[Person], yuan: int) -> Path:
    rows = [
        (
            number,
            float(one["account_no"]),
            one["card_no"],
            one["name"],
            f"{one['building']}栋{one['unit']}单元{one['room']}室",
            yuan + number % 7 * 50,
            "",
        )
        for number, one in enumerate(people, start=1)
    ]
    title = (f"{COMMUNITY}小区燃气卡代收登记表",)
    return write_workbook(path, {"Sheet1": [title, HEADER, *rows]}, ("A1:G1",))


def _only_read(path: Path) -> int:
    with python_calamine.load_workbook(path) as book:
        return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
