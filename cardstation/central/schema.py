"""Brings a database to the current schema; does nothing, quickly, when it is there already."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

from cardstation.central.engine import at_start
from cardstation.central.months import make_months
from cardstation.errors import Refusal

HEAD = "r0021"
FOLDER = Path(__file__).parent / "migrations"


def prepare_database(owner_dsn: str, *, database: str, service: str) -> None:
    """Make the database and the service's login where they are missing; migrate.

    Args:
        owner_dsn: Address of the maintenance database, as the cluster's owner.
        database: Name of the ledger's database.
        service: Login of the service; it owns nothing.
    """
    cluster = create_engine(owner_dsn, isolation_level="AUTOCOMMIT")
    with cluster.connect() as connection:
        if not _there(connection, "SELECT 1 FROM pg_roles WHERE rolname = :name", service):
            connection.execute(text(f'CREATE ROLE "{service}" LOGIN'))
        if not _there(connection, "SELECT 1 FROM pg_database WHERE datname = :name", database):
            connection.execute(text(f'CREATE DATABASE "{database}"'))
    cluster.dispose()
    engine = create_engine(make_url(owner_dsn).set(database=database))
    migrate(engine)
    engine.dispose()


def _there(connection: Connection, query: str, name: str) -> bool:
    return connection.scalar(text(query), {"name": name}) is not None


def revision(connection: Connection) -> str:
    """The schema's revision, empty for an empty database."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def migrate(engine: Engine) -> None:
    """Bring a database to `HEAD`.

    Raises:
        Refusal: `ledger_newer`: a newer version of this program made it.
        Mishap: `ledger_database_gone`.
    """
    with at_start(engine) as connection, connection.begin():
        found = revision(connection)
        if found == HEAD:
            make_months(connection)
            return
        if found > HEAD:
            raise Refusal("ledger_newer", found=found, known=HEAD)
        _upgrade(connection)
        make_months(connection)


def _upgrade(connection: Connection) -> None:
    # Imported here: a start on a current database does not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
