"""The database itself refuses what must not happen; the oracle sees what it cannot refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Row, create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cardstation.central import proving, schema
from cardstation.central.engine import open_engine, refuse_unsafe
from cardstation.central.proving import disagreements
from cardstation.central.tables import BOOKS
from cardstation.errors import Refusal
from tests.kit.console import Town
from tests.kit.facts import Chain
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

FORGED = """
    UPDATE journal SET raw = convert_to(r, 'UTF8'), hash = sha256(convert_to(r, 'UTF8'))
    FROM (SELECT replace(convert_from(raw, 'UTF8'), '3000', '3001') AS r FROM journal
          WHERE seq = 1 AND station = 'S001') AS other
    WHERE seq = 1
"""


def test_the_migrations_make_the_tables(ledger_books: Books) -> None:
    with ledger_books.owner.connect() as connection:
        whole = {"include_name": lambda name, kind, _: kind != "table" or "journal_" not in name}
        context = MigrationContext.configure(connection, opts=whole)
        assert compare_metadata(context, BOOKS) == []


def test_the_current_revision_is_the_last_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_a_newer_database_is_refused(ledger_books: Books) -> None:
    with ledger_books.owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(Refusal, match="ledger_newer"):
        schema.migrate(ledger_books.owner)


@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET entry_id = entry_id", "DELETE FROM {}", "TRUNCATE {}"]
)
@pytest.mark.parametrize("table", ["journal", "postings"])
def test_the_service_cannot_change_facts(ledger_books: Books, verb: str, table: str) -> None:
    with (
        ledger_books.engine.connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text(verb.format(table)))


@pytest.mark.parametrize("fen", [[1], [1, -2], [5, -4, -2]], ids=str)
def test_legs_that_do_not_sum_to_zero_are_not_committed(centre: Centre, fen: list[int]) -> None:
    ledger = centre.station()
    ledger.push([Chain().add("armed")], ledger.head().nonce)
    leg = text("INSERT INTO postings SELECT entry_id, :account, :fen FROM journal")
    with centre.books.engine.connect() as connection:
        connection.execute(leg, [{"account": f"a{at}", "fen": at} for at in fen])
        with pytest.raises(IntegrityError, match="do not sum to zero"):
            connection.commit()


def test_bytes_that_are_not_their_hash_are_not_stored(centre: Centre) -> None:
    ledger = centre.station()
    ledger.push([Chain().add("armed")], ledger.head().nonce)
    with pytest.raises(IntegrityError), centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET raw = raw || 'x'::bytea"))


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("UPDATE balances SET fen = fen + 1 WHERE account = 'gas_sold'", "balance"),
        ("DELETE FROM class_totals WHERE account_class = 'tender'", "class total"),
        ("UPDATE day_totals SET fen = fen + 1 WHERE account_class = 'gas_sold'", "day total"),
        ("UPDATE day_totals SET posted_on = posted_on + 1", "day total"),
        ("UPDATE stations SET last_seq = 9 WHERE station = 'S001'", "holes"),
        ("UPDATE stations SET last_hash = sha256('') WHERE station = 'S001'", "head"),
        (FORGED, "chain broken"),
        ("UPDATE postings SET fen = fen * 2", "balance"),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_the_oracle_sees(centre: Centre, planted: str, seen: str) -> None:
    """A planted fault must be found, else the oracle proves nothing."""
    ledger = centre.station()
    ledger.push(Chain().sale(), ledger.head().nonce)
    centre.books.prove()
    with centre.books.owner.connect() as connection:
        connection.execute(text(planted))
        connection.commit()
        found = " ".join(disagreements(centre.books.engine))
        assert seen in found
    with centre.books.owner.begin() as connection:
        connection.execute(
            text("TRUNCATE journal, entry_index, balances, class_totals, day_totals CASCADE")
        )
        connection.execute(text("DELETE FROM stations"))


def test_a_forgetful_database_is_refused(ledger_books: Books) -> None:
    refuse_unsafe(ledger_books.engine)
    name = ledger_books.owner.url.database
    with ledger_books.owner.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    careless = open_engine(ledger_books.dsn, connections=1)
    with pytest.raises(Refusal, match="ledger_not_durable") as refused:
        refuse_unsafe(careless)
    careless.dispose()
    assert refused.value.values == {"setting": "synchronous_commit", "found": "off"}


def test_a_role_that_may_change_facts_is_refused(ledger_books: Books) -> None:
    with pytest.raises(Refusal, match="ledger_role_too_strong"):
        refuse_unsafe(ledger_books.owner)


def test_a_role_that_may_take_on_a_stronger_one_is_refused(ledger_books: Books) -> None:
    """`SET ROLE` needs no inherited right."""
    with ledger_books.owner.begin() as connection:
        for statement in (
            "CREATE ROLE sneaky LOGIN NOINHERIT IN ROLE cardstation_service",
            "CREATE ROLE strong",
            "GRANT DELETE ON postings TO strong",
            "GRANT strong TO sneaky",
        ):
            connection.execute(text(statement))
    sneaky = open_engine(ledger_books.dsn.replace("cardstation_service@", "sneaky@"))
    try:
        with pytest.raises(Refusal, match="ledger_role_too_strong") as refused:
            refuse_unsafe(sneaky)
        assert refused.value.values == {"table": "postings"}
    finally:
        sneaky.dispose()
        with ledger_books.owner.begin() as connection:
            for role in ("sneaky", "strong"):
                connection.execute(text(f"DROP OWNED BY {role}"))
                connection.execute(text(f"DROP ROLE {role}"))


def test_a_second_migration_does_nothing(ledger_books: Books) -> None:
    schema.migrate(ledger_books.owner)
    empty = create_engine(ledger_books.owner.url)
    with empty.connect() as connection:
        assert schema.revision(connection) == schema.HEAD
    empty.dispose()


def test_what_is_posted_meanwhile_is_no_disagreement(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, real = Town(centre), proving._pages
    town.sell("S001", 1)

    def while_a_desk_sends(
        connection: Connection, station: str, after: int
    ) -> Iterator[Sequence[Row[Any]]]:
        if station == "S001":
            town.sell("S001", 2)
        return real(connection, station, after)

    monkeypatch.setattr(proving, "_pages", while_a_desk_sends)
    assert disagreements(centre.books.engine) == ()


def test_the_books_are_proved_a_page_at_a_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the postings of a year no more than a page's are ever in memory."""
    town, real, most = Town(centre), proving._postings, []
    for number in range(1, 6):
        town.sell("S001", number)

    def counted(connection: Connection, page: Sequence[Row[Any]]) -> dict[str, dict[str, int]]:
        found = real(connection, page)
        most.append(len(found))
        return found

    monkeypatch.setattr(proving, "_PAGE", 3)
    monkeypatch.setattr(proving, "_postings", counted)
    assert disagreements(centre.books.engine) == ()
    assert max(most) <= 3
    assert sum(most) == 10
