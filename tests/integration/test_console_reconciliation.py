"""Reconciliation in the browser: files by two persons, the list that stays, the days sealed."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from cardstation.central.console.roles import Role
from cardstation.central.reconcile.nightly import reconcile
from tests.kit.console import ZONE, Browser, Town, logged_in, person
from tests.kit.postgres import CENTRE_KEY, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

YESTERDAY = datetime.now(ZONE).date() - timedelta(days=1)
HEAD = "流水号,卡号,购气次数,金额,气量\n"
GAPS = HEAD + "".join(f"p{n},C0007002,{n},56.00,20\n" for n in range(4, 9))


@pytest.fixture
def town(centre: Centre) -> Town:
    """A doubtful town: purchases 4 to 8 of card C0007002 are missing."""
    made = Town(centre)
    made.doubts()
    person(centre.books, "chen", Role.SUPERVISOR)
    person(centre.books, "qian", Role.TREASURER)
    person(centre.books, "zhao", Role.TREASURER)
    return made


def words(browser: Browser, address: str = "reconciliation", **query: str) -> str:
    answer = browser.get(address, **query)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def take(browser: Browser, raw: str | bytes, kind: str = "channel", source: str = "phone") -> int:
    content = raw if isinstance(raw, bytes) else raw.encode()
    said = {"kind": kind, "source": source}
    return browser.send("reconciliation/files", "f.csv", content, **said).status_code


def count(town: Town, query: str) -> int:
    with town.centre.books.owner.connect() as connection:
        return int(connection.scalar(text(query)) or 0)


def test_a_file_counts_when_a_treasurer_accepted_it(town: Town) -> None:
    gap = "SELECT count(*) FROM explanations"
    with logged_in(town.centre, "chen") as chen, logged_in(town.centre, "qian") as qian:
        assert take(chen, GAPS) == 303
        assert "5 · ¥280.00" in words(chen, "reconciliation/files/1")
        assert "not accepted" in words(chen)
        assert chen.post("proposals/1", verdict="approved").status_code == 403
        assert count(town, gap) == 0
        shown = words(qian, "proposals")
        assert "File 1 · phone · f.csv · 5 rows that can be read · ¥280.00" in shown
        assert "First file of phone: a new name" in shown
        assert qian.post("proposals/1", verdict="approved").status_code == 303
        assert count(town, gap) == 1
        assert "Explained 5" in words(chen, "reconciliation/files/1")
        assert take(chen, GAPS) == 422
        answer = chen.send(
            "reconciliation/files", "f", GAPS.encode(), kind="channel", source="Phone"
        )
        assert "File taken before" in answer.text


def test_a_treasurer_does_not_accept_the_own_file(town: Town) -> None:
    with logged_in(town.centre, "qian") as qian, logged_in(town.centre, "zhao") as zhao:
        assert take(qian, GAPS) == 303
        assert "Two people needed" in qian.post("proposals/1", verdict="approved").text
        assert zhao.post("proposals/1", verdict="refused").status_code == 303
        assert count(town, "SELECT count(*) FROM accepted_files") == 0
        # Refused, it may be brought again; another person's name stands on it from the first time.
        assert take(qian, GAPS) == 303
        assert zhao.post("proposals/2", verdict="approved").status_code == 303
    assert count(town, "SELECT count(*) FROM off_book_loads") == 5


def test_bad_rows_are_shown_with_their_lines_before_anybody_accepts(town: Town) -> None:
    with logged_in(town.centre, "chen") as chen:
        assert take(chen, GAPS + "p9,C0007002,vier,1,1\n") == 303
        shown = words(chen, "reconciliation/files/1")
        assert "7 no purchase number p9 | C0007002 | vier | 1 | 1" in shown
        assert "1 rows are not taken" in words(chen, "proposals")


NO_FILES = [
    ("nothing.csv", b"", "No file chosen"),
    ("f.csv", b"a,b\n1,2\n", "Columns missing"),
    ("f.xlsx", b"PK\x03\x04 broken", "File not readable"),
]


@pytest.mark.parametrize(("name", "raw", "brief"), NO_FILES, ids=[one[2] for one in NO_FILES])
def test_what_is_no_file_is_said_beside_the_form(
    town: Town, name: str, raw: bytes, brief: str
) -> None:
    with logged_in(town.centre, "chen") as chen:
        answer = chen.send("reconciliation/files", name, raw, kind="bank", source="ICBC")
        assert answer.status_code == 422
        assert brief in answer.text
        assert 'value="ICBC"' in answer.text


def test_a_form_with_a_file_is_read_to_the_byte_or_not_at_all(town: Town) -> None:
    with logged_in(town.centre, "chen") as chen:
        # A boundary inside of the content, line ends of every kind, and no end of line at all.
        raw = GAPS.encode() + b"\r\n--no boundary\r\rp0,C1,1,1,1\n"
        assert take(chen, raw) == 303
        with town.centre.books.owner.connect() as connection:
            assert bytes(connection.scalar(text("SELECT raw FROM taken_files"))) == raw
        address = "/console/reconciliation/files"
        kinds = {
            "multipart/form-data": b"x",
            "multipart/form-data; boundary=b": b"--b\r\nno headers\r\n--b--\r\n",
            "multipart/form-data; boundary=c": b"--c\r\nbroken off",
            "multipart/form-data; boundary=d": b"--d\r\n\r\nx\r\n--d--" * 300,
            "application/x-www-form-urlencoded": b"kind=bank",
        }
        for kind, body in kinds.items():
            answer = chen.client.post(address, content=body, headers={"content-type": kind})
            assert answer.status_code == 422, kind
        large = {"file": ("f.csv", b"x" * 4_300_000)}
        answer = chen.client.post(address, data={"csrf": chen.csrf()}, files=large)
        assert "Form not readable" in answer.text
        stale = {"file": ("f.csv", GAPS.encode())}
        said = {"csrf": "forged", "kind": "bank", "source": "x"}
        assert chen.client.post(address, data=said, files=stale).status_code == 403
    assert count(town, "SELECT count(*) FROM taken_files") == 1


def test_megabytes_of_a_stranger_are_not_read(town: Town) -> None:
    person(town.centre.books, "teller", Role.TELLER)
    with logged_in(town.centre, "teller") as teller:
        assert take(teller, GAPS) == 403
    stranger = Browser(town.centre.url)
    files = {"file": ("f.csv", GAPS.encode())}
    answer = stranger.client.post("/console/reconciliation/files", files=files)
    assert answer.headers["location"].startswith("/console/login")
    stranger.close()


def test_an_item_of_the_audit_list_is_closed_by_two_persons(town: Town) -> None:
    books = town.centre.books
    _, chain = town.station("S001")
    shift = {"subject": "s1", "tender": "cash", "clerk": "lin"}
    town.push(
        "S001",
        [
            chain.add("shift_opened", fen=10_000, **shift),
            chain.add("shift_closed", fen=9_000, balance_fen=-1_000, **shift),
        ],
    )
    reconcile(books.engine, CENTRE_KEY, YESTERDAY)
    with books.owner.connect() as connection:
        shifts = text("SELECT entry_id FROM journal WHERE kind = 'shift_closed'")
        item = f"entry:{connection.scalar(shifts)}"
    with logged_in(town.centre, "chen") as chen, logged_in(town.centre, "qian") as qian:
        assert "Cash short S001 lin · " in words(chen)
        assert chen.post("reconciliation/audit", item=item, words=" ").status_code == 422
        assert chen.post("reconciliation/audit", item="x", words="why").status_code == 422
        assert chen.post("reconciliation/audit", item=item, words="找零有误").status_code == 303
        assert "Waits for a treasurer" in words(chen)
        assert "Cash short · S001 · lin · " in words(qian, "proposals")
        assert qian.post("proposals/1", verdict="approved").status_code == 303
        assert "Cash short S001" not in words(chen)
    assert count(town, "SELECT fen FROM audit_closings") == -1_000


def test_the_day_shows_seals_figure_and_what_came_late(town: Town) -> None:
    books = town.centre.books
    with logged_in(town.centre, "chen") as chen:
        assert "Not run for this day yet" in words(chen)
        assert "The nightly run has not been here yet" in words(chen)
        aged = "UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'"
        with books.owner.begin() as connection:
            connection.execute(text(aged))
        reconcile(books.engine, CENTRE_KEY, YESTERDAY)
        shown = words(chen)
        assert "Sealed 3 / 3" in shown
        assert "S001 sealed, not heard since" in shown
        assert "Cash ¥280.00 ¥0.00" in shown
        assert "0.00 % of ¥280.00 that moved, so far" in shown
        assert "Cards of CS01: purchases no desk sold 5 · 0 of them explained" in shown
        town.sell("S001", 5)
        assert "3 3 of sealed days" in words(chen)
        table = chen.get("exports/seals.csv", day=YESTERDAY.isoformat()).content
        rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
        assert [row[1] for row in rows[1:]] == ["S001", "S002", "centre"]
        assert "The day is not over" in words(chen, day=datetime.now(ZONE).date().isoformat())
        with books.owner.begin() as connection:
            connection.execute(text("UPDATE balances SET fen = fen + 7 WHERE account = 'gas_sold'"))
        assert not reconcile(books.engine, CENTRE_KEY, YESTERDAY).ok
        assert "The books disagree; nothing was sealed" in words(chen)
        with books.owner.begin() as connection:
            connection.execute(text("UPDATE balances SET fen = fen - 7 WHERE account = 'gas_sold'"))
    with books.owner.connect() as connection:
        reports = connection.scalars(text("SELECT report FROM day_runs ORDER BY number")).all()
    assert [bool(json.loads(one)["wrong"]) for one in reports] == [False, True]


def test_a_correction_after_the_seal_is_named_on_its_day(town: Town) -> None:
    books = town.centre.books
    with books.owner.begin() as connection:
        aged = "UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'"
        connection.execute(text(aged))
    day = YESTERDAY - timedelta(days=1)
    reconcile(books.engine, CENTRE_KEY, day)
    _, chain = town.station("S001")
    late = chain.add(
        "paid", tender="cash", account_no="0000000042", fen=1_234, at=f"{day}T10:00:00+08:00"
    )
    town.push("S001", [late])
    reconcile(books.engine, CENTRE_KEY, YESTERDAY)
    with logged_in(town.centre, "chen") as chen:
        shown = words(chen, day=day.isoformat())
        assert "Corrections after the seal 1" in shown
        assert "Paid 0000000042 ¥12.34" in shown


def test_the_page_is_whole_in_chinese(town: Town) -> None:
    town.filed()
    with logged_in(town.centre, "chen", "zh_CN") as chen:
        shown = words(chen)
        for one in ("待查清单", "渠道和银行文件", "每日对账", "封存后更正", "未复核"):
            assert one in shown
        assert "未收入的行" in words(chen, "reconciliation/files/1")
