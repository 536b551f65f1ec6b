"""A load that one desk gives up and another goes on with: whom the books had first, both learn."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from cardstation.central import posting
from cardstation.central.batch import Sent
from cardstation.central.judging import Verdict
from cardstation.ports.ledger import Ack
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)

CARD = "88013025000001"
_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.mark.parametrize("takes_over", ["armed", "sealed"])
@pytest.mark.parametrize("slow", ["S001", "S002"])
def test_who_comes_while_the_other_is_not_committed_comes_second(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, slow: str, takes_over: str
) -> None:
    """S001 finds that its load never was, S002 goes on with it; one commit takes its time."""
    lines = {name: centre.station(name) for name in ("S001", "S002")}
    chains = {name: Chain(name) for name in lines}
    who: dict[str, Any] = {
        "subject": str(uuid.uuid4()),
        "account_no": "0000000001",
        "maker": "CS01",
        "card_no": CARD,
        "meter_no": "QM1",
        "counter_before": 1,
        "counter_after": 2,
        "fen": 3_000,
        "tender": "cash",
        "detail": "x",
    }
    begun = [chains["S001"].add(kind, **who) for kind in ("paid", "armed")]
    lines["S001"].push(begun, lines["S001"].head().nonce)
    given_up = {**who, "detail": "", "witness": "people: seen", "approver": "x"}
    said = {
        "S001": [chains["S001"].add("not_loaded", **given_up)],
        "S002": [chains["S002"].add(takes_over, **{**who, "origin": "S001"})],
    }
    nonces = {name: line.head().nonce for name, line in lines.items()}
    inside, go = _slow_commit(monkeypatch, slow)

    def push(name: str) -> Ack:
        return lines[name].push(said[name], nonces[name])

    other = next(name for name in lines if name != slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(push, slow)
        assert inside.wait(30)
        second = pool.submit(push, other)
        try:
            _waits_or_is_through(centre, second)
            assert not second.done()
        finally:
            go.set()
        assert second.result().exceptions == first.result().exceptions == ()
    for line in lines.values():
        seen = [one.station for one in line.loads_of(CARD)]
        assert seen == ["S001", slow, other]


def _slow_commit(monkeypatch: pytest.MonkeyPatch, slow: str) -> tuple[Event, Event]:
    """Everything of a station's batch is written, and its commit waits."""
    inside, go, real = Event(), Event(), posting.write_exceptions

    def written(
        connection: Connection, station: str, new: Sequence[Sent], verdicts: Sequence[Verdict]
    ) -> None:
        real(connection, station, new, verdicts)
        if station == slow:
            inside.set()
            go.wait(30)

    monkeypatch.setattr(posting, "write_exceptions", written)
    return inside, go


def _waits_or_is_through(centre: Centre, second: Future[Ack]) -> None:
    with centre.books.owner.connect() as owner:
        while not second.done() and not owner.scalar(_WAITING):
            owner.rollback()
