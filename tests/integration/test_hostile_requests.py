"""Every request that must not get in, as a table against the running ledger: nothing bites."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from cardstation.central.console.pages import EXPORTS
from cardstation.central.console.roles import Role
from cardstation.domain.message_signature import COVERED, content_digest
from tests.kit.console import PASSWORD, Browser, logged_in, person
from tests.kit.facts import Chain
from tests.kit.hostile import REVOKED, House, batch_of
from tests.kit.postgres import ADMIN, CODES, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures", "tests.kit.hostile_fixtures")
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("hostile")]

PUSH = "/v1/stations/S001/entries"
HEAD = "/v1/stations/S001/head"
LARGE = 4_000_000
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Asked:
    """One request.

    Attributes:
        status, code: What it must be answered with; no code = a page, or nothing to read.
    """

    headers: dict[str, str]
    status: int
    code: str = ""
    method: str = "POST"
    path: str = PUSH
    body: Any = b""


def fresh(house: House) -> bytes:
    """A batch that would be posted."""
    return batch_of(Chain("S001").sale())


def push(house: House, status: int, code: str, **how: Any) -> Asked:
    """A batch of S001 that is signed in some wrong way."""
    body = fresh(house)
    return Asked(house.signed("POST", PUSH, body, **how), status, code, body=body)


def look(house: House, path: str, status: int, code: str, **how: Any) -> Asked:
    """A signed look with the right nonce."""
    said = {"nonce": house.nonce(), **how}
    return Asked(house.signed("GET", path, **said), status, code, "GET", path)


def sent(house: House, path: str, body: bytes, status: int, code: str) -> Asked:
    """A signed body that is nonsense."""
    headers = house.signed("POST", path, body, nonce=house.nonce())
    return Asked(headers, status, code, path=path, body=body)


def moved(house: House, signed_for: str, method: str, path: str, body: bytes = b"") -> Asked:
    """A good signature, over another request than this one."""
    headers = house.signed("GET", signed_for, nonce=house.nonce())
    return Asked(headers, 401, "signature_bad", method, path, body)


def swapped(house: House) -> Asked:
    """The digest of what is sent, under a signature over another one."""
    body = fresh(house)
    headers = house.signed("POST", PUSH, b"other", nonce=house.nonce())
    return Asked(
        {**headers, "content-digest": content_digest(body)}, 401, "signature_bad", body=body
    )


def other_body(house: House) -> Asked:
    """Another body than the one whose digest is signed."""
    body = fresh(house)
    headers = house.signed("POST", PUSH, body, nonce=house.nonce())
    return Asked(headers, 401, "signature_bad", body=body.replace(b"entries", b"entrieS"))


def spent(house: House) -> Asked:
    """What was asked once with a nonce that a push has used up since."""
    nonce = house.nonce("S002")
    headers = house.signed("GET", "/v1/orders", station="S002", nonce=nonce)
    if house.head("S002")["last_seq"] == 0:
        posted = batch_of(Chain("S002").sale())
        path = "/v1/stations/S002/entries"
        assert house.send("POST", path, posted, station="S002", nonce=nonce).status_code == 200
    else:
        headers = house.signed("GET", "/v1/orders", station="S002", nonce="first-S002")
    return Asked(headers, 401, "nonce_stale", "GET", "/v1/orders")


def endless() -> Iterator[bytes]:
    """A body that says nothing of its length."""
    for _ in range(100):
        yield b" " * 100_000


def bomb(house: House) -> Asked:
    """A body of kilobytes that would be gigabytes if anybody inflated it."""
    body = gzip.compress(b"0" * 100_000_000, 9)
    asked = sent(house, PUSH, body, 422, "request_unreadable")
    return Asked({**asked.headers, **JSON, "content-encoding": "gzip"}, 422, asked.code, body=body)


def order(**facts: object) -> bytes:
    told = {"order_id": "O1", "account_no": "1", "fen": 1, "litres": 1, "tariff": "T"}
    return json.dumps({**told, "expected_counter": 1, "leased_to": "", **facts}).encode()


def desk(body: bytes, status: int = 422, code: str = "request_unreadable", **headers: str) -> Asked:
    told = {"authorization": f"Bearer {ADMIN}", **headers}
    return Asked(told, status, code, path="/v1/orders", body=body)


EPOCH = {"last_seq": 0, "last_hash": "", "clerk": "a", "approver": "b"}
TABLE: dict[str, Callable[[House], Asked]] = {
    "unsigned": lambda _: Asked({}, 401, "signature_bad", body=b"{}"),
    "unsigned look": lambda _: Asked({}, 401, "signature_bad", "GET", HEAD),
    "unsigned orders": lambda _: Asked({}, 401, "signature_bad", "GET", "/v1/orders"),
    "unsigned card": lambda _: Asked({}, 401, "signature_bad", "GET", "/v1/cards/1/loads"),
    "wrong key": lambda h: push(h, 401, "signature_bad", key=TestKey()),
    "key of another": lambda h: push(h, 401, "signature_bad", key=h.keys["S002"]),
    "path of another": lambda h: push(h, 401, "signature_bad", station="S002"),
    "nobody": lambda h: look(
        h, "/v1/stations/S008/head", 404, "station_unknown", station="S008", key=TestKey()
    ),
    "revoked": lambda h: look(h, "/v1/orders", 403, "station_revoked", station=REVOKED),
    "spent nonce": spent,
    "no nonce": lambda h: push(h, 401, "nonce_stale"),
    "said to be over": lambda h: push(
        h, 401, "signature_bad", more=";expires=1600000000", nonce=h.nonce()
    ),
    "other body": other_body,
    "other digest": swapped,
    "weak digest": lambda h: push(h, 401, "signature_bad", digest="md5=:AAAA:", nonce=h.nonce()),
    "fewer parts": lambda h: push(h, 401, "signature_bad", covered=COVERED[:4], nonce=h.nonce()),
    "other algorithm": lambda h: push(h, 401, "signature_bad", more=';alg="hmac-sha256"'),
    "other path": lambda h: moved(h, HEAD, "GET", "/v1/orders"),
    "other query": lambda h: moved(h, HEAD, "GET", f"{HEAD}?unsent=0&version=1"),
    "other method": lambda h: moved(h, PUSH, "POST", PUSH),
    "look with a body": lambda h: Asked(
        h.signed("GET", HEAD, b"x"), 413, "batch_too_large", "GET", HEAD, b"x"
    ),
    "too large": lambda h: sent(h, PUSH, b" " * (LARGE + 1), 413, "batch_too_large"),
    "endless": lambda h: Asked(
        h.signed("POST", PUSH, nonce=h.nonce()), 413, "batch_too_large", body=endless()
    ),
    "long epoch": lambda h: sent(
        h, PUSH.replace("entries", "epoch"), b" " * 70_000, 413, "batch_too_large"
    ),
    "zip bomb": bomb,
    "deep": lambda h: sent(h, PUSH, b'{"entries":' + b"[" * 100_000, 422, "request_unreadable"),
    "deep unknown": lambda h: sent(h, PUSH, b'{"x":' + b"[" * 100_000, 422, "request_unreadable"),
    "not JSON": lambda h: sent(
        h, PUSH, b"--x\r\ncontent-disposition: form-data\r\n", 422, "request_unreadable"
    ),
    "empty": lambda h: sent(h, PUSH, b"", 422, "request_unreadable"),
    "huge number": lambda h: sent(
        h,
        "/v1/stations/S001/epoch",
        json.dumps({**EPOCH, "last_seq": 10**400}).encode(),
        422,
        "request_unreadable",
    ),
    "NUL in a name": lambda h: sent(
        h,
        "/v1/stations/S001/epoch",
        json.dumps({**EPOCH, "clerk": "\0"}).encode(),
        422,
        "request_unreadable",
    ),
    "half a sign": lambda h: sent(
        h,
        "/v1/stations/S001/epoch",
        b'{"last_seq":0,"last_hash":"","clerk":"\\ud800","approver":""}',
        422,
        "request_unreadable",
    ),
    "NUL in a card": lambda h: look(h, "/v1/cards/%00/loads", 422, "request_unreadable"),
    "NUL in a range of seals": lambda h: look(
        h, "/v1/seals?first=%00&last=1", 422, "request_unreadable"
    ),
    "NUL in a seal": lambda h: look(h, "/v1/seals/%00/steps", 422, "request_unreadable"),
    "long card": lambda h: look(h, f"/v1/cards/{'9' * 5_000}/loads", 422, "request_unreadable"),
    "after nothing": lambda h: look(h, PUSH, 422, "request_unreadable"),
    "after less": lambda h: look(h, f"{PUSH}?after=-1", 422, "request_unreadable"),
    "after too much": lambda h: look(h, f"{PUSH}?after={'9' * 40}", 422, "request_unreadable"),
    "after other digits": lambda h: look(h, f"{PUSH}?after=%D9%A1", 422, "request_unreadable"),
    "desk without a token": lambda _: Asked({}, 403, "local_only", "GET", "/v1/totals"),
    "desk with another": lambda _: desk(order(), 403, "local_only", authorization="Bearer x"),
    "desk with none of ASCII": lambda _: desk(order(), 403, "local_only", authorization="Bearer é"),
    "desk from elsewhere": lambda _: desk(
        order(), 403, "local_only", **{"x-forwarded-for": "203.0.113.9"}
    ),
    "order with NUL": lambda _: desk(order(account_no="\0")),
    "order of too much": lambda _: desk(order(fen=10**30)),
    "order of less": lambda _: desk(order(litres=-1)),
    "order of long ago": lambda _: desk(order(paid_at="0001-01-01T00:00:00+14:00")),
    "order of no zone": lambda _: desk(order(paid_at="2026-11-26T00:00:00")),
    "enrolment for another": lambda h: Asked(
        h.signed("POST", "/v1/stations", b"{}"),
        422,
        "request_unreadable",
        path="/v1/stations",
        body=b"{}",
    ),
    "TRACE": lambda _: Asked({}, 405, "", "TRACE", HEAD),
    "unheard of": lambda _: Asked({}, 405, "", "BREW", "/v1/totals"),
    "up": lambda _: Asked({}, 404, "page_unknown", "GET", "/v1/stations/../totals"),
    "up, written otherwise": lambda _: Asked(
        {}, 404, "page_unknown", "GET", "/v1/stations/%2e%2e/totals"
    ),
    "twice": lambda _: Asked({}, 404, "page_unknown", "GET", "//v1/totals"),
    "capitals": lambda _: Asked({}, 404, "page_unknown", "GET", "/V1/TOTALS"),
    "out of the console": lambda _: Asked({}, 404, "", "GET", "/console/../v1/totals"),
    "out of the files": lambda _: Asked(
        {}, 404, "", "GET", "/console/static/..%2f..%2fpyproject.toml"
    ),
    "a drive": lambda _: Asked({}, 404, "", "GET", "/console/static/C:%5cboot.ini"),
    "NUL in a page": lambda _: Asked({}, 404, "", "GET", "/console/%00"),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_must_not_get_in_is_told_why(house: House, name: str) -> None:
    asked = TABLE[name](house)
    before = house.head()["last_seq"]
    answer = house.ask(asked.method, asked.path, asked.headers, asked.body)
    assert answer.status_code == asked.status, answer.text
    if asked.code:
        assert answer.json()["code"] == asked.code
    assert "Traceback" not in answer.text
    assert house.head()["last_seq"] == before


RAW = {
    "long head": b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 100_000,
    "many heads": b"GET / HTTP/1.1\r\nhost: x\r\n"
    + b"".join(b"x%d: y\r\n" % n for n in range(9_000)),
    "two lengths": b"POST / HTTP/1.1\r\nhost: x\r\n"
    b"content-length: 3\r\ncontent-length: 4\r\n\r\nabc",
    "length below nothing": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "NUL in a head": b"GET / HTTP/1.1\r\nhost: x\r\nx: \0\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
    "bad chunk": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_request_is_cut_off(house: House, name: str) -> None:
    heard = b""
    with house.wire() as wire:
        try:
            wire.sendall(RAW[name])
            while part := wire.recv(65_536):
                heard += part
        except ConnectionError:
            pass
    assert heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404")) or not heard
    assert house.nonce()


def test_a_chunk_may_not_hide_a_second_request(house: House) -> None:
    """Both a length and chunks: whoever stands before us may read it otherwise than we do."""
    hidden = b"0\r\n\r\nGET /v1/totals HTTP/1.1\r\nhost: x\r\n\r\n"
    head = b"POST /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
    with house.wire() as wire:
        wire.sendall(head + b"content-length: %d\r\n\r\n" % len(hidden) + hidden)
        wire.settimeout(1)
        heard = b""
        try:
            while part := wire.recv(65_536):
                heard += part
        except (ConnectionError, TimeoutError):
            pass
    assert b" 200 " not in heard


FORMULA = '=HYPERLINK("http://elsewhere","click")'


def test_no_cell_of_any_export_is_a_formula(house: House) -> None:
    """Every name a desk, a person or the till of the web can give begins like one."""
    chain = Chain("S003")
    who: dict[str, Any] = dict.fromkeys(("account_no", "maker", "card_no", "meter_no"), FORMULA)
    who |= {"counter_before": 4, "counter_after": 5, "fen": 3_000, "litres": 10_000}
    who |= {"clerk": FORMULA, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    kinds = ("paid", "armed", "sealed", "sealed")
    sold = [chain.add(kind, subject=FORMULA, tender=FORMULA, **who) for kind in kinds]
    step = {"batch_id": FORMULA, "step": FORMULA, "stage": FORMULA, "clerk": FORMULA}
    sold.append(chain.add("batch", subject=FORMULA, detail=json.dumps(step), clerk=FORMULA))
    path, nonce = "/v1/stations/S003/entries", house.nonce("S003")
    posted = house.send("POST", path, batch_of(sold), station="S003", nonce=nonce)
    assert posted.status_code == 200, posted.text
    waiting = order(order_id=FORMULA, account_no=FORMULA, tariff=FORMULA)
    assert house.ask("POST", "/v1/orders", desk(waiting).headers, waiting).status_code == 200
    person(house.centre.books, "hu", *Role, display=FORMULA)
    with logged_in(house.centre, "hu") as browser:
        browser.post("blacklist", card_no="1", reason=FORMULA, listed="yes")
        said = 0
        for one in EXPORTS:
            plain = browser.get(f"exports/{one.name}.csv", q=FORMULA).content.decode("utf-8-sig")
            cells = [cell for row in csv.reader(io.StringIO(plain)) for cell in row]
            assert not [cell for cell in cells if cell.lstrip().startswith(tuple("=+@＝"))], one
            said += sum(FORMULA in cell for cell in cells)
            raw = browser.get(f"exports/{one.name}.xlsx", q=FORMULA).content
            sheet = load_workbook(io.BytesIO(raw)).active
            assert not [cell for row in sheet for cell in row if cell.data_type == "f"], one
        assert said > 10


def test_nothing_of_it_was_logged_that_opens_anything(house: House) -> None:
    """At the finest level, after logins, enrolments and everything above."""
    with house.wire() as wire:
        wire.sendall(RAW["no HTTP"])
        assert wire.recv(1 << 16).startswith(b"HTTP/1.1 400")
    person(house.centre.books, "chen", *Role)
    browser = Browser(house.centre.url)
    browser.log_in("chen", "not this one at all")
    assert browser.log_in("chen").status_code == 303
    page = browser.get("people")
    cookie, csrf = browser.client.cookies["cs_session"], browser.csrf()
    made = browser.post(
        "people", name="wu", display="吴", role="auditor", word="plain harbour", reason="new"
    )
    browser.close()
    assert (page.status_code, made.status_code) == (200, 303)
    key = TestKey()
    line = house.centre.line("S004", key)
    line.enrol(CODES[4])
    with pytest.raises(Exception, match="enrolment_code_bad"):
        house.centre.line("S005").enrol("guessed-code")
    assert house.centre.desk().totals().entries >= 0
    private = [one._key.private_bytes_raw() for one in (key, *house.keys.values())]
    secrets = [PASSWORD, PASSWORD.replace(" ", "+"), "not this one at all", cookie, csrf]
    secrets += [ADMIN, CODES[4], "guessed-code", bytes(range(32)).hex()]
    secrets += [one.hex() for one in private] + [repr(one) for one in private]
    said = "\n".join(house.heard.said)
    assert "Invalid HTTP request" in said
    assert [one for one in secrets if one in said] == []
