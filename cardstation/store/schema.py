"""The store's schema: made at once when new, migrated when behind, refused when newer."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, text

from cardstation.errors import Refusal
from cardstation.store import (
    account_changes,
    arrears,
    batches,
    charges,
    closings,
    feeds,
    gas_dues,
    grants,
    households,
    lists,
    lump_sums,
    payouts,
    readings,
    shifts,
    tariffs,
    tool_cards,
)
from cardstation.store.seals import seal_rows
from cardstation.store.tables import guards, metadata

VERSION = 18
REVISION = f"{VERSION:04d}"
MIGRATIONS = Path(__file__).parent / "migrations"
ALL_TABLES = metadata
"""Complete once these modules are imported: each puts its tables on it."""
_WITH_TABLES = (
    account_changes,
    arrears,
    batches,
    charges,
    closings,
    feeds,
    gas_dues,
    grants,
    households,
    lists,
    lump_sums,
    payouts,
    readings,
    shifts,
    tariffs,
    tool_cards,
)


def prepare(engine: Engine, path: Path) -> None:
    """Bring a store to this program's version; the file is copied before a migration.

    Raises:
        Refusal: `store_newer`.
    """
    with engine.connect() as connection:
        version = version_of(connection)
        if version > VERSION:
            raise Refusal("store_newer", file=str(path), version=version)
        if version == 0:
            make_schema(connection)
            connection.commit()
    if 0 < version < VERSION:
        _migrate(engine, path, version)


def version_of(connection: Connection) -> int:
    """The version stamped on a store, 0 = empty."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def make_schema(connection: Connection) -> None:
    """Make an empty store of this version; not committed."""
    ALL_TABLES.create_all(connection)
    also = (
        *shifts.APPEND_ONLY,
        *lump_sums.APPEND_ONLY,
        *arrears.APPEND_ONLY,
        *charges.APPEND_ONLY,
        *readings.APPEND_ONLY,
        *payouts.APPEND_ONLY,
        *feeds.APPEND_ONLY,
        *grants.APPEND_ONLY,
        *tool_cards.APPEND_ONLY,
        *account_changes.APPEND_ONLY,
        *closings.APPEND_ONLY,
        *gas_dues.APPEND_ONLY,
    )
    for guard in (*guards(), *guards(also)):
        connection.exec_driver_sql(guard)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": REVISION})
    seal_rows(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def _migrate(engine: Engine, path: Path, version: int) -> None:
    from alembic import command
    from alembic.config import Config

    copy = path.with_name(f"{path.name}.v{version}")
    copy.unlink(missing_ok=True)
    raw = engine.raw_connection()
    raw.execute("VACUUM INTO ?", (str(copy),))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, REVISION)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        connection.commit()
