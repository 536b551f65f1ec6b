"""Logins that only read: the views and nothing else, no household, no key, no change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from cardstation.cli.central import main
from tests.kit.facts import Chain
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

COLUMNS = {
    "class_totals": {"station", "account_class", "fen"},
    "day_runs": {"number", "day", "began_at", "ended_at", "ok"},
    "day_seals": {"station", "day", "from_seq", "to_seq", "late", "heard", "sealed_at"},
    "day_totals": {"day", "posted_on", "station", "account_class", "fen"},
    "days": {"day", "station", "kind", "entries", "fen", "litres", "questioned"},
    "entries": {"station", "seq", "kind", "posted_at", "fen", "litres", "verdict", "suspense"},
    "invoices": {"month", "kind", "state", "invoices", "fen"},
    "legs": {"station", "seq", "kind", "posted_at", "account_class", "fen"},
    "questions": {
        *("number", "station", "seq", "code", "suspended", "opened_at", "explained_at"),
    },
    "stations": {
        *("station", "status", "epoch", "last_seq", "enrolled_at", "version", "unsent"),
        *("oldest_at", "seen_at"),
    },
}
"""All that reports may see; what names a household, a card, a person or a key is not among it."""

EVERYTHING = """
    SELECT nspname || '.' || relname
    FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
    WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND relkind IN ('r', 'p', 'v', 'm')
        AND has_any_column_privilege(:login, pg_class.oid, :right)
"""
WRITES = (
    "INSERT INTO journal DEFAULT VALUES",
    "DELETE FROM journal",
    "TRUNCATE journal",
    "UPDATE reporting.class_totals SET fen = 0",
    "DELETE FROM reporting.class_totals",
    "CREATE TABLE public.mine (a int)",
    "CREATE TABLE reporting.mine (a int)",
    "ALTER TABLE journal ADD mine int",
)

SECRETS = (
    "public_key FROM stations",
    "nonce FROM stations",
    "secret_hash FROM people",
    "token_hash FROM people_sessions",
    "csrf FROM people_sessions",
    "code_hash FROM station_codes",
    "raw FROM journal",
    "account FROM postings",
    "account_no FROM outbox",
    "title FROM invoice_titles",
    "rolpassword FROM pg_authid",
)


class Reader:
    """A login of the test, and what it may."""

    def __init__(self, books: Books, name: str) -> None:
        self.books, self.name = books, name
        self.engine: Engine = create_engine(books.dsn.replace("cardstation_service@", f"{name}@"))

    def may(self, right: str) -> set[str]:
        with self.books.owner.connect() as connection:
            found = connection.scalars(text(EVERYTHING), {"login": self.name, "right": right})
            return set(found)

    def refused(self, statement: str) -> str:
        with self.engine.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.commit()
            with pytest.raises(DBAPIError) as why:
                connection.execute(text(statement))
            return str(why.value)


def made(books: Books, name: str, *words: str) -> Iterator[Reader]:
    owner = books.owner.url.render_as_string(hide_password=False)
    assert main(["reporting-role", name, *words, "--dsn", owner]) == 0
    reader = Reader(books, name)
    try:
        yield reader
    finally:
        reader.engine.dispose()
        with books.owner.begin() as connection:
            connection.execute(text(f"DROP ROLE {name}"))


@pytest.fixture
def report(centre: Centre) -> Iterator[Reader]:
    ledger = centre.station()
    ledger.push(Chain().sale(), ledger.head().nonce)
    yield from made(centre.books, "report_reader")


def test_reports_see_their_views_and_nothing_else_and_change_nothing(report: Reader) -> None:
    with report.engine.connect() as connection:
        assert connection.scalar(text("SHOW default_transaction_read_only")) == "on"
    assert report.may("SELECT") == {f"reporting.{name}" for name in COLUMNS}
    for right in ("INSERT", "UPDATE", "REFERENCES"):
        assert report.may(right) == set()
    with report.engine.connect() as connection:
        for name, columns in COLUMNS.items():
            found = connection.execute(text(f"SELECT * FROM reporting.{name}"))  # noqa: S608
            assert set(found.keys()) == columns, name
        query = "SELECT account_class, sum(fen) FROM reporting.legs GROUP BY 1 ORDER BY 1"
        assert connection.execute(text(query)).all() == [
            ("gas_sold", -3_000),
            ("tender", 3_000),
            ("unloaded", 0),
        ]
    for secret in SECRETS:
        assert "permission denied" in report.refused(f"SELECT {secret}"), secret
    with report.engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "2min"
    for statement in (*WRITES, "CREATE ROLE mine"):
        said = report.refused(statement)
        assert "denied" in said or "must be owner" in said, statement


def test_a_reader_of_the_outbox_sees_the_outbox(centre: Centre) -> None:
    for reader in made(centre.books, "outbox_reader", "--reads", "outbox"):
        assert reader.may("SELECT") == {"public.outbox", "public.postings"}
        assert reader.may("UPDATE") == reader.may("INSERT") == set()
        dsn = reader.engine.url.render_as_string(hide_password=False)
        assert main(["outbox", "read", "--dsn", dsn]) == 0


def test_a_login_gets_a_new_password_and_no_other_role_is_touched(
    report: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = report.books.owner
    dsn = owner.url.render_as_string(hide_password=False)

    def kept() -> str:
        query = "SELECT rolpassword FROM pg_authid WHERE rolname = 'report_reader'"
        with owner.connect() as connection:
            return str(connection.scalar(text(query)))

    found = []
    for _ in range(2):
        assert main(["reporting-role", "report_reader", "--dsn", dsn]) == 0
        found.append((kept(), capsys.readouterr().out.split()[-1]))
    assert all(stored.startswith("SCRAM-SHA-256$") for stored, _ in found)
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
    assert found[1][1] not in found[1][0]
    for taken in (
        "cardstation_service",
        "cardstation_owner",
        "cardstation_reporting",
        "Robert'); --",
    ):
        assert main(["reporting-role", taken, "--dsn", dsn]) == 3
