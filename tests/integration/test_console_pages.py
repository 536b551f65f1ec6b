"""What the console shows: right figures, one household whole, and nothing that bites back."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import threading
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from cardstation.central import orders
from cardstation.central.console import exports
from cardstation.central.console.pages import PAGES
from cardstation.central.console.roles import Role
from cardstation.central.days import recount
from cardstation.domain.ledger import Entry, Order
from tests.kit.console import ZONE, Browser, Town, logged_in, person, steps_of
from tests.kit.postgres import Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

HOSTILE = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>{{7*7}}"
QUOTES = "'; DROP TABLE journal; --"
TODAY = datetime.now(ZONE).date()


@pytest.fixture
def chief(centre: Centre) -> Centre:
    person(centre.books, "chief", *Role)
    return centre


def words(browser: Browser, address: str = "", **query: str) -> str:
    """What a page says, without its markup."""
    answer = browser.get(address, **query)
    assert answer.status_code == 200, answer.text
    shown = answer.text.partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def hostile_sale(town: Town, station: str, mark: str, **more: Any) -> None:
    """A sale whose names would be code if somebody let them."""
    _, chain = town.station(station)
    who: dict[str, Any] = {
        "subject": f"s{mark}",
        "account_no": mark,
        "maker": mark,
        "card_no": mark,
        "meter_no": mark,
        "counter_before": 0,
        "counter_after": 1,
        "fen": 3_000,
        "litres": 10_000,
        "clerk": mark,
        **more,
    }
    sold = [chain.add(kind, tender="cash", **who) for kind in ("paid", "armed", "sealed")]
    town.push(station, sold)


def test_the_day_is_what_was_posted_on_it(chief: Centre) -> None:
    town = Town(chief)
    for household in range(1, 4):
        town.sell("S001", household, fen=3_000)
    town.sell("S002", 9, fen=1_550)
    with chief.books.owner.begin() as connection:
        connection.execute(
            text("UPDATE journal SET posted_at = posted_at - interval '1 day' WHERE station='S002'")
        )
        recount(connection)
    with logged_in(chief, "chief") as browser:
        shown = words(browser)
        assert "Money taken ¥90.00" in shown
        assert "Cards loaded 3" in shown
        assert "Gas sold 30 m³" in shown
        before = words(browser, day=(TODAY - timedelta(days=1)).isoformat())
        assert "Money taken ¥15.50" in before
        assert "Cards loaded 1" in before
        assert "Money taken ¥0.00" in words(browser, day="2020-02-02")
        for nonsense in ("nonsense", "9999-12-31", "0001-01-01", "2026-13-45"):
            assert "Money taken ¥90.00" in words(browser, day=nonsense)


def test_gas_that_went_back_is_no_sale_of_the_day(chief: Centre) -> None:
    town = Town(chief)
    town.sell("S001", 1)
    _, chain = town.station("S001")
    sale = chain.written[-1]
    sealed = Entry.from_bytes(sale)
    town.push(
        "S001",
        [
            chain.add(
                "returned",
                subject=sealed.subject,
                account_no=sealed.account_no,
                maker=sealed.maker,
                card_no=sealed.card_no,
                meter_no=sealed.meter_no,
                counter_before=1,
                counter_after=0,
                fen=sealed.fen,
                litres=sealed.litres,
                corrects=sealed.entry_id,
            )
        ],
    )
    with logged_in(chief, "chief") as browser:
        shown = words(browser)
        assert "Cards loaded 0" in shown
        assert "Paid, not loaded ¥30.00" in shown


def test_a_household_is_found_by_account_card_and_meter_over_all_desks(chief: Centre) -> None:
    town = Town(chief)
    town.sell("S001", 7, counter=1)
    town.sell("S002", 7, counter=2, fen=5_000)
    town.sell("S002", 8)
    with logged_in(chief, "chief") as browser:
        for asked in ("0000000007", "C0000007", "M0000007"):
            shown = words(browser, "households", q=asked)
            assert "Gas this year 20 m³" in shown, asked
            assert "¥50.00" in shown
            assert "S001" in shown
            assert "C0000008" not in shown
        assert "Nothing is known of 4711" in words(browser, "households", q="4711")
        assert "household_seen" in acts_of(chief)


def acts_of(centre: Centre) -> list[str]:
    with centre.books.owner.connect() as connection:
        return list(connection.scalars(text("SELECT act FROM acts")))


ASKED = (QUOTES, HOSTILE, "\0", "%", "_", "x" * 500, "\u202e")
FIELDS = (
    *(("households", "q"), ("suspense", "code"), ("suspense", "station"), ("audit", "clerk")),
    *(("audit", "act"), ("audit", "before"), ("", "day")),
)


def test_what_is_asked_for_is_never_code(chief: Centre) -> None:
    Town(chief).sell("S001", 1)
    with logged_in(chief, "chief") as browser:
        for asked, (address, name) in itertools.product(ASKED, FIELDS):
            answer = browser.get(address, **{name: asked})
            assert answer.status_code == 200, (address, name)
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text
            assert "0000000001" not in answer.text or name != "q"
    chief.books.prove()


@pytest.mark.parametrize("mark", [HOSTILE, QUOTES, "=1+1", "\u0000\u0007", "陈\u202e静"], ids=ascii)
def test_names_from_stations_never_bite(chief: Centre, mark: str) -> None:
    town = Town(chief)
    hostile_sale(town, "S001", mark)
    hostile_sale(town, "S002", mark, subject="other")
    _, chain = town.station("S001")
    town.filed(f"phone {mark}", mark)
    told = {"batch_id": mark, "step": mark, "stage": mark, "detail": "", "clerk": mark}
    town.push("S001", [chain.add("batch", subject="B1", detail=json.dumps(told), clerk=mark)])
    with logged_in(chief, "chief") as browser:
        for page in PAGES:
            address = page.address.replace("{station}", "S001").replace("{number}", "1")
            answer = browser.get(address.replace("{batch}", "B1"))
            assert answer.status_code == 200, page.name
            assert "<script>alert" not in answer.text
            assert "<img" not in answer.text
        found = browser.get("households", q=mark)
        assert found.status_code == 200
        if mark == HOSTILE:
            assert "&lt;script&gt;alert(1)" in found.text
            assert "{{7*7}}" in unescape(found.text)


def test_a_step_of_a_batch_that_makes_no_sense_is_shown_all_the_same(chief: Centre) -> None:
    town = Town(chief)
    _, chain = town.station("S001")
    nonsense: tuple[object, ...] = ({"giver": 1}, {"rows": "x"}, {"done": None}, [1], "x")
    for at, said in enumerate(nonsense):
        told = {"step": "received", "stage": "received", "detail": json.dumps(said)}
        town.push("S001", [chain.add("batch", subject=f"B{at}", detail=json.dumps(told))])
    with logged_in(chief, "chief") as browser:
        for address in ("batches", "board", *(f"batches/S001/B{at}" for at in range(5))):
            assert browser.get(address).status_code == 200, address


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-23:00", "soon"])
def test_a_time_that_cannot_be_is_shown_as_posted(chief: Centre, at: str) -> None:
    town = Town(chief)
    _, chain = town.station("S001")
    town.push("S001", [chain.add("armed", card_no="C1", at=at)])
    with logged_in(chief, "chief") as browser:
        assert str(TODAY.year) in words(browser, "households", q="C1")


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", " =", "＝"])
def test_no_cell_of_an_export_is_a_formula(chief: Centre, begins: str) -> None:
    formula = f'{begins}HYPERLINK("http://elsewhere","click")'
    hostile_sale(Town(chief), "S001", formula)
    with logged_in(chief, "chief") as browser:
        text_ = browser.get("exports/day.csv").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text_)))
        assert len(rows) == 4
        assert all(not cell.lstrip().startswith(tuple("=+-@＝")) for row in rows for cell in row)
        book = load_workbook(io.BytesIO(browser.get("exports/day.xlsx").content))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        assert any(str(cell.value).endswith('"click")') for cell in cells)
        assert all(cell.data_type != "f" for cell in cells)


def test_an_export_holds_numbers_and_is_recorded(chief: Centre) -> None:
    Town(chief).sell("S001", 1, fen=3_010)
    with logged_in(chief, "chief") as browser:
        answer = browser.get("exports/day.xlsx")
        assert re.search(r'filename="day-[\d-]+\.xlsx"', answer.headers["content-disposition"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert [cell.value for cell in sheet[4]][6:8] == [30.1, 10]
        assert not [
            name for name in ZipFile(io.BytesIO(answer.content)).namelist() if "vba" in name
        ]
    assert "exported" in acts_of(chief)


def test_an_export_that_would_be_cut_is_refused(
    chief: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(chief)
    for household in (1, 2):
        town.sell("S001", household)
    monkeypatch.setitem(exports.MOST_ROWS, "xlsx", 5)
    with logged_in(chief, "chief") as browser:
        refused = browser.get("exports/day.xlsx")
        assert refused.status_code == 422
        assert "More than 5 rows" in refused.text
        whole = browser.get("exports/day.csv").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(whole)))) == 7


def test_batches_and_the_board_tell_what_desks_told(chief: Centre) -> None:
    Town(chief).bags()
    with logged_in(chief, "chief") as browser:
        shown = words(browser, "batches")
        assert "2026-11-25-01" in shown
        one = words(browser, "batches/S002/2026-11-25-02")
        assert "Rows 64" in one
        assert "Cards loaded 64 64 collected, 64 given back" in one
        assert "Left ¥0.00" in one
        board = words(browser, "board")
        assert "城东专班" in board
        assert "Sealed zone 26 / 92" in board


def test_a_bag_collected_elsewhere_counts_with_its_own_batch(chief: Centre) -> None:
    told = {"giver": "manager", "taker": "team", "expected": 8, "arrived": 8}
    town, seal = Town(chief), "0000126112501014"
    batch = "2026-11-25-01"
    for station, subject, said in (("S002", seal, told), ("S001", batch, {"told": told})):
        _, chain = town.station(station)
        town.push(station, [steps_of(chain, subject)("collected", "collected", said)])
    with logged_in(chief, "chief") as browser:
        shown = words(browser, "batches")
        assert batch in shown
        assert seal not in shown
        assert "8 collected" in words(browser, f"batches/S001/{batch}")


def test_orders_that_wait_are_on_the_first_page(chief: Centre) -> None:
    orders.post_order(chief.books.engine, Order("O1", "0000000001", 5_000, 10_000, "r@1", 1, ""))
    with logged_in(chief, "chief") as browser:
        assert "Paid online, waiting for its card 1" in words(browser)
        assert "Paid, not loaded ¥50.00" in words(browser, "households", q="0000000001")


def test_an_order_says_which_silent_desk_must_connect_first(chief: Centre) -> None:
    chief.station("S001")
    orders.post_order(chief.books.engine, Order("O1", "0000000001", 5_000, 10_000, "r@1", 1, ""))
    orders.lease_order(chief.books.engine, "S001", "O1")
    said = "S001 lease over; must connect first, last heard just now"
    with logged_in(chief, "chief") as browser:
        assert said not in words(browser, "orders")
        with chief.books.owner.begin() as connection:
            over = "UPDATE orders SET held_until = clock_timestamp() - interval '61 minutes'"
            connection.execute(text(over))
        assert said in words(browser, "orders")


def test_a_proof_of_the_whole_books_is_kept(chief: Centre) -> None:
    Town(chief).doubts()
    with logged_in(chief, "chief") as browser:
        assert "Never proved here yet" in words(browser, "reconciliation")
        assert browser.post("reconciliation").status_code == 303
        for one in threading.enumerate():
            if one.name == "proof":
                one.join(30)
        shown = words(browser, "reconciliation")
        assert "chief 12 agrees" in shown
        assert "proof_ended" in acts_of(chief)


def test_reconciliation_names_a_sum_that_is_off(chief: Centre) -> None:
    Town(chief).sell("S001", 1)
    with logged_in(chief, "chief") as browser:
        assert "agrees" in words(browser, "reconciliation")
        with chief.books.owner.begin() as connection:
            connection.execute(text("UPDATE balances SET fen = fen + 7 WHERE account = 'gas_sold'"))
        assert "Balances of all accounts sum to nothing ¥0.07" in words(browser, "reconciliation")
        with chief.books.owner.begin() as connection:
            connection.execute(text("UPDATE balances SET fen = fen - 7 WHERE account = 'gas_sold'"))


def test_money_that_nobody_explained_in_time_is_a_figure(chief: Centre) -> None:
    Town(chief).doubts()
    with logged_in(chief, "chief") as browser:
        assert "Not explained in time ¥0.00" in words(browser, "reconciliation")
        with chief.books.owner.begin() as connection:
            connection.execute(
                text("UPDATE exceptions SET opened_at = opened_at - interval '25 hours'")
            )
        assert "Not explained in time ¥84.00" in words(browser, "reconciliation")


def test_a_station_tells_its_version_and_what_it_keeps_back(chief: Centre) -> None:
    old = (datetime.now(ZONE) - timedelta(hours=5)).isoformat(timespec="seconds")
    key = TestKey()
    news = {"version": "0.1.0", "unsent": "12", "oldest": old}
    line = chief.line("S001", key, news=lambda: news)
    line.enrol("code-1")
    line.head()
    with logged_in(chief, "chief") as browser:
        shown = words(browser, "stations")
        assert "S001 In service 0.1.0 0 ¥0.00 12 5 h ago just now" in shown
        assert "S001 In service 12 5 h ago" in words(browser)
    chief.line("S001", key, news=lambda: {"version": "<b>", "unsent": "1"}).head()
    with logged_in(chief, "chief") as browser:
        assert "0.1.0" in words(browser, "stations")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_page_is_in_the_language_of_the_browser(chief: Centre, lang: str) -> None:
    with logged_in(chief, "chief", lang) as browser:
        said = browser.get().text
        assert f'lang="{lang}"' in said
        assert ("收款" in said) is (lang == "zh-CN")
        answer = browser.get("look", lang="en", theme="dark", back="/console/suspense?which=all")
        assert answer.headers["location"] == "/console/suspense?which=all"
        assert 'data-theme="dark"' in browser.get().text
        assert "Money taken" in browser.get().text
