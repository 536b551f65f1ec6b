"""The console under test: a town of stations that sold for two weeks, people, and their browser."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import text

from cardstation.central.console import people
from cardstation.central.console.audit import record_act
from cardstation.central.console.roles import Role
from cardstation.central.console.tables import COMMAND_LINE
from cardstation.central.engine import transaction
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.facts import Chain
from tests.kit.postgres import Books, Centre

PASSWORD = "plain oak window"
ZONE = ZoneInfo("Asia/Shanghai")


def person(books: Books, name: str, *roles: Role, display: str = "") -> str:
    """Somebody with a password of their own; returns the name."""
    with transaction(books.engine) as connection:
        people.add_person(connection, name, display, roles, given_by=COMMAND_LINE)
        people.change_secret(connection, name, PASSWORD)
    return name


@dataclass
class Browser:
    """Somebody's browser without a window: keeps cookies, follows nothing by itself."""

    url: str
    lang: str = "en"
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, headers={"accept-language": self.lang})

    def get(self, path: str = "", **query: str) -> httpx.Response:
        return self.client.get(f"/console/{path}", params=query or None)

    def log_in(self, name: str, secret: str = PASSWORD) -> httpx.Response:
        return self.client.post("/console/login", data={"name": name, "secret": secret})

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("password").text)
        assert found is not None
        return found[1]

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.client.post(f"/console/{path}", data={"csrf": self.csrf(), **fields})

    def close(self) -> None:
        self.client.close()


@contextmanager
def logged_in(centre: Centre, name: str, lang: str = "en") -> Iterator[Browser]:
    """A browser of somebody who is there already."""
    browser = Browser(centre.url, lang)
    try:
        assert browser.log_in(name).status_code == 303
        yield browser
    finally:
        browser.close()


@dataclass
class Town:
    """Stations and their chains."""

    centre: Centre
    lines: dict[str, tuple[HttpLedger, Chain]] = field(default_factory=dict)

    def push(self, station: str, entries: Sequence[bytes]) -> None:
        """Send entries that a chain of the station made."""
        ledger, _ = self.station(station)
        ledger.push(list(entries), ledger.head().nonce)

    def station(self, name: str) -> tuple[HttpLedger, Chain]:
        """A station of the town, enrolled on first use."""
        if name not in self.lines:
            self.lines[name] = (self.centre.station(name), Chain(name))
        return self.lines[name]

    def sell(self, station: str, household: int, **sale: Any) -> None:
        """One cash sale."""
        _, chain = self.station(station)
        self.push(station, chain.sale(household, **sale))

    def fortnight(self, seed: int = 5) -> None:
        """Two weeks of sales at four desks, with a rush in the morning; today is half over."""
        draw = random.Random(seed)
        for number, name in enumerate(("S001", "S002", "S003", "S004")):
            _, chain = self.station(name)
            entries: list[bytes] = []
            for household in range(90):
                fen = 2_800 * draw.choice((10, 20, 30, 40))
                entries += _sale(chain, 1000 * (number + 1) + household, fen, draw)
            for at in range(0, len(entries), 90):
                self.push(name, entries[at : at + 90])
        self.spread(draw)

    def spread(self, draw: random.Random) -> None:
        """Let what was posted just now have been posted over the last fourteen days."""
        now = datetime.now(ZONE)
        with self.centre.books.owner.begin() as connection:
            subjects = connection.scalars(text("SELECT DISTINCT subject FROM journal")).all()
            for subject in sorted(subjects):
                back = draw.choices(range(14), weights=[5, *([2] * 13)])[0]
                day = now - timedelta(days=back)
                hour = draw.choices(range(8, 18), weights=[3, 6, 8, 6, 3, 2, 5, 8, 6, 2])[0]
                at = day.replace(hour=hour, minute=draw.randrange(60))
                connection.execute(
                    text("UPDATE journal SET posted_at = :at WHERE subject = :subject"),
                    {"at": at, "subject": subject},
                )

    def doubts(self) -> None:
        """One load claimed twice, one purchase missing, one return of nothing."""
        _, first = self.station("S001")
        _, second = self.station("S002")
        self.push("S001", first.sale(7001, counter=4, fen=8_400))
        self.push("S002", second.sale(7001, counter=4, fen=8_400))
        self.push("S002", second.sale(7002, counter=3, fen=5_600))
        self.push("S001", first.sale(7002, counter=9, fen=5_600))


def _sale(chain: Chain, household: int, fen: int, draw: random.Random) -> list[bytes]:
    who: dict[str, Any] = {
        "subject": f"{chain.station}-{household}-{draw.randrange(10**9)}",
        "account_no": f"{household:010d}",
        "maker": "CS01",
        "card_no": f"8801{household:010d}",
        "meter_no": f"M{household:07d}",
        "counter_before": 3,
        "counter_after": 4,
        "fen": fen,
        "litres": fen * 1000 // 280,
        "clerk": draw.choice(("lin", "wang")),
        "at": datetime.now(ZONE).isoformat(timespec="seconds"),
    }
    tender = draw.choices(("cash", "qr_code", "bank_transfer"), weights=(3, 5, 1))[0]
    return [
        chain.add("paid", tender=tender, **who),
        chain.add("armed", **who),
        chain.add("sealed", **who),
    ]


def first_admins(books: Books) -> None:
    """People as the first days of a centre have them."""
    person(books, "chen", Role.SUPERVISOR, display="陈静")
    person(books, "zhao", Role.SUPERVISOR, Role.TREASURER, display="赵敏")
    person(books, "qian", Role.TREASURER, display="钱伟")
    person(books, "sun", Role.STATION_ADMIN, display="孙丽")
    person(books, "zhou", Role.STATION_ADMIN, display="周强")
    person(books, "wu", Role.AUDITOR, display="吴芳")
    with transaction(books.engine) as connection:
        record_act(connection, COMMAND_LINE, "person_added", "chen", "supervisor")
