"""When a channel sold: a row fills a hole between the sale before it and the desk that saw it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from cardstation.central.days import recount
from tests.kit.channel_files import HEAD, bring, codes, count, row, town_with_holes
from tests.kit.console import ZONE, Town
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


@pytest.fixture
def town(centre: Centre) -> Town:
    return town_with_holes(centre)


def seen(hours: int) -> str:
    """A time so long after the card was seen at a desk, as it is now."""
    return f"{datetime.now(ZONE) + timedelta(hours=hours):%Y-%m-%d %H:%M}"


UNTIMELY = {
    "years before": "2020-01-05 08:00:00",
    "the day but one before": "2026-11-22 23:59",
    "long after": seen(30),
    "hours after": seen(3),
}


@pytest.mark.parametrize("counter", ["3", ""], ids=["counted", "not counted"])
@pytest.mark.parametrize("at", UNTIMELY.values(), ids=UNTIMELY)
def test_a_row_of_another_time_fills_no_hole(town: Town, at: str, counter: str) -> None:
    books = town.centre.books
    bring(books, HEAD + f"a1,{at},C0000007,{counter},30,10,\n")
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0
    assert ("row_time_differs", f"C0000007{' #3' if counter else ''}") in codes(books, 3)


def test_a_row_that_names_only_its_day_may_be_of_the_day_of_the_sale_before(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + "a1,2026-11-24,C0000007,3,30,10,\na2,2026-11-24,C0000007,,30,10,\n")
    assert count(books, "SELECT count(*) FROM off_book_loads") == 2


def test_a_sale_that_was_posted_days_later_counts_from_when_it_was_made(town: Town) -> None:
    books = town.centre.books
    with books.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET posted_at = '2026-11-26 09:05+08'"))
        recount(connection)
    bring(books, HEAD + row("a1", 3))
    assert count(books, "SELECT count(*) FROM off_book_loads") == 1


def test_a_row_without_a_time_fills_only_the_hole_it_numbers(town: Town) -> None:
    books = town.centre.books
    bring(books, HEAD + "a1,,C0000007,,30,10,\na2,,C0000007,4,30,10,\n")
    with books.owner.connect() as connection:
        found = connection.execute(text("SELECT counter, ref FROM off_book_loads"))
        assert found.all() == [(4, "a2")]
    assert ("row_time_differs", "C0000007") in codes(books, 3)


def test_rows_of_an_old_card_fill_no_hole_of_the_new_one(town: Town) -> None:
    books = town.centre.books
    _, chain = town.station("S001")
    who = {"account_no": "0000000008", "maker": "CS01", "card_no": "C8", "meter_no": "M8"}
    for generation, counter in ((1, 1), (2, 1), (2, 4)):
        numbers = {"counter_before": counter - 1, "counter_after": counter, "fen": 100}
        town.push("S001", [chain.add("sealed", generation=generation, **who, **numbers)])
    old = "o2,2020-01-02 08:00,C8,2,30,10,\no3,2020-01-03 08:00,C8,3,30,10,\n"
    assert bring(books, HEAD + old).gaps == 0
    assert ("off_book", "C8 #2–3") in codes(books, 3)
