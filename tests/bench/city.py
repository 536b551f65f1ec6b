"""A store with the directory of a whole city, made once and kept in the temporary folder."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from cardstation.domain.household import Address, Household
from cardstation.services.lists.directory_file import read_directory
from cardstation.services.lists.tariff_file import read_tariffs
from cardstation.store import Store
from cardstation.store.households import households, to_row
from cardstation.store.schema import VERSION
from tests.kit.desk import SAMPLES

HOUSEHOLDS = 1_720_000
IN_A_COMMUNITY = 3_440
MARK = "whole"
_WATERS, _TREES = "江河湖海溪泉潭湾波澜", "松柏杨柳桦枫梅兰竹菊"


def city_store() -> Path:
    """The folder of the store; made when it is not there yet, which takes less than a minute."""
    columns = hashlib.sha256(" ".join(households.columns.keys()).encode()).hexdigest()[:8]
    made_for = f"v{VERSION}-{columns}-{HOUSEHOLDS}"
    place = Path(tempfile.gettempdir()) / f"cardstation-bench-city-{made_for}"
    if not (place / MARK).exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        _make(place)
        (place / MARK).touch()
    return place


def _make(place: Path) -> None:
    """Rows go in by plain SQL, unsealed: a directory is only read here, never verified."""
    with closing(Store.open(place)) as store, store.unit() as unit:
        unit.tariffs.replace(*read_tariffs(SAMPLES / "tariffs.json"))
        unit.commit()
    with closing(sqlite3.connect(place / "station.db")) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        triggers = _triggers(file)
        for name, _ in triggers:
            file.execute(f'DROP TRIGGER "{name}"')
        columns = list(_plain(template()))
        marks = ", ".join("?" * len(columns))
        file.executemany(
            f"INSERT INTO households ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            _rows(columns),
        )
        for _, sql in triggers:
            file.execute(sql)
        file.commit()


def _triggers(file: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'households'"
    return list(file.execute(query))


def template() -> Household:
    """What all of them have in common."""
    for row in read_directory(SAMPLES / "households.csv", 2026):
        if isinstance(row, Household):
            return replace(row, chip="sle4442")
    raise LookupError


def _plain(home: Household) -> dict[str, object]:
    """A row as SQLite stores it."""
    found: dict[str, object] = {}
    for name, value in to_row(home).items():
        plain = getattr(value, "fen", getattr(value, "litres", value))
        plain = getattr(plain, "value", plain)
        found[name] = plain.isoformat() if hasattr(plain, "isoformat") else plain
    return found


def _rows(columns: list[str]) -> Iterator[tuple[object, ...]]:
    plain = _plain(template())
    places = {name: columns.index(name) for name in columns}
    row = [plain[name] for name in columns]
    for number in range(HOUSEHOLDS):
        row[places["account_no"]] = account_no(number)
        row[places["card_no"]] = card_no(number)
        row[places["meter_no"]] = f"QM{number:010d}"
        row[places["name"]] = name_of(number)
        address = address_of(number)
        row[places["community"]] = address.community
        row[places["building"]] = address.building
        row[places["unit"]] = address.unit
        row[places["room"]] = address.room
        yield tuple(row)


def account_no(number: int) -> str:
    """Of the household with this number."""
    return f"2201{number:08d}"


def card_no(number: int) -> str:
    """Of the household with this number."""
    return f"8801{number:010d}"


def name_of(number: int) -> str:
    """Two or three signs, the same few thousand names all over the city."""
    first = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
    second = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    return first[number % 20] + second[number // 20 % 20] + second[number // 400 % 20]


def address_of(number: int) -> Address:
    """Communities of 3 440 households; their names have no figures, as real ones."""
    at = number % IN_A_COMMUNITY
    building, rest = divmod(at, 120)
    unit, door = divmod(rest, 40)
    which = number // IN_A_COMMUNITY
    community = f"{_WATERS[which % 10]}{_WATERS[which // 10 % 10]}{_TREES[which // 100]}新城"
    return Address(community, str(building + 1), str(unit + 1), f"{door // 4 + 1}0{door % 4 + 1}")
