"""A real PostgreSQL for tests: one private cluster per worker, one fresh database per test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, text

from cardstation.central import doorway, proving, serve
from cardstation.central.centre_key import CentreKey
from cardstation.central.embedded import DATABASE, OWNER, EmbeddedPostgres
from cardstation.central.signatures import genuine
from cardstation.ports.keys import DeviceKey
from cardstation.sync.centre_desk import CentreDesk
from cardstation.sync.http_ledger import HttpLedger

CODES = [f"code-{number}" for number in range(20)]
ADMIN = "admin-token"
CENTRE_KEY = CentreKey(bytes(range(32)))


class TestKey:
    """A device key in memory; implements `ports.keys.DeviceKey`."""

    __test__ = False

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def ready(self) -> None: ...

    def verify(self, signature: bytes, message: bytes) -> bool:
        return self.sign(message) == signature

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


class TestPin:
    """A pinned centre in memory; implements `ports.keys.CentreSeal`."""

    __test__ = False

    def __init__(self, public: bytes = b"") -> None:
        self.pinned = public

    def pin(self, public: bytes) -> None:
        self.pinned = public

    def genuine(self, message: bytes, signature: bytes, *, met: bytes = b"") -> bool:
        return genuine(met or self.pinned, signature, message)


@dataclass(frozen=True)
class Cluster:
    """A running cluster whose database `cardstation` is a template for tests."""

    postgres: EmbeddedPostgres
    names: Iterator[int]

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh database at the current schema; yields the name."""
        name = f"t{next(self.names)}"
        engine = create_engine(
            self.postgres.dsn(OWNER, "postgres"), isolation_level="AUTOCOMMIT", pool_size=1
        )
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {DATABASE}"))
            try:
                yield name
            finally:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@dataclass(frozen=True)
class Books:
    """A fresh ledger database: as the service sees it, and as its owner does."""

    engine: Engine
    owner: Engine
    dsn: str

    def prove(self) -> None:
        """The oracle: every scenario ends with books that agree with themselves."""
        assert proving.disagreements(self.engine) == ()


@dataclass(frozen=True)
class Centre:
    """The ledger service on a loopback port of this process."""

    url: str
    books: Books
    opened: ExitStack

    def line(
        self,
        name: str = "S001",
        key: DeviceKey | None = None,
        transport: httpx.BaseTransport | None = None,
        news: Callable[[], Mapping[str, str]] = lambda: {"boot": "first"},
    ) -> HttpLedger:
        """A station's line to the service, closed with it."""
        pin = TestPin(CENTRE_KEY.public)
        ledger = HttpLedger(self.url, name, key or TestKey(), pin, transport=transport, news=news)
        self.opened.callback(ledger.close)
        return ledger

    def station(self, name: str = "S001", key: DeviceKey | None = None) -> HttpLedger:
        """A newly enrolled station."""
        ledger = self.line(name, key)
        ledger.enrol(CODES[int(name[1:]) % len(CODES)])
        return ledger

    def desk(self) -> CentreDesk:
        """The centre's own desk."""
        return CentreDesk(self.url, ADMIN)


@contextmanager
def served(app: object, certificate: doorway.Certificate | None = None) -> Iterator[str]:
    """Serve an application from a thread; yields its address."""
    wire = doorway.listening_socket(serve.LOOPBACK, 0)
    ready = threading.Event()
    url = doorway.url_of(wire, "https" if certificate else "http")
    server = doorway.server_of(app, ready=ready.set, certificate=certificate)
    thread = threading.Thread(target=doorway.run, args=(server, wire), daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield url
    finally:
        server.should_exit = True
        thread.join(10)
        wire.close()
