"""Who is slow, many or greedy keeps nobody else waiting: told by who is answered, not by clocks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text

from cardstation.central import doorway, ledger, patience, requests, turns
from cardstation.central.api import Service, build
from cardstation.central.enrolment import EnrolmentCodes
from cardstation.central.reception import CONNECTIONS
from tests.kit.facts import Chain
from tests.kit.hostile import House, batch_of, enrolled
from tests.kit.postgres import ADMIN, CENTRE_KEY, TestKey, served

pytest_plugins = ("tests.kit.ledger_fixtures", "tests.kit.hostile_fixtures")
pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("hostile")]

OTHERS = [f"T{number:03d}" for number in range(2 * CONNECTIONS)]
SHARE = 8
PAGES_AT_ONCE = 4


@pytest.fixture(scope="module")
def chain() -> Chain:
    """What S001 has to post; each test posts a little of it."""
    return Chain("S001")


@pytest.fixture(scope="module")
def crowd(house: House) -> Sequence[str]:
    """More stations than there are workers and connections together."""
    for name in OTHERS:
        house.keys[name] = TestKey()
        enrolled(house.centre.books, name, house.keys[name])
    return OTHERS


@pytest.fixture
def posts(house: House, chain: Chain) -> Callable[[], None]:
    """S001 does its work, as if nothing were."""

    def post() -> None:
        path, nonce = "/v1/stations/S001/entries", house.nonce()
        answer = house.send("POST", path, batch_of(chain.sale()), nonce=nonce)
        assert (answer.status_code, answer.json()["acked_seq"]) == (200, chain.seq)

    return post


def rest(wire: Any) -> bytes:
    """Everything that still comes, until the other side hangs up."""
    heard = b""
    try:
        while part := wire.recv(1 << 20):
            heard += part
    except ConnectionError:
        pass
    return heard


def test_whoever_never_says_all_holds_no_worker(
    house: House, crowd: Sequence[str], posts: Callable[[], None]
) -> None:
    """Half a head, a head without its body, half a body: of strangers and of known stations."""
    with ExitStack() as opened:
        for name in crowd:
            path = f"/v1/stations/{name}/entries"
            good = house.signed("POST", path, b"x" * 3_000_000, station=name)
            forged = house.signed("POST", path, b"x" * 3_000_000, station=name, key=TestKey())
            whole = house.raw_head("POST", path, good, 3_000_000)
            for said in (b"", whole[:40], whole, whole + b"x" * 1_000_000):
                opened.enter_context(house.wire()).sendall(said)
            wire = opened.enter_context(house.wire())
            wire.sendall(house.raw_head("POST", path, forged, 3_000_000))
        posts()


def test_a_body_of_a_stranger_is_not_even_awaited(house: House) -> None:
    """The answer comes before the first byte of it."""
    headers = house.signed("POST", "/v1/stations/S001/entries", b"x" * 3_000_000, key=TestKey())
    with house.wire() as wire:
        wire.sendall(house.raw_head("POST", "/v1/stations/S001/entries", headers, 3_000_000))
        assert wire.recv(1 << 16).startswith(b"HTTP/1.1 401")


def test_every_wait_for_a_client_has_an_end(
    house: House, monkeypatch: pytest.MonkeyPatch, posts: Callable[[], None]
) -> None:
    for name in ("HEAD_S", "REST_S", "UNREAD_S"):
        monkeypatch.setattr(patience, name, 0.3)
    monkeypatch.setattr(requests, "BODY_S", 0.3)
    path = "/v1/stations/S002/entries"
    headers = house.signed("POST", path, b"x" * 3_000_000, station="S002")
    whole = house.raw_head("POST", path, headers, 3_000_000)
    unsigned = house.raw_head("POST", path, {}, 3_000_000)
    idle = house.raw_head("GET", "/healthz", {}, 0)
    for said, answer in (
        (b"", b""),
        (whole[:40], b""),
        (whole + b"x", b"HTTP/1.1 503"),
        (unsigned, b"HTTP/1.1 401"),
        (idle + idle[:20], b"HTTP/1.1 200"),
    ):
        with house.wire() as wire:
            wire.sendall(said)
            assert rest(wire).startswith(answer)
    posts()


def test_an_answer_that_nobody_takes_is_dropped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "UNREAD_S", 0.3)
    asked = house.raw_head("GET", "/console/static/NotoSansSC-Bold.ttf", {}, 0)
    dropped = threading.Event()
    lost = patience.PatientProtocol.connection_lost

    def told(self: patience.PatientProtocol, error: Exception | None) -> None:
        lost(self, error)
        dropped.set()

    with house.wire() as wire:
        wire.sendall(asked)
        assert wire.recv(100).startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(patience.PatientProtocol, "connection_lost", told)
        assert dropped.wait(30)


def test_the_longest_waited_for_makes_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Idle connections without end: the newest are heard, the oldest are gone."""
    monkeypatch.setattr(doorway, "_most_connections", lambda: 4)
    monkeypatch.setattr(patience, "HEAD_S", 600.0)
    app = build(Service(house.centre.books.engine, EnrolmentCodes(), ADMIN, CENTRE_KEY))
    with served(app) as url, ExitStack() as opened:
        other = House(type(house.centre)(url, house.centre.books, opened), house.keys, house.heard)
        idle = [opened.enter_context(other.wire()) for _ in range(12)]
        for _ in range(3):
            assert other.ask("GET", "/healthz", {}).status_code == 200
        assert rest(idle[0]) == b""


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, Counter[str]]]:
    """Every push of S003 hangs until it is let go; counts how many at once."""
    free, seen, lock = threading.Event(), Counter[str](), threading.Lock()
    push = ledger.push

    def hang(engine: Any, station: str, *rest: Any, **more: Any) -> Any:
        if station != "S003":
            return push(engine, station, *rest, **more)
        with lock:
            seen["now"] += 1
            seen["most"] = max(seen["most"], seen["now"])
        try:
            assert free.wait(60)
            return push(engine, station, *rest, **more)
        finally:
            with lock:
                seen["now"] -= 1

    monkeypatch.setattr(ledger, "push", hang)
    monkeypatch.setattr(turns, "_PATIENCE_S", 60.0)
    yield free, seen
    free.set()


def test_a_greedy_station_waits_for_itself(
    house: House, hung: tuple[threading.Event, Counter[str]], posts: Callable[[], None]
) -> None:
    """Thirty requests of one station at once: one is worked on, its share waits, the rest is told
    to come again; whoever else comes is served meanwhile."""
    free, seen = hung
    path, nonce = "/v1/stations/S003/entries", house.nonce("S003")
    body = batch_of(Chain("S003").sale())
    with ThreadPoolExecutor(30) as hands:
        asked = [
            hands.submit(house.send, "POST", path, body, station="S003", nonce=nonce)
            for _ in range(30)
        ]
        waiting = set(asked)
        while len(waiting) > SHARE:
            waiting = {one for one in waiting if not one.done()}
        for _ in range(3):
            posts()
        free.set()
        told = [one.result(60) for one in asked]
    statuses = Counter(one.status_code for one in told)
    assert statuses == {200: SHARE, 503: 30 - SHARE}
    assert all(one.headers["retry-after"] for one in told if one.status_code == 503)
    assert all(one.json()["acked_seq"] == 3 for one in told if one.status_code == 200)
    assert seen["most"] == 1


def test_pages_that_hang_keep_no_station_waiting(house: House, posts: Callable[[], None]) -> None:
    """More looks at pages than the service has threads for, none of which comes to an end."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    cookie = {"cookie": "cs_session=nobodys"}
    with ThreadPoolExecutor(50) as crowd, house.centre.books.owner.connect() as owner:
        owner.execute(text("LOCK TABLE people_sessions IN ACCESS EXCLUSIVE MODE"))
        asked = [crowd.submit(house.ask, "GET", "/console/", cookie) for _ in range(50)]
        try:
            while owner.scalar(waiting) < PAGES_AT_ONCE:
                assert not all(one.done() for one in asked)
            posts()
            assert not [one for one in asked if one.done()]
        finally:
            owner.rollback()
        assert {one.result(60).status_code for one in asked} == {303}
