"""The way to the console: the first people from the command line, TLS beyond this machine."""

from __future__ import annotations

import os
import queue
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from sqlalchemy import text

from cardstation.central import serve
from cardstation.central.api import Service, build
from cardstation.central.console.roles import Role
from cardstation.central.doorway import Certificate, refuse_open
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.cli.central import central as command
from cardstation.errors import Refusal
from tests.kit.console import PASSWORD, Browser, person
from tests.kit.postgres import ADMIN, CENTRE_KEY, Books, Centre, served
from tests.kit.proven import not_proven

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

ANYWHERE = str(ip_address(0))


def said(books: Books, *arguments: str) -> str:
    """What the command line prints."""
    done = CliRunner().invoke(command, [*arguments, "--dsn", books.dsn], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_the_first_person_comes_from_the_command_line(centre: Centre) -> None:
    books = centre.books
    roles = ("--role", "station_admin", "--role", "auditor")
    secret = said(books, "clerk", "add", "sun", "--display", "孙丽", *roles).rpartition(" ")[2]
    browser = Browser(centre.url)
    assert browser.log_in("sun", secret).status_code == 303
    assert "Choose your own password" in browser.get().text
    again = said(books, "clerk", "reset", "sun").rpartition(" ")[2]
    assert again != secret
    assert browser.get().status_code == 303
    assert browser.log_in("sun", secret).status_code == 401
    assert browser.log_in("sun", again).status_code == 303
    assert "auditor, station_admin" in said(books, "clerk", "list")
    said(books, "clerk", "retire", "sun")
    assert browser.log_in("sun", again).status_code == 401
    browser.close()
    with books.owner.connect() as connection:
        rows = connection.execute(
            text("SELECT act, subject FROM acts WHERE clerk = 'command line' ORDER BY number")
        )
        acts = [tuple(row) for row in rows]
        kept = str(connection.execute(text("SELECT * FROM people")).all())
    assert acts == [("person_added", "sun"), ("password_reset", "sun"), ("person_retired", "sun")]
    assert "argon2id" in kept
    assert secret not in kept


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "Sun", "--role", "auditor"), "name_bad"),
        (("add", "chen", "--role", "auditor"), "name_taken"),
        (("reset", "nobody"), "name_unknown"),
        (("retire", "nobody"), "name_unknown"),
    ],
)
def test_the_command_line_refuses(
    ledger_books: Books, arguments: tuple[str, ...], code: str
) -> None:
    person(ledger_books, "chen", Role.TELLER)
    with pytest.raises(Refusal, match=code):
        CliRunner().invoke(
            command, ["clerk", *arguments, "--dsn", ledger_books.dsn], catch_exceptions=False
        )


@pytest.mark.parametrize("host", [ANYWHERE, "192.168.1.5", "::", "ledger.example"])
def test_plain_text_stays_on_this_machine(host: str) -> None:
    with pytest.raises(Refusal, match="tls_needed"):
        refuse_open(host, None)


@contextmanager
def serving(books: Books, key_file: Path, host: str, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service as the command starts it, until its standard input closes; its address."""
    ready = queue.SimpleQueue[serve.Ready]()
    ends, held = os.pipe()
    with os.fdopen(ends, "rb") as stdin:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
        how = {"announce": ready.put, "leashed": True}
        thread = threading.Thread(target=serve.serve, args=(books.dsn, key_file, host), kwargs=how)
        thread.start()
        try:
            yield ready.get(timeout=20).url
        finally:
            os.close(held)
            thread.join(20)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.5.5.5", "::1", "localhost"])
def test_this_machine_needs_no_certificate(
    ledger_books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    if host == "::1" and not Path("/proc/net/if_inet6").exists():
        not_proven("IPv6", by_machine=True)
    with serving(ledger_books, tmp_path / "key", host, monkeypatch) as url:
        answer = httpx.get(f"{url}/console/login", trust_env=False)
    bound = httpx.URL(url)
    assert (bound.scheme, ip_address(bound.host).is_loopback) == ("http", True)
    assert answer.status_code == 200
    assert "secret" in answer.text


def test_a_certificate_that_is_none_is_refused_before_anything_starts(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    refuse_open(ANYWHERE, certificate)
    absent = Certificate(tmp_path / "absent.pem", certificate.key)
    swapped = Certificate(certificate.key, certificate.chain)
    for wrong in (absent, swapped):
        with pytest.raises(Refusal, match="tls_unreadable"):
            refuse_open(ANYWHERE, wrong)
    done = CliRunner().invoke(
        command,
        ["serve", "--embedded", "--home", str(tmp_path / "home"), "--host", ANYWHERE],
    )
    assert isinstance(done.exception, Refusal)
    assert done.exception.code == "tls_needed"
    assert not (tmp_path / "home" / "central").exists()


def make_certificate(folder: Path) -> Certificate:
    """A certificate for loopback, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ledger")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Certificate(chain, private)


@contextmanager
def tls_client(certificate: Certificate, url: str) -> Iterator[httpx.Client]:
    trusted = ssl.create_default_context(cafile=str(certificate.chain))
    with httpx.Client(base_url=url, verify=trusted, trust_env=False) as client:
        yield client


def test_over_tls_the_cookie_is_secure_and_the_browser_stays_there(
    ledger_books: Books, tmp_path: Path
) -> None:
    from cardstation.central.console.roles import Role

    person(ledger_books, "chen", Role.SUPERVISOR)
    certificate = make_certificate(tmp_path)
    app = build(Service(ledger_books.engine, EnrolmentCodes(), ADMIN, CENTRE_KEY))
    with served(app, certificate) as url, tls_client(certificate, url) as client:
        assert url.startswith("https://")
        answer = client.post("/console/login", data={"name": "chen", "secret": PASSWORD})
        assert answer.status_code == 303
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "max-age" in answer.headers["strict-transport-security"]
        assert client.get("/console/").status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url.replace("https", "http"))


def test_who_is_logged_in_is_no_program_of_this_machine(centre: Centre) -> None:
    person(centre.books, "everything", *Role)
    browser = Browser(centre.url)
    browser.log_in("everything")
    answer = browser.client.get("/v1/totals")
    assert (answer.status_code, answer.json()["code"]) == (403, "local_only")
    browser.close()
