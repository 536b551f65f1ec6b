"""A ledger in use at an earlier revision: the rows of a current one in the tables of then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from psycopg import Connection as Link
from sqlalchemy import Engine, create_engine, text

from cardstation.central import schema
from cardstation.central.engine import open_engine
from tests.kit.postgres import Books

_FIRST = ("stations", "journal")
_THEN = (
    *("postings", "balances", "class_totals", "card_load", "orders", "exceptions", "epochs"),
    *("branches", "invoices", "off_book_loads"),
)


@contextmanager
def books_at(books: Books, revision: str) -> Iterator[Engine]:
    """A second database at `revision` with the facts of the first; yields its owner's engine."""
    name = f"old_{books.owner.url.database}"
    cluster = create_engine(books.owner.url, isolation_level="AUTOCOMMIT")
    with cluster.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    address = books.owner.url.set(database=name)
    old = open_engine(address.render_as_string(hide_password=False))
    try:
        with old.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(schema.FOLDER))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            connection.execute(text("TRUNCATE stations CASCADE"))
        with books.owner.connect() as here, old.begin() as there:
            later = ("day_totals",) if revision >= "r0015" else ()
            for table in (*_FIRST, *_THEN, *later):
                _copy(here.connection.driver_connection, there.connection.driver_connection, table)
        yield old
    finally:
        old.dispose()
        with cluster.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        cluster.dispose()


def _copy(here: object, there: object, table: str) -> None:
    assert isinstance(here, Link)
    assert isinstance(there, Link)
    rows = here.cursor().copy(f"COPY (SELECT * FROM {table}) TO STDOUT")  # noqa: S608  # our own
    with rows as out, there.cursor().copy(f"COPY {table} FROM STDIN") as into:
        for part in out:
            into.write(part)
