"""The months of the journal: a partition each, made ahead by the database's own function.

An entry is in the month of its id, which begins with the station's milliseconds. What bears no
time, or one whose month nobody made, is in `journal_default`: never an error. When its month is
made, it moves there. Migration r0017 says why the key is the id.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from cardstation.central.engine import transaction
from cardstation.errors import Mishap, OutcomeUnknown

AHEAD = 3


def keep_months(engine: Engine) -> None:
    """As `make_months`; what cannot be made now, without a standby say, is left for the next time.

    Args:
        engine: The books, as the service's role.
    """
    with suppress(Mishap, OutcomeUnknown), transaction(engine) as connection:
        make_months(connection)


def make_months(connection: Connection) -> None:
    """Make the partitions of this month and the next ones; quickly nothing where they are.

    One that waits for a long reader of `journal_default` is left for the next time.
    """
    today: date = connection.scalars(select(func.current_date())).one()
    for ahead in range(AHEAD):
        year, month = divmod(today.month - 1 + ahead, 12)
        first = date(today.year + year, month + 1, 1)
        connection.execute(select(func.make_month(first)))
