"""Any single bit changed in the store is found and named: by value, in the file, beside it.

By value: each column of each row of every table. In the file: seeded single bits of the closed
store; a bit that is not found must leave every table, index and trigger saying the same.
`BITS` flips that many bits of the file instead of the few that CI takes.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlite

from cardstation.services.station import Station
from cardstation.services.verify import verify
from cardstation.store.seals import NOT_SEALED
from cardstation.store.store import FILE_NAME
from cardstation.store.tables import metadata
from tests.kit import bits
from tests.kit.bits import UNUSED, closed_desk, digest_of, file_bits, flipped, repeated
from tests.kit.full_desk import full_desk, rare_rows
from tests.kit.repeat import first_seed, times
from tests.kit.station import Desk
from tests.kit.tamper import forged, touched, unguarded

Record = Callable[[str, object], None]
SEED = 20_261_125
FILE_BITS = 160
TABLES = sorted(metadata.tables.keys() - NOT_SEALED)
_TOP = 1 << 63


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with repeated(SEED):
        opened = full_desk(tmp_path)
    assert verify(opened.station).disagreements == ()
    yield opened
    opened.station.store.close()


@dataclass(frozen=True)
class Flip:
    """One column of one row, and the value it shall have instead."""

    table: str
    column: str
    key: str
    rowid: int
    row: tuple[Any, ...]
    value: Any

    def done(self, connection: sqlite.Connection) -> int | None:
        """Change the value; None where SQLite itself refuses such a row beside the others."""
        names = [one.name for one in metadata.tables[self.table].columns]
        changed = list(self.row)
        changed[names.index(self.column)] = self.value
        self._take(connection, self.rowid)
        try:
            return self._put(connection, changed, self.row)
        except sqlite.IntegrityError:
            self._put(connection, self.row, self.row)
            return None

    def undone(self, connection: sqlite.Connection, rowid: int) -> None:
        """Put the row back as it was."""
        self._take(connection, rowid)
        self._put(connection, self.row, self.row)

    def _take(self, connection: sqlite.Connection, rowid: int) -> None:
        connection.execute(f"DELETE FROM {self.table} WHERE rowid = ?", (rowid,))  # noqa: S608

    def _put(self, connection: sqlite.Connection, row: Sequence[Any], old: Sequence[Any]) -> int:
        """Insert a row; a text that is no UTF-8 any more goes in as bytes that are called one."""
        table = metadata.tables[self.table]
        names = [f'"{one.name}"' for one in table.columns]
        places = [
            "CAST(? AS TEXT)" if isinstance(was, str) and isinstance(now, bytes) else "?"
            for now, was in zip(row, old, strict=True)
        ]
        values = list(row)
        if table.autoincrement_column is None:
            names, places, values = ["rowid", *names], ["?", *places], [self.rowid, *values]
        put = f"INSERT INTO {self.table} ({', '.join(names)}) VALUES ({', '.join(places)})"  # noqa: S608
        rowid = connection.execute(put, values).lastrowid
        assert rowid is not None
        return int(rowid)


def flips_of(connection: sqlite.Connection, table: str, chance: random.Random) -> list[Flip]:
    """Every column of a row of its own, with one bit changed at every position of a byte."""
    names = [one.name for one in metadata.tables[table].columns]
    keys = [f'"{one.name}"' for one in metadata.tables[table].primary_key.columns]
    key = f"json_array({', '.join(keys)})" if len(keys) > 1 else f"CAST({keys[0]} AS TEXT)"
    query = f"SELECT rowid, {key}, {', '.join(map(repr_, names))} FROM {table}"  # noqa: S608
    rows = connection.execute(query).fetchall()
    assert rows, f"no row in {table}"
    flips = []
    for index, name in enumerate(names):
        rowid, key, *row = chance.choice(rows)
        flips += [
            Flip(table, name, key, rowid, tuple(row), value)
            for value in values_flipped(row[index], chance)
        ]
    return flips


def repr_(name: str) -> str:
    return f'"{name}"'


def values_flipped(value: object, chance: random.Random) -> list[object]:
    """The value with one bit changed, for every position of a byte and some of the places."""
    if value is None:
        return [0, b""]
    if isinstance(value, int):
        bits = sorted({*range(8), 31, 62, 63, chance.randrange(63)})
        return [((value ^ (1 << bit)) + _TOP) % (_TOP * 2) - _TOP for bit in bits]
    raw = value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]
    if not raw:
        return [b"\x01"]
    return [flipped(raw, 8 * chance.randrange(len(raw)) + bit) for bit in range(8)]


def test_every_column_of_every_table_is_sealed(
    desk: Desk, tmp_path: Path, record_property: Record
) -> None:
    """One column of one row of every table at once; verify names those rows and no others."""
    rare_rows(desk)
    chance, bits, seen = random.Random(SEED), 0, set()
    with unguarded(tmp_path) as connection:
        connection.execute("COMMIT")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        work = {table: flips_of(connection, table, chance) for table in TABLES}
        while any(work.values()):
            flips = [waiting.pop() for waiting in work.values() if waiting]
            done = [(flip, rowid) for flip in flips if (rowid := flip.done(connection)) is not None]
            told = named_rows(desk.station)
            for flip, rowid in done:
                assert (flip.table, flip.key) in told, flip
                flip.undone(connection, rowid)
            assert {table for table, _ in told} == {flip.table for flip, _ in done}
            seen |= {(flip.table, flip.column) for flip, _ in done}
            bits += len(done)
        connection.execute("BEGIN")
    assert seen == {(table, one.name) for table in TABLES for one in metadata.tables[table].columns}
    assert verify(desk.station).ok
    said = f"{bits} bits in {len(seen)} columns of {len(TABLES)} tables changed"
    record_property("figures", f"single bits of values: {said}, unfound 0")


def named_rows(station: Station) -> set[tuple[Any, Any]]:
    """Table and key of every row that `verify` names."""
    found = verify(station).disagreements
    return {
        (one.values["where"], one.values["key"]) for one in found if one.code.startswith("row_")
    }


def test_a_changed_seal_names_its_row(desk: Desk, tmp_path: Path, record_property: Record) -> None:
    chance, bits = random.Random(SEED), 0
    with closing(sqlite.connect(str(tmp_path / FILE_NAME), isolation_level=None)) as connection:
        seals = connection.execute("SELECT table_name, key, seal FROM row_seal").fetchall()
        for row in chance.sample(seals, 12):
            for index, raw in enumerate((row[0].encode(), row[1].encode(), row[2])):
                values: list[Any] = list(row)
                values[index] = flipped(raw, chance.randrange(len(raw) * 8))
                gone = "DELETE FROM row_seal WHERE table_name = ? AND key = ?"
                connection.execute(gone, row[:2])
                put = "INSERT OR REPLACE INTO row_seal VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?)"
                connection.execute(put, values)
                assert row[:2] in named_rows(desk.station)
                bits += 1
                connection.execute("DELETE FROM row_seal")
                connection.executemany("INSERT INTO row_seal VALUES (?, ?, ?)", seals)
    assert verify(desk.station).ok
    record_property("figures", f"single bits of seals: {bits} changed, unfound 0")


def test_every_bit_of_the_file_is_found_or_says_nothing(
    tmp_path: Path, record_property: Record
) -> None:
    count = times("BITS", FILE_BITS)
    told = file_bits(tmp_path, count, first_seed())
    said, unused = dict(told), told[UNUSED]
    assert count > unused
    record_property(
        "figures",
        f"single bits of the file: {count} changed, {count - unused} of them with a meaning, all"
        f" found; {unused} in unused space, where nothing says anything else; {said}",
    )


def test_a_seed_is_the_same_files_in_every_process(tmp_path: Path) -> None:
    """In another process sets lie in another order, and chance is another."""
    here, there, other = (tmp_path / name for name in ("here", "there", "other"))
    program = (
        "import sys, tests.conftest; from pathlib import Path; from tests.kit.bits import"
        " closed_desk; closed_desk(Path(sys.argv[1]), int(sys.argv[2]))"
    )
    words = [sys.executable, "-c", program, str(there), str(SEED)]
    subprocess.run(words, check=True, env={**os.environ, "PYTHONHASHSEED": "1"})
    closed_desk(here, SEED)
    closed_desk(other, SEED + 1)
    assert digests(there) == digests(here)
    assert digests(other)[FILE_NAME] != digests(here)[FILE_NAME]


def digests(home: Path) -> dict[str, str]:
    """Of the store and, signed with the device key, its anchor."""
    return {name: digest_of((home / name).read_bytes()) for name in (FILE_NAME, "anchor")}


def test_a_bit_that_is_not_found_says_how_to_meet_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: a proof that finds nothing; two runs of one seed stop at one bit of one file."""
    monkeypatch.setattr(bits, "verdict_on", lambda *_: "")
    said = []
    for name in ("one", "two"):
        with pytest.raises((AssertionError, sqlite.DatabaseError)) as stop:
            file_bits(tmp_path / name, FILE_BITS, SEED)
        said.append(stop.value.__notes__)
    assert said[0] == said[1]
    assert f"SEED={SEED} ./dev soak bits: bit " in said[0][0]


@pytest.mark.parametrize("seq", [1, 4])
def test_an_acked_entry_is_found_even_with_its_seal_forged(
    desk: Desk, tmp_path: Path, seq: int
) -> None:
    with desk.station.store.reading() as reading:
        stored = reading.journal.at(seq)
        assert stored is not None
        assert seq <= reading.outbox.acked()[0]
    chance = random.Random(SEED)
    for _ in range(12):
        raw = flipped(stored.raw, chance.randrange(len(stored.raw) * 8)).hex()
        forged(tmp_path, f"UPDATE journal SET raw = x'{raw}' WHERE seq = {seq}")  # noqa: S608
        assert {found.code for found in verify(desk.station).disagreements} & {
            "chain_broken",
            "entry_unreadable",
        }


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "UPDATE ledger_ack SET acked_hash = substr(acked_hash, 2) || substr(acked_hash, 1, 1)",
            "ledger_fork",
        ),
        ("UPDATE ledger_ack SET acked_seq = acked_seq + 64", "ledger_fork"),
        ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", "store_rolled_back"),
    ],
)
def test_ack_and_anchor_find_what_was_sealed_again(
    desk: Desk, tmp_path: Path, statement: str, code: str
) -> None:
    forged(tmp_path, statement)
    assert code in {found.code for found in verify(desk.station).disagreements}


@pytest.mark.parametrize(
    ("statement", "code", "where"),
    [
        ("DROP TRIGGER keep_journal_update", "object_missing", "keep_journal_update"),
        ("DROP TRIGGER seal_payment_insert", "object_missing", "seal_payment_insert"),
        ("DROP INDEX one_open_intent_per_card", "object_missing", "one_open_intent_per_card"),
        ("CREATE INDEX extra ON topup (state)", "object_added", "extra"),
        ("UPDATE alembic_version SET version_num = '0002'", "row_changed", "alembic_version"),
        (
            "UPDATE alembic_version SET version_num = CAST(version_num AS BLOB)",
            "row_changed",
            "alembic_version",
        ),
        ("INSERT INTO pin_try SELECT 99, 'a', 'b', 'c', 'd', 5", "row_added", "pin_try"),
        ("DELETE FROM payment", "row_removed", "payment"),
    ],
)
def test_what_is_wrong_is_named(
    desk: Desk, tmp_path: Path, statement: str, code: str, where: str
) -> None:
    if statement.startswith(("DROP", "CREATE")):
        with closing(sqlite.connect(str(tmp_path / FILE_NAME))) as connection:
            connection.execute(statement)
    else:
        touched(tmp_path, statement)
    found = verify(desk.station).disagreements
    assert (code, where) in {(one.code, one.values["where"]) for one in found}


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE sqlite_master SET sql = replace(sql, 'append-only', 'append') WHERE name = ?",
        "UPDATE sqlite_master SET name = CAST(name AS BLOB) WHERE name = ?",
    ],
    ids=["it says something else", "its name is kept as bytes"],
)
def test_a_changed_guard_is_named(desk: Desk, tmp_path: Path, changed: str) -> None:
    """A bit that made bytes of a name was found by the long run: it still reads as the name."""
    with closing(sqlite.connect(str(tmp_path / FILE_NAME), isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(changed, ("keep_journal_delete",))
    found = verify(desk.station).disagreements
    assert [(one.code, one.values["where"]) for one in found] == [
        ("object_changed", "keep_journal_delete")
    ]
