"""A COMMIT that may not have happened is never taken for one that did."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic

import pytest
from sqlalchemy import Engine, create_engine, text

from cardstation.central.embedded import OWNER
from cardstation.central.engine import CONNECT_S, PING_S, open_engine, transaction
from cardstation.errors import LedgerUnreachable, Mishap, OutcomeUnknown
from tests.kit.facts import Chain
from tests.kit.postgres import Books, Centre, Cluster

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PAUSE = Event()
WAITING = text(
    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = :database"
)


@pytest.fixture
def no_standby(cluster: Cluster) -> Iterator[None]:
    """Every COMMIT waits for a standby that does not exist."""
    engine = create_engine(cluster.postgres.dsn(OWNER, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET synchronous_commit = local"))
        connection.execute(text("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"))
        connection.execute(text("SELECT pg_reload_conf()"))
        _wait_for_setting(engine.url.render_as_string(), "nobody")
        yield
        connection.execute(text("ALTER SYSTEM RESET synchronous_standby_names"))
        connection.execute(text("SELECT pg_reload_conf()"))
    _wait_for_setting(engine.url.render_as_string(), "")
    engine.dispose()


def _wait_for_setting(dsn: str, wanted: str) -> None:
    engine = create_engine(dsn, pool_size=1)
    until = monotonic() + 10
    found = None
    while found != wanted and monotonic() < until:
        PAUSE.wait(0.01)
        with engine.connect() as connection:
            found = connection.scalar(text("SHOW synchronous_standby_names"))
        engine.dispose()
    assert found == wanted


def _waiting(books: Books) -> int:
    until = monotonic() + 10
    pid = None
    with books.owner.connect() as connection:
        while pid is None and monotonic() < until:
            pid = connection.scalar(WAITING, {"database": books.owner.url.database})
            connection.rollback()
            PAUSE.wait(0.01)
    assert pid is not None
    return int(pid)


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_a_cut_wait_for_a_standby_is_no_acknowledgement(
    centre: Centre, request: pytest.FixtureRequest, how: str
) -> None:
    """COMMIT says it succeeded, with a warning only; the station must send again."""
    ledger = centre.station()
    sale, nonce = Chain().sale(), ledger.head().nonce
    request.getfixturevalue("no_standby")
    with ThreadPoolExecutor(1) as pool, centre.books.owner.connect() as owner:
        pushed = pool.submit(ledger.push, sale, nonce)
        owner.execute(text(f"SELECT {how}(:pid)"), {"pid": _waiting(centre.books)})
        with pytest.raises(LedgerUnreachable) as caught:
            pushed.result(15)
    assert caught.value.values["retry_after_s"] == 1


def test_a_replay_of_what_no_standby_has_is_no_acknowledgement(
    centre: Centre, request: pytest.FixtureRequest
) -> None:
    """What a cut wait left behind can be read; to say that it is here waits for a standby anew."""
    ledger = centre.station()
    sale, nonce = Chain().sale(), ledger.head().nonce
    request.getfixturevalue("no_standby")
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool, centre.books.owner.connect() as owner:
            pushed = pool.submit(ledger.push, sale, nonce)
            owner.execute(text("SELECT pg_cancel_backend(:pid)"), {"pid": _waiting(centre.books)})
            with pytest.raises(LedgerUnreachable):
                pushed.result(15)
    assert ledger.head().last_seq == len(sale)


def test_a_passed_deadline_drops_the_connection(ledger_books: Books, no_standby: None) -> None:
    began = monotonic()
    with pytest.raises(OutcomeUnknown), transaction(ledger_books.engine, deadline_s=0.3) as c:
        c.execute(text("UPDATE stations SET nonce = 'n'"))
    assert 0.2 < monotonic() - began < 5


def _cut(books: Books) -> None:
    with transaction(books.engine) as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with books.owner.connect() as owner:
            owner.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        connection.execute(text("SELECT 1"))


def test_a_connection_lost_during_the_work_is_unknown(ledger_books: Books) -> None:
    with pytest.raises(OutcomeUnknown):
        _cut(ledger_books)


@contextmanager
def _frozen(*pids: int) -> Iterator[None]:
    """As a machine that is paused: its processes take what is sent, and answer nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _pid_of(engine: Engine) -> int:
    with transaction(engine) as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_that_froze_is_left_for_another(ledger_books: Books) -> None:
    engine = open_engine(ledger_books.dsn, connections=1)
    frozen, began = _pid_of(engine), monotonic()
    with _frozen(frozen):
        assert _pid_of(engine) != frozen
    assert PING_S < monotonic() - began < PING_S + 8
    engine.dispose()


def test_a_server_that_froze_keeps_nobody_waiting(ledger_books: Books, cluster: Cluster) -> None:
    engine = open_engine(ledger_books.dsn, connections=1)
    postmaster = int((cluster.postgres.data / "postmaster.pid").read_text("ascii").split("\n")[0])
    with _frozen(_pid_of(engine), postmaster):
        began = monotonic()
        with pytest.raises(OutcomeUnknown), transaction(engine):
            pass
        assert monotonic() - began < PING_S + CONNECT_S + 8
    engine.dispose()


def test_a_server_that_leads_no_more_is_gone_not_broken(ledger_books: Books) -> None:
    """A balancer may still lead to it; the next connection is a new one."""
    engine = open_engine(ledger_books.dsn, connections=1)
    with transaction(engine) as connection:
        connection.execute(text("SET default_transaction_read_only = on"))
    with pytest.raises(Mishap, match="ledger_database_gone"), transaction(engine) as connection:
        connection.execute(text("UPDATE stations SET nonce = 'n'"))
    with transaction(engine) as connection:
        connection.execute(text("UPDATE stations SET nonce = 'n'"))
    engine.dispose()


def test_an_empty_pool_is_overload_and_nothing_was_done(ledger_books: Books) -> None:
    engine = open_engine(ledger_books.dsn, connections=1)
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]  # QueuePool, five seconds otherwise
    with (
        transaction(engine),
        pytest.raises(Mishap, match="ledger_overloaded"),
        transaction(engine),
    ):
        pass
    engine.dispose()


def test_a_database_that_went_away_is_unreachable_not_refused(
    centre: Centre, cluster: Cluster
) -> None:
    ledger = centre.station()
    name = centre.books.owner.url.database
    admin = create_engine(cluster.postgres.dsn(OWNER, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        with pytest.raises(LedgerUnreachable):
            ledger.head()
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    admin.dispose()
    assert ledger.head().last_seq == 0
