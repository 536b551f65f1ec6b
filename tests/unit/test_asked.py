"""A statement that is handed straight to the driver answers as SQLAlchemy would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from cardstation.domain.money import Money
from cardstation.errors import Defect
from cardstation.sql.asked import Asked, adding, newest
from cardstation.sql.engine import memory_engine
from cardstation.sql.types import Fen

SOLD = Table(
    "sold",
    MetaData(),
    Column("no", Integer, primary_key=True),
    Column("who", Text, nullable=False, unique=True),
    Column("money", Fen),
)
ADD = adding(SOLD)
OF = Asked(select(SOLD).where(SOLD.c.who == bindparam("who")))


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = memory_engine()
    with engine.connect() as opened:
        SOLD.create(opened)
        ADD.write(opened, {"who": "anna", "money": Money(250)})
        ADD.write(opened, {"who": "bo", "money": None})
        yield opened
    engine.dispose()


def test_values_go_in_and_come_out_as_their_types_say(connection: Connection) -> None:
    row = OF.first(connection, who="anna")
    assert (row.no, row.who, row.money) == (1, "anna", Money(250))
    assert OF.first(connection, who="bo").money is None
    assert OF.first(connection, who="nobody") is None
    same = connection.execute(select(SOLD)).all()
    assert [tuple(row) for row in Asked(select(SOLD)).every(connection)] == same


def test_a_constant_is_written_as_its_type_says(connection: Connection) -> None:
    cheap = Asked(select(SOLD.c.who).where(Money(300) > SOLD.c.money))
    assert [row.who for row in cheap.every(connection)] == ["anna"]


def test_it_says_how_many_rows_it_changed(connection: Connection) -> None:
    change = Asked(
        SOLD.update().where(SOLD.c.who == bindparam("of")).values(money=bindparam("money"))
    )
    assert change.write(connection, {"of": "anna", "money": Money(1)}) == 1
    assert change.write(connection, {"of": "nobody", "money": Money(1)}) == 0


def test_it_begins_a_transaction_that_can_be_undone(connection: Connection) -> None:
    connection.commit()
    ADD.write(connection, {"who": "cy", "money": None})
    assert connection.in_transaction()
    connection.rollback()
    assert OF.first(connection, who="cy") is None


def test_errors_are_those_of_sqlalchemy(connection: Connection) -> None:
    with pytest.raises(IntegrityError):
        ADD.write(connection, {"who": "anna", "money": None})
    with pytest.raises(OperationalError) as caught:
        Asked(text("SELECT no FROM nowhere").columns(Column("no", Integer))).first(connection)
    assert "nowhere" in str(caught.value.orig)


def test_the_newest_row_is_found_without_a_limit(connection: Connection) -> None:
    assert Asked(select(SOLD.c.who).where(newest(SOLD.c.no))).first(connection).who == "bo"
    some = newest(SOLD.c.no, SOLD.c.money.is_not(None))
    assert Asked(select(SOLD.c.who).where(some)).first(connection).who == "anna"
    with pytest.raises(Defect):
        Asked(select(SOLD).limit(1)).first(connection)
