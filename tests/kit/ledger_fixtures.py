"""Fixtures of the central ledger; a test module asks for them with `pytest_plugins`."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from cardstation.central import serve
from cardstation.central.api import Service, build
from cardstation.central.embedded import OWNER, SERVICE, EmbeddedPostgres
from cardstation.central.engine import open_engine
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.errors import Mishap
from tests.kit.made_cluster import begin_cluster
from tests.kit.postgres import ADMIN, CENTRE_KEY, CODES, Books, Centre, Cluster, served
from tests.kit.proven import not_proven
from tests.kit.shared_engines import shared


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The worker's own cluster, started by the first test that needs it."""
    folder = Path(tempfile.mkdtemp(prefix="cs-test-"))
    postgres = EmbeddedPostgres(folder / "pg")
    try:
        try:
            begin_cluster(postgres)
            postgres.start()
        except Mishap as missing:
            not_proven(f"no PostgreSQL here: {missing}")
        serve.prepare(postgres.dsn(OWNER, "postgres"))
        _meet("owner", postgres)
        yield Cluster(postgres, itertools.count())
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _meet(name: str, postgres: EmbeddedPostgres) -> None:
    """Let the first engine of a name connect: what it learns of the server, all others know."""
    first = shared(name, create_engine(postgres.dsn(OWNER, "postgres")))
    first.connect().close()
    first.dispose()


@pytest.fixture
def ledger_books(cluster: Cluster) -> Iterator[Books]:
    """A fresh ledger; its books are proved at the end of the test."""
    with cluster.database() as name:
        dsn = cluster.postgres.dsn(SERVICE, name)
        owner = create_engine(cluster.postgres.dsn(OWNER, name))
        found = Books(shared("books", open_engine(dsn)), shared("owner", owner), dsn)
        try:
            yield found
            found.prove()
        finally:
            found.engine.dispose()
            found.owner.dispose()


@pytest.fixture
def centre(ledger_books: Books) -> Iterator[Centre]:
    """A running service over a fresh ledger."""
    app = build(Service(ledger_books.engine, EnrolmentCodes(*CODES), ADMIN, CENTRE_KEY))
    with served(app) as url, ExitStack() as opened:
        yield Centre(url, ledger_books, opened)
