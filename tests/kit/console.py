"""The console under test: a town of stations that sold for two weeks, people, and their browser."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy import insert, text

from cardstation.central.console.audit import record_act
from cardstation.central.console.passwords import hash_secret
from cardstation.central.console.roles import Role
from cardstation.central.console.tables import COMMAND_LINE, people, people_roles
from cardstation.central.days import recount
from cardstation.central.engine import transaction
from cardstation.central.reconcile.files import FileKind, take_file
from cardstation.central.reconcile.nightly import reconcile
from cardstation.domain.board_told import BoardTold, GasLeft
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.trust import trusted
from tests.kit.facts import Chain
from tests.kit.postgres import CENTRE_KEY, Books, Centre

PASSWORD = "plain oak window"
ZONE = ZoneInfo("Asia/Shanghai")


def person(books: Books, name: str, *roles: Role, display: str = "") -> str:
    """Somebody with a password of their own; returns the name."""
    with transaction(books.engine) as connection:
        connection.execute(
            insert(people).values(
                name=name, display=display or name, secret_hash=_hash(), must_change=False
            )
        )
        given = {"name": name, "roles": list(roles), "given_by": COMMAND_LINE}
        connection.execute(insert(people_roles).values(given))
    return name


@cache
def _hash() -> str:
    return hash_secret(PASSWORD)


@dataclass
class Browser:
    """Somebody's browser without a window: keeps cookies, follows nothing by itself."""

    url: str
    lang: str = "en"
    client: httpx.Client = field(init=False)
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        said = {"accept-language": self.lang}
        self.client = httpx.Client(base_url=self.url, headers=said, timeout=60, verify=trusted())

    def get(self, path: str = "", **query: str) -> httpx.Response:
        return self.client.get(f"/console/{path}", params=query or None)

    def log_in(self, name: str, secret: str = PASSWORD) -> httpx.Response:
        return self.client.post("/console/login", data={"name": name, "secret": secret})

    def csrf(self) -> str:
        """What this session's forms bring back."""
        session = self.client.cookies.get("cs_session", "")
        if session not in self.kept:
            self.kept = {session: self._csrf()}
        return self.kept[session]

    def _csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("password").text)
        assert found is not None
        return found[1]

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.client.post(f"/console/{path}", data={"csrf": self.csrf(), **fields})

    def send(self, path: str, name: str, raw: bytes, **fields: Any) -> httpx.Response:
        """A form that brings a file along."""
        said = {"csrf": self.csrf(), **fields}
        return self.client.post(f"/console/{path}", data=said, files={"file": (name, raw)})

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
        moved = []
        with self.centre.books.owner.begin() as connection:
            for subject in sorted(connection.scalars(text("SELECT DISTINCT subject FROM journal"))):
                back = draw.choices(range(14), weights=[1, *([2] * 13)])[0]
                hour = draw.choices(range(8, 18), weights=[3, 6, 8, 6, 3, 2, 5, 8, 6, 2])[0]
                at = (now - timedelta(days=back)).replace(hour=hour, minute=draw.randrange(60))
                moved.append({"at": min(at, now), "subject": subject})
            connection.execute(
                text("CREATE TEMP TABLE moved (subject text PRIMARY KEY, at timestamptz)")
            )
            connection.execute(text("INSERT INTO moved VALUES (:subject, :at)"), moved)
            connection.execute(
                text(
                    "UPDATE journal SET posted_at = moved.at FROM moved"
                    " WHERE moved.subject = journal.subject"
                )
            )
            recount(connection)

    def doubts(self) -> None:
        """One load claimed twice, one purchase missing, one return of nothing."""
        _, first = self.station("S001")
        _, second = self.station("S002")
        self.push("S001", first.sale(7001, counter=4, fen=8_400))
        self.push("S002", second.sale(7001, counter=4, fen=8_400))
        self.push("S002", second.sale(7002, counter=3, fen=5_600))
        self.push("S001", first.sale(7002, counter=9, fen=5_600))

    def filed(self, source: str = "phone", name: str = "phone-20261124.csv") -> None:
        """A channel's file that nobody has accepted yet: two rows that are missing, one bad."""
        books = self.centre.books
        person(books, "keeper", display="周会计")
        rows = ("p1,C0007002,5,56.00,20", "p2,C0007002,6,56.00,20", f"p3,,7,{source},1")
        raw = "\n".join(("流水号,卡号,购气次数,金额,气量", *rows)).replace("\0", "").encode()
        with transaction(books.engine) as connection:
            take_file(connection, FileKind.CHANNEL, source, name, raw, by="keeper")

    def tills(self) -> None:
        """Two shifts that were counted, one of them short."""
        for name, clerk, short in (("S001", "lin", 0), ("S002", "wang", -2_000)):
            _, chain = self.station(name)
            shift = {"subject": f"shift-{name}", "tender": "cash", "clerk": clerk}
            counted = {"fen": 20_000 + short, "balance_fen": short, "approver": "sun"}
            opened = chain.add("shift_opened", fen=20_000, **shift)
            self.push(name, [opened, chain.add("shift_closed", **counted, **shift)])

    def night(self) -> None:
        """The nightly run of yesterday, at stations that have been there for a month."""
        books = self.centre.books
        with books.owner.begin() as connection:
            aged = "UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'"
            connection.execute(text(aged))
        yesterday = datetime.now(ZONE).date() - timedelta(days=1)
        assert reconcile(books.engine, CENTRE_KEY, yesterday).ok

    def bags(self) -> None:
        """Three bags on their way, of two teams in two zones, one half loaded and paid for."""
        told = (
            ("S001", "2026-11-25-01", "城东专班", "sealed", 40, 26),
            ("S002", "2026-11-25-02", "城东专班", "controlled", 64, 64),
            ("S003", "2026-11-26-01", "铁北专班", "sealed", 52, 0),
        )
        for name, batch, team, zone, rows, loaded in told:
            _, chain = self.station(name)
            step = steps_of(chain, batch)
            listed = {"rows": rows, "typed": False, "team": team, "zone": zone}
            entries = [
                step("listed", "listed", listed),
                step("received", "received", _hand("team", "desk", rows)),
                chain.add(
                    "received",
                    subject=f"{batch}-p",
                    batch=batch,
                    tender="bank_transfer",
                    fen=rows * 8_400,
                ),
            ]
            if loaded:
                entries.append(step("started", "running", {}))
            for at in range(loaded):
                who: dict[str, Any] = {
                    "subject": f"{batch}-{at}",
                    "account_no": f"{name}{at:06d}",
                    "maker": "CS01",
                    "card_no": f"B{name}{at:05d}",
                    "meter_no": f"B{name}{at:05d}",
                    "counter_before": 0,
                    "counter_after": 1,
                    "fen": 8_400,
                    "litres": 30_000,
                    "batch": batch,
                    "tender": "batch",
                }
                entries += [chain.add("paid", **who), chain.add("sealed", **who)]
            if loaded == rows:
                entries.append(step("finished", "done", {"done": rows, "left": 0, "open": 0}))
                entries.append(step("returned", "returned", _hand("desk", "manager", rows)))
            for at in range(0, len(entries), 90):
                self.push(name, entries[at : at + 90])

    def told(self) -> None:
        """What the desks of the bags say for the board, but one of them nothing."""
        now = datetime.now(ZONE)
        lasts = (0, 1, 2, 3, 5, 6, 9, 13, 20, 41, None, None)
        for name, team, zone, open_ in (
            ("S001", "城东专班", "sealed", {"2026-11-25-01": 3}),
            ("S002", "城东专班", "controlled", {}),
        ):
            gas = tuple(
                GasLeft(
                    account_no=f"{int(name[1:])}{at:09d}",
                    card_no=f"B{name}{at:05d}",
                    counter=1,
                    out_at=None if days is None else now + timedelta(days=days, hours=1),
                    read_at=now - timedelta(days=at % 4 if at < 11 else 120, hours=at),
                    team=team,
                    zone=zone,
                )
                for at, days in enumerate(lasts)
            )
            self.station(name)[0].tell_board(BoardTold(open_, gas))


def steps_of(chain: Chain, batch: str) -> Callable[[str, str, dict[str, Any]], bytes]:
    def add(step: str, stage: str, said: dict[str, Any]) -> bytes:
        told = {"batch_id": batch, "step": step, "stage": stage, "clerk": "lin", "seq": 1}
        told |= {"at": "2026-11-25T09:00:00+08:00", "detail": json.dumps(said) if said else ""}
        return chain.add("batch", subject=batch, batch=batch, detail=json.dumps(told), clerk="lin")

    return add


def _hand(giver: str, taker: str, cards: int) -> dict[str, Any]:
    return {"giver": giver, "taker": taker, "expected": cards, "arrived": cards, "seal_no": ""}


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


def secret_in(browser: Browser, number: int) -> str:
    """What an approval shows once."""
    answer = browser.post(f"proposals/{number}", verdict="approved")
    found = re.search(r'class="secret"><code>([^<]+)<', answer.text)
    assert found is not None, answer.text
    return found[1]
