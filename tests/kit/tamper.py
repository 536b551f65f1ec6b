"""Changes a store behind the program's back: with its seals left as they were, or forged too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from cardstation.sql.engine import writer_engine
from cardstation.store.seals import seal_rows


def touched(home: Path, *statements: str) -> None:
    """What somebody with the file and SQL can do: guards away, change, guards back."""
    with unguarded(home) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def unguarded(home: Path) -> Iterator[sqlite.Connection]:
    """A connection to the store while its triggers are away; committed at the end."""
    with closing(sqlite.connect(str(home / "station.db"), isolation_level=None)) as connection:
        triggers = triggers_of(connection)
        connection.execute("BEGIN")
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for sql in triggers.values():
            connection.execute(sql)
        connection.execute("COMMIT")


def triggers_of(connection: sqlite.Connection) -> dict[str, str]:
    """The store's triggers: name and statement."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return dict(found.fetchall())


def forged(home: Path, *statements: str) -> None:
    """The same by somebody who has this program: every row is sealed again."""
    touched(home, *statements)
    engine = writer_engine(home / "station.db")
    with engine.connect() as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'seal_%'"
        for name in connection.exec_driver_sql(names).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM row_seal")
        seal_rows(connection)
        connection.commit()
    engine.dispose()
