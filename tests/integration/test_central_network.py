"""A hostile network, seeded: requests lost, answers lost, copies late and twice; the books hold."""

from __future__ import annotations

import random

import httpx
import pytest
from sqlalchemy import select

from cardstation.central.books import totals
from cardstation.central.tables import journal
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.trust import trusted
from tests.kit.facts import Chain
from tests.kit.postgres import CODES, Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

STATIONS = 3
SALES = 12
ROUNDS = 400


class Hostile(httpx.BaseTransport):
    """Loses, doubles and keeps requests, by a seeded generator."""

    def __init__(self, dice: random.Random) -> None:
        self.calm = True
        self._dice = dice
        self._wire = httpx.HTTPTransport(verify=trusted())
        self._kept: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.calm:
            return self._deliver(request)
        fate = self._dice.random()
        self._kept.append(request)
        if fate < 0.15:
            raise httpx.ConnectError("never left")
        if fate < 0.3:
            self._deliver(self._dice.choice(self._kept))
        answer = self._deliver(request)
        if 0.25 < fate < 0.45:
            raise httpx.ReadTimeout("answer lost")
        return answer

    def _deliver(self, request: httpx.Request) -> httpx.Response:
        answer = self._wire.handle_request(request)
        answer.read()
        return answer

    def close(self) -> None:
        self._wire.close()


def go_on(ledger: HttpLedger, chain: Chain, dice: random.Random) -> bool:
    """One turn of a station's sync loop; True when the ledger has everything."""
    try:
        head = ledger.head()
        waiting = chain.written[head.last_seq :]
        if not waiting:
            return True
        back = dice.randint(0, min(3, head.last_seq))
        start = head.last_seq - back
        ledger.push(chain.written[start : start + dice.randint(back + 1, back + 9)], head.nonce)
    except LedgerUnreachable:
        pass
    except LedgerRefused as refused:
        # A late copy of our own push came first and used the nonce up.
        if refused.code != "nonce_stale":
            raise
    return False


@pytest.mark.parametrize("seed", range(6))
def test_everything_is_posted_once(centre: Centre, seed: int) -> None:
    dice = random.Random(seed)
    chains, lines = [], []
    for number in range(1, STATIONS + 1):
        chain = Chain(f"S{number:03d}")
        for at in range(SALES):
            chain.sale(number * 100 + at, fen=1_000 + at)
        wire = Hostile(dice)
        line = centre.line(chain.station, TestKey(), wire)
        line.enrol(CODES[number])
        wire.calm = False
        chains.append(chain)
        lines.append(line)
    left = set(range(STATIONS))
    for _ in range(ROUNDS):
        if not left:
            break
        at = dice.choice(sorted(left))
        if go_on(lines[at], chains[at], dice):
            left.remove(at)
    assert not left
    with centre.books.engine.connect() as connection:
        for chain in chains:
            stored = connection.scalars(
                select(journal.c.raw)
                .where(journal.c.station == chain.station)
                .order_by(journal.c.seq)
            )
            assert list(stored) == chain.written
    sold = STATIONS * sum(1_000 + at for at in range(SALES))
    assert totals(centre.books.engine).classes == {
        "gas_sold": -sold,
        "tender": sold,
        "unloaded": 0,
    }
