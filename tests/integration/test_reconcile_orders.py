"""Paid orders in files of channels: closed only where all of it agrees and nobody holds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cardstation.central import orders
from cardstation.domain.ledger import Order
from tests.kit.channel_files import HEAD, PAID, bring, codes, count, town_with_holes
from tests.kit.console import Town
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


@pytest.fixture
def town(centre: Centre) -> Town:
    return town_with_holes(centre)


def test_an_order_the_channel_was_paid_for_is_compared(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    right = "p1,2026-11-24,,,50.00,,O1\n"
    orders.post_order(books.engine, Order("O2", "1", 700, 1_000, "r@1", 3, ""))
    assert (
        bring(books, HEAD + right + "p2,2026-11-24,,,7.01,,O2\np3,2026-11-24,,,7,,O2\n").orders == 2
    )
    assert codes(books) == [("order_amount", "O2"), ("row_order_twice", "O2")]


def test_an_order_a_machine_loaded_is_closed_and_booked(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    assert bring(books, HEAD + "l1,2026-11-24,C0000009,4,50,17.857,O1\n", "machine").orders == 1
    assert orders.orders_for(books.engine, "S001") == ()
    owed = "SELECT coalesce(sum(fen), 0) FROM balances WHERE account = 'unloaded:0000000009'"
    assert count(books, owed) == 0
    assert count(books, "SELECT sum(fen) FROM balances WHERE account = 'gas_sold'") == -11_000
    assert codes(books) == []
    # A desk that loaded it all the same, without a network: the second one is in doubt.
    _, chain = town.station("S001")
    who = {"subject": "t", "account_no": "0000000009", "maker": "CS01", "card_no": "C0000009"}
    who |= {"meter_no": "M0000009", "counter_before": 3, "counter_after": 4, "order_id": "O1"}
    told = [chain.add(kind, tender="order", fen=5_000, **who) for kind in ("paid", "sealed")]
    town.push("S001", told)
    verdicts = "SELECT count(*) FROM exceptions WHERE code = 'order_loaded_twice'"
    assert count(books, verdicts) == 1


DIFFERS = [
    ("l1,2026-11-24,C0000009,5,50,17.857,O1\n", "order_counter"),
    ("l1,2026-11-24,C0000009,4,50.01,17.857,O1\n", "order_amount"),
    ("l1,2026-11-24,C0000007,4,50,17.857,O1\n", "order_card"),
    ("l1,2026-11-24,M0000007,4,50,17.857,O1\n", "order_card"),
]


@pytest.mark.parametrize(("line", "code"), DIFFERS, ids=["counter", "amount", "card", "meter"])
def test_a_load_that_is_not_the_orders_books_nothing(town: Town, line: str, code: str) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    bring(books, (HEAD if "M0" not in line else HEAD.replace("卡号", "表号")) + line)
    assert codes(books) == [(code, "O1")]
    assert len(orders.orders_for(books.engine, "S001")) == 1
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0


@pytest.mark.parametrize("held", ["when it was paid", "lately"])
def test_an_order_a_station_holds_is_not_closed_by_a_channel(town: Town, held: str) -> None:
    books = town.centre.books
    orders.post_order(books.engine, replace(PAID, leased_to="S001" if "paid" in held else ""))
    if held == "lately":
        orders.lease_order(books.engine, "S001", "O1")
    bring(books, HEAD + "l1,2026-11-24,C0000009,4,50,17.857,O1\n", "machine")
    assert codes(books) == [("order_leased", "O1")]
    (order,) = orders.orders_for(books.engine, "S001")
    assert order.leased_to == "S001"
    assert count(books, "SELECT count(*) FROM journal WHERE kind = 'order_loaded'") == 0


def test_a_second_load_of_an_order_fills_no_hole_of_another_card(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, PAID)
    bring(books, HEAD + "l1,2026-11-25,C0000009,4,50,17.857,O1\n", "machine")
    bring(books, HEAD + "l2,2026-11-25,C0000007,4,50,17.857,O1\n", "machine")
    assert codes(books) == [("row_order_twice", "O1")]
    assert count(books, "SELECT count(*) FROM off_book_loads") == 0


def test_an_order_loaded_onto_its_own_card_fills_the_hole_too(town: Town) -> None:
    books = town.centre.books
    orders.post_order(books.engine, replace(PAID, account_no="0000000007"))
    loaded = "l1,2026-11-25 10:30,C0000007,4,50,17.857,O1\n"
    assert bring(books, HEAD + loaded, "machine").orders == 1
    assert codes(books) == []
    assert count(books, "SELECT counter FROM off_book_loads") == 4


def test_an_order_no_channel_tells_of_is_on_the_list_once_they_told_of_later_ones(
    town: Town,
) -> None:
    books = town.centre.books
    then = datetime.now(UTC) - timedelta(days=5)
    orders.post_order(books.engine, Order("O0", "1", 100, 0, "r@1", 3, "", then))
    orders.post_order(books.engine, PAID)
    assert codes(books) == []
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    bring(books, HEAD + f"p1,{day},,,50.00,,O1\n")
    assert codes(books) == [("order_untold", "O0")]
