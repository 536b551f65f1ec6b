"""The store: one writer, undo by default, append-only tables, schema and migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from cardstation.domain.card import Span, WritePlan
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Defect, Mishap, Refusal, StationBusy
from cardstation.sql.engine import writer_engine
from cardstation.store import Store, schema
from cardstation.store.anchor import Anchor, AnchorMark
from cardstation.store.frozen import freeze, thaw, thaw_any
from cardstation.store.households import households, to_row
from cardstation.store.schema import ALL_TABLES, MIGRATIONS, REVISION
from tests.kit import cards
from tests.kit.desk import StandingClock

NOW = StandingClock().at


def judged(store: Store) -> str:
    with store.reading() as reading:
        return reading.outbox.verdict()


def test_a_unit_is_undone_unless_committed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        with store.unit() as unit:
            unit.outbox.judge("ledger_fork", NOW)
        assert judged(store) == ""
        with store.unit() as unit:
            unit.outbox.judge("ledger_fork", NOW)
            unit.commit()
        assert judged(store) == "ledger_fork"


def test_one_writer_others_read_beside_it(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        with pytest.raises(StationBusy) as busy:
            Store.open(tmp_path)
        assert busy.value.exit_status == 6
        with Store.open(tmp_path, read_only=True) as beside:
            with store.unit() as unit:
                unit.outbox.judge("ledger_gap", NOW)
                assert judged(beside) == ""
                unit.commit()
            assert judged(beside) == "ledger_gap"
            with pytest.raises(Defect), beside.unit():
                pass
    with Store.open(tmp_path):
        pass


def test_readers_cannot_write(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path) as store,
        store.reading() as reading,
        pytest.raises(OperationalError),
    ):
        reading.outbox.judge("ledger_gap", NOW)


def test_reading_a_store_that_was_never_opened(tmp_path: Path) -> None:
    with Store.open(tmp_path / "new", read_only=True) as store, store.reading() as reading:
        assert reading.journal.head().seq == 0


def test_settings_of_the_writer(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, store.unit() as unit:
        connection = unit._connection

        def pragma(name: str) -> Any:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 5000
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_append_only_tables_refuse_changes(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, store.unit() as unit:
        unit.outbox.judge("ledger_gap", NOW)
        for change in ("UPDATE sync_verdict SET code = ''", "DELETE FROM sync_verdict"):
            with pytest.raises(DatabaseError, match="append-only"):
                unit._connection.execute(text(change))


def test_a_newer_store_is_refused_unchanged(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, store.unit() as unit:
        unit._connection.exec_driver_sql("PRAGMA user_version = 99")
        unit.commit()
    for read_only in (False, True):
        with pytest.raises(Refusal) as refused:
            Store.open(tmp_path, read_only=read_only)
        assert refused.value.code == "store_newer"


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "station.db").write_bytes(b"this is no database, and long enough to be sure" * 99)
    for read_only in (False, True):
        with pytest.raises(Mishap) as damaged:
            Store.open(tmp_path, read_only=read_only)
        assert damaged.value.code == "store_damaged"


def objects(connection: Connection) -> set[str]:
    query = "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    return set(connection.execute(text(query)).scalars())


def test_the_revisions_make_the_same_schema(tmp_path: Path) -> None:
    engine = writer_engine(tmp_path / "migrated.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        connection.commit()
        assert compare_metadata(MigrationContext.configure(connection), ALL_TABLES) == []
        migrated = objects(connection)
    engine.dispose()
    with Store.open(tmp_path) as store, store.unit() as unit:
        assert objects(unit._connection) == migrated


def test_an_older_store_is_copied_and_migrated(tmp_path: Path) -> None:
    engine = writer_engine(tmp_path / "station.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        verdict = "INSERT INTO sync_verdict (code, at) VALUES ('ledger_gap', :at)"
        connection.execute(text(verdict), {"at": NOW.isoformat()})
        connection.exec_driver_sql("PRAGMA user_version = 1")
        connection.commit()
    engine.dispose()
    with Store.open(tmp_path) as store:
        assert judged(store) == "ledger_gap"
        with store.unit() as unit:
            assert schema.version_of(unit._connection) == schema.VERSION
            migrated = objects(unit._connection)
    assert (tmp_path / "station.db.v1").exists()
    with Store.open(tmp_path / "new") as store, store.unit() as unit:
        assert objects(unit._connection) == migrated


def test_a_migration_hides_no_damage(tmp_path: Path) -> None:
    engine = writer_engine(tmp_path / "station.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql("DROP TRIGGER seal_sync_verdict_insert")
        verdict = "INSERT INTO sync_verdict (code, at) VALUES ('ledger_gap', :at)"
        connection.execute(text(verdict), {"at": NOW.isoformat()})
        connection.exec_driver_sql("PRAGMA user_version = 2")
        connection.commit()
    engine.dispose()
    with pytest.raises(Mishap) as damaged:
        Store.open(tmp_path)
    assert damaged.value.code == "store_damaged"


def test_frozen_copies_come_back_the_same() -> None:
    plan = WritePlan(b"\x00\x01", (Span(1, b"\x02"),), (range(2),))
    assert thaw(WritePlan, freeze(plan)) == plan
    for quantity in (Volume(5), Money(5)):
        assert thaw_any(Volume | Money, freeze(quantity)) == quantity
    with pytest.raises(Defect):
        thaw_any(Volume | Money, '{"pounds": 5}')


def test_the_anchor_is_whole_or_the_one_before(tmp_path: Path) -> None:
    anchor = Anchor(tmp_path)
    assert anchor.read() is None
    anchor.write(AnchorMark(1, 7, "ab"))
    (tmp_path / "anchor.part").write_bytes(b'{"epo')
    assert anchor.read() == AnchorMark(1, 7, "ab")
    (tmp_path / "anchor").write_bytes(b'{"epo')
    with pytest.raises(Mishap) as damaged:
        anchor.read()
    assert damaged.value.code == "anchor_damaged"


def test_what_a_row_says_is_in_no_error(tmp_path: Path) -> None:
    """Errors reach the log and the screen; names, addresses and card images must not."""
    with Store.open(tmp_path) as store, store.unit() as unit:
        unit.households.put([cards.household()])
        unit.commit()
    with Store.open(tmp_path) as store, store.unit() as unit:
        connection = unit.households._connection
        row = to_row(cards.household())
        with pytest.raises(IntegrityError) as failed:
            connection.execute(households.insert(), row)
    assert row["name"] not in str(failed.value)
