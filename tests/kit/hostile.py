"""A hand that signs anything for anybody, and the ledger it is held against for a whole module."""

from __future__ import annotations

import json
import logging
import socket
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, create_engine, insert

from cardstation.central.api import Service, build
from cardstation.central.embedded import OWNER, SERVICE
from cardstation.central.engine import open_engine
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.central.tables import stations
from cardstation.domain.ledger import GENESIS
from cardstation.domain.message_signature import COVERED, LABEL, content_digest, signature_base
from tests.kit.postgres import ADMIN, CENTRE_KEY, CODES, Books, Centre, Cluster, TestKey, served

NAMES = ("S001", "S002", "S003")
REVOKED = "S009"


@dataclass(eq=False)
class Heard(logging.Handler):
    """Everything this process logs but what its clients log."""

    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx", "httpcore", "urllib3")):
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            self.said.append(f"{record.name}: {record.getMessage()} {trace}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.content)
        return said


@dataclass(frozen=True)
class House:
    """A running ledger, the keys of its stations, and what it logged."""

    centre: Centre
    keys: dict[str, TestKey]
    heard: Heard

    @property
    def host(self) -> str:
        return urlsplit(self.centre.url).netloc

    def head(self, station: str = "S001") -> dict[str, Any]:
        answer = self.send("GET", f"/v1/stations/{station}/head", station=station)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def nonce(self, station: str = "S001") -> str:
        return str(self.head(station)["nonce"])

    def signed(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        station: str = "S001",
        key: TestKey | None = None,
        nonce: str = "",
        covered: Sequence[str] = COVERED,
        digest: str = "",
        more: str = "",
        created: int = 0,
    ) -> dict[str, str]:
        """The headers of a request as a station signs it, or as it should not."""
        digest = digest or content_digest(body)
        place, _, query = path.partition("?")
        components = {
            "@method": method,
            "@authority": self.host,
            "@path": place,
            "@query": f"?{query}",
            "content-digest": digest,
        }
        parts = " ".join(f'"{name}"' for name in covered)
        created = created or int(time.time())
        said = f';created={created};nonce="{nonce}";keyid="{station}";alg="ed25519"{more}'
        signature = (key or self.keys[station]).sign(
            signature_base(components, covered, f"({parts}){said}")
        )
        return {
            "content-digest": digest,
            "signature-input": f"{LABEL}=({parts}){said}",
            "signature": f"{LABEL}=:{b64encode(signature).decode()}:",
        }

    def send(
        self, method: str, path: str, body: bytes = b"", *, station: str = "S001", nonce: str = ""
    ) -> Answer:
        """A request as it should be."""
        headers = self.signed(method, path, body, station=station, nonce=nonce)
        return self.ask(method, path, headers, body)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Iterator[bytes] = b"",
    ) -> Answer:
        """A request with any headers, to any path: nothing of it is made better on the way."""
        parts, told = urlsplit(self.centre.url), dict(headers)
        chunked = not isinstance(body, bytes)
        if chunked:
            told["transfer-encoding"] = "chunked"
        line = HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            line.request(method, path, body, told, encode_chunked=chunked)
            answer = line.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            line.close()

    @contextmanager
    def wire(self) -> Iterator[socket.socket]:
        """A bare connection."""
        parts = urlsplit(self.centre.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=60) as wire:
            yield wire

    def raw_head(self, method: str, path: str, headers: dict[str, str], length: int) -> bytes:
        """The head of a request whose body is still to come."""
        lines = {"host": self.host, "content-length": str(length), **headers}
        told = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{told}\r\n".encode()


def batch_of(entries: Sequence[bytes]) -> bytes:
    """A push as it goes over the wire."""
    return json.dumps({"entries": [b64encode(raw).decode() for raw in entries]}).encode()


def enrolled(books: Books, name: str, key: TestKey, status: str = "active") -> None:
    """Put a station into the books."""
    enrolled_row(books.owner, name, key, status)


def enrolled_row(owner: Engine, name: str, key: TestKey, status: str = "active") -> None:
    """The same, with the owner's connection only."""
    row = {"station": name, "epoch": 1, "public_key": key.public, "status": status}
    row |= {"last_seq": 0, "last_hash": bytes.fromhex(GENESIS), "nonce": f"first-{name}"}
    with owner.begin() as connection:
        connection.execute(insert(stations).values(row))


@contextmanager
def open_house(cluster: Cluster) -> Iterator[House]:
    """A fresh ledger with a few stations, proved at the end."""
    heard = Heard()
    root = logging.getLogger()
    level = root.level
    with cluster.database() as name, ExitStack() as opened:
        dsn = cluster.postgres.dsn(SERVICE, name)
        books = Books(open_engine(dsn), create_engine(cluster.postgres.dsn(OWNER, name)), dsn)
        opened.callback(books.owner.dispose)
        opened.callback(books.engine.dispose)
        pages = open_engine(dsn, connections=4)
        # Whoever waits for a page's connection keeps its thread for as long as a test lasts.
        pages.pool._timeout = 60  # type: ignore[attr-defined]
        opened.callback(pages.dispose)
        root.addHandler(heard)
        opened.callback(root.removeHandler, heard)
        root.setLevel(logging.DEBUG)
        opened.callback(root.setLevel, level)
        keys = {one: TestKey() for one in (*NAMES, REVOKED)}
        for one, key in keys.items():
            enrolled(books, one, key, "revoked" if one == REVOKED else "active")
        app = build(Service(books.engine, EnrolmentCodes(*CODES), ADMIN, CENTRE_KEY, pages))
        with served(app) as url:
            yield House(Centre(url, books, opened), keys, heard)
            books.prove()
