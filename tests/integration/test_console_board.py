"""The centre's board: open exceptions over all desks, and whose gas runs out first."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from cardstation.central.console.gas import STATES, counts, homes
from cardstation.central.console.roles import Role
from cardstation.central.console.words import GAS
from cardstation.central.engine import transaction
from cardstation.domain.board_told import BoardTold, GasLeft
from cardstation.domain.forecast import OLDEST
from cardstation.domain.ledger import Entry
from tests.kit.console import ZONE, Browser, Town, logged_in, person, steps_of
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

NOW = datetime.now(ZONE)
HOME = GasLeft("A", "C0000001", 4, NOW, NOW - timedelta(days=1), "绿园专班", "sealed")


@pytest.fixture
def chief(centre: Centre) -> Centre:
    person(centre.books, "chief", *Role)
    return centre


def words(browser: Browser, address: str, **query: str) -> str:
    answer = browser.get(address, **query)
    assert answer.status_code == 200, answer.text
    shown = answer.text.partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def table(browser: Browser, name: str, **query: str) -> list[list[str]]:
    answer = browser.get(f"exports/{name}.csv", **query)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_open_exceptions_stand_beside_each_team_and_zone(chief: Centre) -> None:
    town = Town(chief)
    town.bags()
    town.told()
    with logged_in(chief, "chief") as browser:
        shown = words(browser, "board")
        assert "Open exceptions 3 as the desks said" in shown
        assert "or never: S003. There may be more" in shown
        assert "Sealed zone 城东专班 1 1 40 40 26 0 3 " in shown
        assert "Controlled zone 城东专班 1 1 64 64 64 64 0 " in shown
        assert "Sealed zone 铁北专班 1 1 52 52 0 0 not said " in shown
        assert table(browser, "board")[1:] == [
            ["Sealed zone", "城东专班", "1", "1", "40", "40", "26", "0", "3", "0"],
            ["Sealed zone", "铁北专班", "1", "1", "52", "52", "0", "0", "0", "1"],
            ["Controlled zone", "城东专班", "1", "1", "64", "64", "64", "64", "0", "0"],
        ]
        with chief.books.owner.begin() as connection:
            aged = "UPDATE boards_heard SET heard_at = heard_at - interval '2 days'"
            connection.execute(text(f"{aged} WHERE station = 'S001'"))
        assert "or never: S001, S003." in words(browser, "board")


def test_a_team_that_has_one_desk_silent_says_so(chief: Centre) -> None:
    town = Town(chief)
    town.bags()
    town.told()
    _, chain = town.station("S004")
    listed = {"rows": 8, "typed": False, "team": "城东专班", "zone": "sealed"}
    town.push("S004", [steps_of(chain, "2026-11-26-04")("listed", "listed", listed)])
    with logged_in(chief, "chief") as browser:
        assert "3 and 1 bags not said" in words(browser, "board")


def test_who_runs_out_first_stands_first_over_all_desks(chief: Centre) -> None:
    town = Town(chief)
    some = [
        replace(HOME, account_no=name, card_no=f"X{name}", out_at=out_at, read_at=read_at)
        for name, out_at, read_at in (
            ("later", NOW + timedelta(days=15, hours=1), NOW),
            ("unknown", None, NOW),
            ("stale", NOW + timedelta(days=9), NOW - OLDEST - timedelta(days=1)),
            ("gone", NOW - timedelta(days=3), NOW - timedelta(days=5)),
            ("out", NOW + timedelta(hours=20), NOW),
            ("14", NOW + timedelta(days=14, hours=1), NOW),
            ("7", NOW + timedelta(days=7, hours=1), NOW),
        )
    ]
    town.station("S001")[0].tell_board(BoardTold({}, tuple(some)))
    third = replace(HOME, account_no="3", card_no="X3", out_at=NOW + timedelta(days=3, hours=1))
    town.station("S002")[0].tell_board(
        BoardTold({}, (third, replace(third, account_no="other", team="铁北专班")))
    )
    with transaction(chief.books.engine) as connection:
        asked = {"team": "绿园专班", "zone": ""}
        found = homes(connection, NOW, most=None, **asked)
        assert [(one.account_no, one.state, one.days) for one in found] == [
            ("gone", "out", 0),
            ("out", "out", 0),
            ("3", "days_3", 3),
            ("7", "days_7", 7),
            ("14", "days_14", 14),
            ("later", "later", 15),
            ("unknown", "unknown", None),
            ("stale", "stale", None),
        ]
        assert [one.station for one in found][2] == "S002"
        told = counts(connection, NOW, **asked)
        assert told == dict(zip(STATES, (2, 1, 1, 1, 1, 0, 1, 1), strict=True))
        assert len(homes(connection, NOW, team="", zone="sealed", most=None)) == 9
        assert homes(connection, NOW, team="绿园专班", zone="open", most=None) == ()
        assert [one.account_no for one in homes(connection, NOW, most=1, **asked)] == ["gone"]


def test_a_load_at_another_desk_moves_a_household_down_until_it_goes_back(chief: Centre) -> None:
    town = Town(chief)
    card = "C0000001"
    urgent = replace(HOME, card_no=card, out_at=NOW + timedelta(days=2, hours=1))
    calm = replace(urgent, account_no="B", card_no="other", out_at=NOW + timedelta(days=90))
    town.station("S001")[0].tell_board(BoardTold({}, (urgent, calm)))

    def order() -> list[tuple[str, str]]:
        with transaction(chief.books.engine) as connection:
            found = homes(connection, NOW, team="绿园专班", zone="", most=None)
        return [(one.account_no, one.state) for one in found]

    town.sell("S002", 1, counter=4)
    assert order() == [("A", "days_3"), ("B", "later")], "that load is in the figure"
    town.sell("S002", 1, counter=5)
    assert order() == [("B", "later"), ("A", "loaded")]
    _, chain = town.station("S002")
    sealed = Entry.from_bytes(chain.written[-1])
    assert sealed.card_no == card
    back = {name: getattr(sealed, name) for name in ("subject", "account_no", "maker", "card_no")}
    back |= {"meter_no": sealed.meter_no, "counter_before": 5, "counter_after": 4}
    back |= {"fen": sealed.fen, "litres": sealed.litres, "corrects": sealed.entry_id}
    town.push("S002", [chain.add("returned", **back)])
    assert order() == [("A", "days_3"), ("B", "later")]


def test_the_page_shows_who_was_asked_for_and_keeps_who_looked(chief: Centre) -> None:
    town = Town(chief)
    town.told()
    with logged_in(chief, "chief") as browser:
        shown = words(browser, "triage")
        assert "Choose a team or a zone" in shown
        assert "1000000000" not in shown, "nobody is shown unasked"
        assert "24 households whose meter was read" in words(browser, "triage", team="城东专班")
        shown = words(browser, "triage", team="城东专班", zone="sealed")
        assert "1000000000 Used up 0 just now Sealed zone 城东专班 S001" in shown
        assert "Not known, reading too old — 120 days ago" in shown
        assert "2000000000" not in shown
        assert "No desk has told of a household there" in words(browser, "triage", team="x")
        rows = table(browser, "triage", team="城东专班", zone="sealed")
        assert len(rows) == 1 + 12
        assert rows[1][:5] == ["1000000000", "Sealed zone", "城东专班", "Used up", "0"]
        assert rows[-1][3:5] == [GAS["stale"], ""]
        assert len(table(browser, "triage")) == 1, "nobody unasked"
    with chief.books.owner.connect() as connection:
        looked = "SELECT subject FROM acts WHERE act = 'gas_looked_at' ORDER BY number"
        assert list(connection.scalars(text(looked))) == ["城东专班", "城东专班 sealed", "x"]


def test_a_long_list_says_that_the_file_has_more(
    chief: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardstation.central.console.pages.triage_page.MOST", 3)
    Town(chief).told()
    with logged_in(chief, "chief") as browser:
        assert "The first 3 are shown" in words(browser, "triage", zone="sealed")
