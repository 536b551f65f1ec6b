"""The outbox: every fact once, none skipped by a slow commit, and other books are other books."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from cardstation.central.engine import transaction
from cardstation.central.outbox import (
    START,
    OutboxPage,
    outbox_disagreements,
    read_outbox,
)
from cardstation.cli.central import main
from cardstation.errors import Refusal
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.facts import Chain
from tests.kit.pcsc import until
from tests.kit.postgres import Books, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

COPIED = (
    "entry_id, station, seq, kind, subject, account_no, fen, litres, corrects, verdict, suspense,"
    " posted_at"
)


def page(books: Books, after: str = START, most: int = 1_000) -> OutboxPage:
    with transaction(books.engine) as connection:
        return read_outbox(connection, after, most=most)


def places(found: OutboxPage) -> list[tuple[str, int]]:
    return [(one.station, one.seq) for one in found.rows]


def wrong(books: Books) -> tuple[str, ...]:
    with transaction(books.engine) as connection:
        return outbox_disagreements(connection)


def send(ledger: HttpLedger, entries: list[bytes]) -> Any:
    return ledger.push(entries, ledger.head().nonce)


@contextmanager
def held(books: Books, account: str) -> Iterator[None]:
    """Whoever moves this account waits, after its facts are written and before they are told."""
    with books.owner.begin() as connection:
        connection.execute(
            text("SELECT fen FROM balances WHERE account = :name FOR UPDATE"), {"name": account}
        )
        yield


def test_every_fact_is_there_with_its_legs_and_pages_join(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale(1) + chain.sale(2))
    whole = page(centre.books)
    assert places(whole) == [("S001", seq) for seq in range(1, 7)]
    assert not whole.more
    paid, armed, sealed = whole.rows[:3]
    assert (paid.kind, paid.fen, paid.litres, paid.account_no) == (
        "paid",
        3_000,
        10_000,
        "0" * 9 + "1",
    )
    assert paid.legs == {"tender:cash": 3_000, "unloaded:0000000001": -3_000}
    assert armed.legs == {}
    assert sum(sealed.legs.values()) == 0
    read: list[tuple[str, int]] = []
    after, more = START, True
    while more:
        part = page(centre.books, after, most=4)
        after, more = part.next, part.more
        read += places(part)
    assert read == places(whole)
    assert (page(centre.books, after).rows, page(centre.books, after).next) == ((), after)
    send(ledger, chain.sale(3))
    assert places(page(centre.books, after)) == [("S001", 7), ("S001", 8), ("S001", 9)]
    assert wrong(centre.books) == ()
    refused_places(centre.books, after)


def refused_places(books: Books, cursor: str) -> None:
    """Of other books, where another fact stands at the place of a cursor; and of no books."""
    txid, number, named = cursor.split(".")
    for other in (f"{txid}.{number}.00000000", f"{txid}.{int(number) + 1}.{named}"):
        with pytest.raises(Refusal, match="outbox_other_books"):
            page(books, other)
    for bad in ("", "7", "1.2", "1.2.XYZ", "-1.2.aaaaaaaa", "1.2.aaaaaaaa; DROP TABLE outbox"):
        with pytest.raises(Refusal, match="outbox_cursor_bad"):
            page(books, bad)


def test_a_slow_commit_is_never_skipped(centre: Centre) -> None:
    """It writes first and commits last: a reader that went by numbers would be past it."""
    slow, quick = centre.station("S001"), centre.station("S002")
    first, second = Chain("S001"), Chain("S002")
    send(slow, first.add("received", batch="b", tender="cash", fen=500) and first.written)
    kept = page(centre.books).next
    late = first.add("received", batch="b", tender="cash", fen=700)
    with ThreadPoolExecutor(1) as pool:
        with held(centre.books, "unallocated:b"):
            pushed = pool.submit(send, slow, [late])
            with centre.books.owner.connect() as looking:
                watch = looking.execution_options(isolation_level="AUTOCOMMIT")
                assert until(lambda: watch.scalar(text(WAITS)) == 1)
                send(quick, second.sale())
                seen = set(watch.scalars(text("SELECT station FROM outbox WHERE number > 1")))
            assert seen == {"S002"}
            assert page(centre.books, kept) == OutboxPage((), kept, more=False)
        assert pushed.result(20).acked_seq == 2
    told = page(centre.books, kept)
    assert places(told) == [("S001", 2), ("S002", 1), ("S002", 2), ("S002", 3)]
    with centre.books.owner.connect() as looking:
        numbers = looking.execute(text("SELECT station, number FROM outbox ORDER BY number")).all()
    assert [station for station, _ in numbers] == ["S001", "S001", "S002", "S002", "S002"]
    assert wrong(centre.books) == ()


def test_books_written_from_a_dump_are_numbered_again_before_anybody_reads_on(
    centre: Centre,
) -> None:
    """There transactions count from the beginning: what comes next would stand before the rest."""
    ledger, chain = centre.station(), Chain()
    send(ledger, chain.sale())
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE outbox SET txid = txid + 1000000"))
    send(ledger, chain.sale(2))
    with pytest.raises(Refusal, match="outbox_from_dump"):
        page(centre.books)
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE outbox SET txid = pg_current_xact_id()::text::bigint"))
    assert places(page(centre.books)) == [("S001", seq) for seq in range(1, 7)]


def test_the_service_cannot_write_there_and_what_somebody_else_forged_is_counted(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    send(centre.station(), Chain().sale())
    dsn = ["--dsn", centre.books.dsn]
    for verb in (
        "INSERT INTO outbox (txid) VALUES (1)",
        "UPDATE outbox SET fen = 0",
        "DELETE FROM outbox",
        "TRUNCATE outbox",
    ):
        with (
            centre.books.engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(verb))
    assert main(["outbox", "check", *dsn]) == 0
    with centre.books.owner.begin() as connection:
        connection.execute(text("DELETE FROM outbox WHERE seq = 2"))
        connection.execute(text("UPDATE outbox SET fen = fen + 1 WHERE seq = 3"))
        connection.execute(
            text(
                f"INSERT INTO outbox (txid, {COPIED}) SELECT txid + 1, {COPIED} FROM outbox"  # noqa: S608
                " WHERE seq = 1"
            )
        )
    assert len(wrong(centre.books)) == 3
    capsys.readouterr()
    assert main(["outbox", "check", "--json", *dsn]) == 5
    assert not json.loads(capsys.readouterr().out)["ok"]


def test_what_was_posted_before_there_was_an_outbox_is_in_it_and_the_command_line_reads_it(
    centre: Centre, capsys: pytest.CaptureFixture[str]
) -> None:
    send(centre.station(), Chain().sale())
    made = importlib.import_module("cardstation.central.migrations.versions.r0010_outbox")
    with centre.books.owner.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
        connection.execute(text("DROP FUNCTION journal_to_outbox CASCADE"))
        for statements in (made._OUTBOX, made._FILLED):
            connection.exec_driver_sql(statements)
        connection.execute(text("GRANT SELECT ON outbox TO cardstation_service"))
    assert places(page(centre.books)) == [("S001", 1), ("S001", 2), ("S001", 3)]
    assert wrong(centre.books) == ()
    dsn = ["--dsn", centre.books.dsn]
    assert main(["outbox", "read", "--json", "--most", "2", *dsn]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["seq"] for one in told["rows"]] == [1, 2]
    assert told["more"]
    assert main(["outbox", "read", "--after", told["next"], *dsn]) == 0
    assert "sealed  3000" in capsys.readouterr().out
    assert main(["outbox", "read", "--after", "9.9.aaaaaaaa", *dsn]) == 3
