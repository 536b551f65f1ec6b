"""The station's line to the ledger: every failure is one of ours, and says what it means."""

from __future__ import annotations

import gc
import inspect
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from cardstation.bootstrap.centre import enrol_at
from cardstation.bootstrap.station import open_station
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.central.process import CentralProcess
from cardstation.domain.message_signature import content_digest
from cardstation.errors import CardStationError, Defect, LedgerRefused, LedgerUnreachable
from cardstation.settings import load_settings
from cardstation.sync import http_ledger
from cardstation.sync.failures import FAILURES
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.between import Between
from tests.kit.facts import Chain
from tests.kit.postgres import CODES, Centre, TestKey, TestPin

pytest_plugins = ("tests.kit.ledger_fixtures",)

Answer = Callable[[httpx.Request], httpx.Response]

HTTPX_EXCEPTIONS = [
    value
    for value in vars(httpx).values()
    if inspect.isclass(value) and issubclass(value, Exception)
]


def line_to(answer: Answer) -> HttpLedger:
    transport = httpx.MockTransport(answer)
    return HttpLedger("http://127.0.0.1:1", "S001", TestKey(), TestPin(), transport=transport)


def failing(answer: Answer) -> CardStationError:
    ledger = line_to(answer)
    with pytest.raises(CardStationError) as caught:
        ledger.head()
    ledger.close()
    return caught.value


def test_no_exception_of_httpx_is_unmapped() -> None:
    assert {kind.__name__ for kind in HTTPX_EXCEPTIONS} == set(FAILURES)


@pytest.mark.parametrize("kind", HTTPX_EXCEPTIONS, ids=lambda kind: kind.__name__)
def test_each_exception_becomes_ours(kind: type[Exception]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        error = kind.__new__(kind)
        Exception.__init__(error, "planted")
        raise error

    error = failing(answer)
    ours = FAILURES[kind.__name__] == "defect"
    assert isinstance(error, Defect if ours else LedgerUnreachable)
    assert error.code == FAILURES[kind.__name__]


def test_a_new_kind_of_a_known_failure_is_mapped_by_its_parent() -> None:
    class NewTimeout(httpx.ReadTimeout):
        pass

    def answer(request: httpx.Request) -> httpx.Response:
        raise NewTimeout("planted")

    assert failing(answer).values["reason"] == "ReadTimeout"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>captive portal</html>", "ledger_answer_unreadable"),
        (200, b'{"epoch": "one"}', "ledger_answer_unreadable"),
        (302, b"", "ledger_answer_unreadable"),
        (404, b"not found", "ledger_answer_unreadable"),
        (429, b"", "ledger_busy_now"),
        (500, b"Internal Server Error", "ledger_busy_now"),
        (503, b'{"code": "ledger_commit_unknown", "values": {}}', "ledger_busy_now"),
    ],
)
def test_answers_that_mean_send_again(status: int, body: bytes, code: str) -> None:
    error = failing(lambda _: httpx.Response(status, content=body))
    assert isinstance(error, LedgerUnreachable)
    assert error.code == code


def test_a_busy_ledger_says_when_to_come_again() -> None:
    error = failing(lambda _: httpx.Response(503, headers={"retry-after": "7"}))
    assert error.values["retry_after_s"] == 7


def test_a_refusal_keeps_its_code_and_values() -> None:
    body = b'{"code": "station_unknown", "values": {"expected_seq": 4, "code": "x"}}'
    error = failing(lambda _: httpx.Response(409, content=body))
    assert isinstance(error, LedgerRefused)
    assert (error.code, error.values["expected_seq"]) == ("station_unknown", 4)


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "ftp://127.0.0.1", "http://", "http:///x"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(LedgerUnreachable, match="ledger_bad_address"):
        HttpLedger(url, "S001", TestKey(), TestPin())


def test_nobody_there() -> None:
    ledger = HttpLedger("http://127.0.0.1:9", "S001", TestKey(), TestPin())
    with pytest.raises(LedgerUnreachable, match="ledger_unreachable"):
        ledger.push([b"{}"], "nonce")
    ledger.close()


def test_every_request_is_signed_over_its_content() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    ledger = line_to(answer)
    with pytest.raises(LedgerUnreachable):
        ledger.push([b"fact"], "the-nonce")
    ledger.close()
    (request,) = seen
    assert request.headers["content-digest"] == content_digest(request.content)
    assert 'nonce="the-nonce"' in request.headers["signature-input"]
    assert request.content == b'{"entries":["ZmFjdA=="]}'


def test_a_printed_code_is_good_for_its_time() -> None:
    with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
        EnrolmentCodes("code", valid_s=0).use("code")
    codes = EnrolmentCodes("code", valid_s=60)
    codes.use("code")
    with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
        codes.use("code")


@pytest.mark.postgres
def test_enrolment_by_a_printed_code_stands_in_the_audit_log(centre: Centre) -> None:
    centre.line().enrol(CODES[1])
    with centre.books.engine.connect() as connection:
        found = connection.execute(text("SELECT clerk, act, subject FROM acts")).all()
    assert found == [("command line", "station_enrolled", "S001")]


@pytest.mark.postgres
def test_enrolment_is_once_per_code_and_harmless_again(centre: Centre) -> None:
    key = TestKey()
    ledger = centre.line(key=key)
    with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
        ledger.enrol("wrong")
    first = ledger.enrol(CODES[1])
    assert ledger.enrol(CODES[1]) == first
    with pytest.raises(LedgerRefused, match="station_enrolled"):
        centre.line().enrol(CODES[2])
    with pytest.raises(LedgerRefused, match="enrolment_code_bad"):
        centre.line("S002").enrol(CODES[1])
    with pytest.raises(LedgerRefused, match="station_enrolled"):
        centre.line("centre").enrol(CODES[2])


@pytest.mark.postgres
def test_a_look_after_somebody_elses_push_takes_the_new_nonce(centre: Centre) -> None:
    key = TestKey()
    ledger = centre.station(key=key)
    other = centre.line(key=key)
    assert ledger.orders() == ()
    chain = Chain()
    other.push(chain.sale(7), other.head().nonce)
    assert [entry.kind for entry in ledger.loads_of("C0000007")] == ["armed", "sealed"]
    assert ledger.loads_of("C 卡/7?") == ledger.loads_of("") == ()


@pytest.mark.postgres
def test_the_desk_of_the_centre_needs_its_token(centre: Centre) -> None:
    answer = httpx.get(f"{centre.url}/v1/totals", headers={"authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "local_only")
    assert httpx.get(f"{centre.url}/healthz").json() == {"ok": True}


@pytest.mark.postgres
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"signature-input": "x", "signature": "y"},
        {"signature-input": 'station=("@path");keyid="S001"', "signature": "station=:AAAA:"},
    ],
)
def test_unsigned_requests_see_nothing(centre: Centre, headers: dict[str, str]) -> None:
    centre.station()
    for path in ("/v1/stations/S001/head", "/v1/orders", "/v1/cards/C1/loads"):
        answer = httpx.get(centre.url + path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "signature_bad")
    answer = httpx.post(f"{centre.url}/v1/stations/S001/entries", content=b"{}", headers=headers)
    assert answer.status_code == 401


@pytest.mark.postgres
def test_a_captured_request_cannot_be_used_for_another(centre: Centre) -> None:
    caught: list[httpx.Request] = []

    class Listening(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            caught.append(request)
            return super().handle_request(request)

    key = TestKey()
    centre.station(key=key)
    ledger = centre.line(key=key, transport=Listening())
    chain = Chain()
    ledger.push(chain.sale(1), ledger.head().nonce)
    assert ledger.loads_of("C0000001") != ()
    looked = caught[-1]
    elsewhere = httpx.get(f"{centre.url}/v1/cards/C2/loads", headers=looked.headers)
    assert elsewhere.status_code == 401
    ledger.push(chain.sale(2), ledger.head().nonce)
    again = httpx.get(str(looked.url), headers=looked.headers)
    assert (again.status_code, again.json()["code"]) == (401, "nonce_stale")


@pytest.mark.postgres
@pytest.mark.usefixtures("cluster")
def test_a_service_killed_between_two_pushes(tmp_path: Path) -> None:
    home = tmp_path
    key, chain, pin = TestKey(), Chain(), TestPin()
    with CentralProcess(home) as service:
        ledger = HttpLedger(service.url, "S001", key, pin)
        ledger.enrol(service.enrolment_code)
        ledger.push(chain.sale(1), ledger.head().nonce)
        service.kill()
        with pytest.raises(LedgerUnreachable):
            ledger.head()
        ledger.close()
    with CentralProcess(home) as service:
        ledger = HttpLedger(service.url, "S001", key, pin)
        chain.sale(2)
        assert ledger.push(chain.written, ledger.head().nonce).acked_seq == 6
        ledger.close()


def test_after_a_failure_nothing_hurried_is_asked_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, float]] = []
    now = [100.0]
    monkeypatch.setattr(http_ledger.time, "monotonic", lambda: now[0])

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.extensions["timeout"])
        raise httpx.ConnectTimeout("planted")

    ledger = line_to(answer)
    for rest_s in (2, 4, 8):
        hurried = ledger.hurried()
        assert hurried is not None
        with pytest.raises(LedgerUnreachable):
            hurried.head()
        assert set(asked[-1].values()) == {http_ledger.HURRIED_TIMEOUT_S}
        now[0] += rest_s - 0.1
        assert ledger.hurried() is None
        now[0] += 0.2
    with pytest.raises(LedgerUnreachable):
        ledger.head()
    assert asked[-1]["read"] == http_ledger.ANSWER_TIMEOUT_S
    ledger.close()


def test_an_answer_that_our_centre_did_not_sign_is_none(centre: Centre) -> None:
    """Enrolled elsewhere, or somebody in between: nothing of it is believed."""
    key = TestKey()
    centre.station(key=key)
    stranger = HttpLedger(centre.url, "S001", key, TestPin(TestKey().public))
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        stranger.head()
    nonce = centre.line(key=key).head().nonce
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        stranger.push(Chain().sale(), nonce)
    stranger.close()
    assert centre.line(key=key).head().last_seq == 3


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"status":"suspended"', b'"status":"active"'),
        (b'"nonce":"', b'"nonce":"x'),
        (b'"exceptions":[', b'"exceptions":[{"seq":1,"code":"counter_gap","other":""}'),
        (b'"totals":{', b'"totals":{"suspense":7,'),
        (b'"entries":[', b'"entries":["e30="'),
    ],
    ids=["status", "nonce", "exceptions", "totals", "entries"],
)
def test_nothing_of_an_answer_is_changed_on_the_way(centre: Centre, old: bytes, new: bytes) -> None:
    """A stopped station's status least of all: told that it is active, it would count as heard."""
    key, chain = TestKey(), Chain()
    centre.station(key=key)
    nonce = centre.line(key=key).head().nonce
    between = centre.line(key=key, transport=Between(old, new))
    asked = {
        b'"exceptions":[': lambda: between.push(chain.sale(), nonce),
        b'"totals":{': lambda: between.push(chain.sale(), nonce),
        b'"entries":[': lambda: between.loads_of("1"),
    }
    if b"status" in old:
        with centre.books.owner.begin() as connection:
            connection.execute(text("UPDATE stations SET status = 'suspended'"))
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        asked.get(old, between.head)()


def test_an_answer_is_to_its_own_question(centre: Centre) -> None:
    """Two questions may carry the same nonce: the answer to one is none to the other."""
    line = centre.station()
    line.head()
    kept: list[httpx.Response] = []
    send = line._client.send

    def swapped(request: httpx.Request) -> httpx.Response:
        kept.append(send(request))
        return kept[0]

    line._client.send = swapped  # type: ignore[method-assign,assignment]
    line.loads_of("1")
    with pytest.raises(LedgerRefused, match="ledger_signature_bad"):
        line.loads_of("2")


def test_a_signature_that_is_none_is_not_read() -> None:
    head = b'{"epoch":1,"last_seq":0,"last_hash":"","nonce":"","status":"active","signature":"",'
    body, said = head + b'"centre_key":"","rewind":null}', {"centre-signature": "%"}
    error = failing(lambda _: httpx.Response(200, content=body, headers=said))
    assert error.code == "ledger_answer_unreadable"


def test_an_older_centre_that_signs_no_answer_is_said_to_be_one(centre: Centre) -> None:
    key = TestKey()
    centre.station(key=key)
    older = centre.line(key=key, transport=Between(b"", b"", signs=False))
    with pytest.raises(LedgerRefused, match="ledger_answer_unsigned"):
        older.head()


@pytest.mark.postgres
@pytest.mark.parametrize("writing", [True, False], ids=["desk", "reader"])
def test_a_station_that_closes_hangs_up(centre: Centre, tmp_path: Path, writing: bool) -> None:
    settings = replace(load_settings(tmp_path, {}), ledger_url=centre.url, training=True)
    enrol_at(settings, centre.url, CODES[1])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with open_station(settings, True):
            pass
        with open_station(settings, writing) as station:
            assert station.ledger is not None
            station.ledger.head()
        del station
        gc.collect()
    assert [str(one.message) for one in seen if "socket" in str(one.message)] == []
