"""Revenue by day: of the day it was sold on at the desk, beside the day it was posted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from cardstation.central import days, schema
from cardstation.central.console.roles import Role
from cardstation.central.console.visit import ZONE
from cardstation.central.proving import disagreements
from cardstation.central.tables import day_totals
from cardstation.domain.ledger import Entry, Order
from tests.kit.console import logged_in, person
from tests.kit.facts import Chain
from tests.kit.old_books import books_at
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)

TODAY = datetime.now(ZONE).date()
NOW = datetime(2026, 11, 27, 0, 20, tzinfo=ZONE)


def revenue(engine: Engine) -> dict[tuple[date, date, str], int]:
    wanted = select(day_totals).where(day_totals.c.account_class == "gas_sold")
    with engine.connect() as connection:
        rows = connection.execute(wanted)
        return {(row.day, row.posted_on, row.station): -row.fen for row in rows}


def sold_at(chain: Chain, at: str, fen: int) -> list[bytes]:
    who = {"subject": f"{at}-{fen}", "account_no": "0000000001", "tender": "cash", "fen": fen}
    return [chain.add(kind, at=at, **who) for kind in ("paid", "sealed")]


@pytest.mark.postgres
def test_a_sale_before_midnight_that_comes_next_day_is_revenue_of_its_own_day(
    centre: Centre,
) -> None:
    ledger, chain = centre.station(), Chain()
    before, ahead = TODAY - timedelta(days=1), datetime.now(ZONE) + timedelta(days=400)
    sent = sold_at(chain, f"{before}T23:50:00+08:00", 3_000)
    sent += sold_at(chain, f"{before}T15:59:00Z", 500)
    sent += sold_at(chain, ahead.isoformat(), 700)
    ledger.push(sent, ledger.head().nonce)
    ledger.push(sold_at(chain, f"{before}T08:00:00+08:00", 20), ledger.head().nonce)
    assert revenue(centre.books.engine) == {
        (before, TODAY, "S001"): 3_520,
        (TODAY, TODAY, "S001"): 700,
    }
    with centre.books.engine.connect() as connection:
        assert days.revenue_of(connection, before) == {"fen": 3_520, "later_fen": 3_520}
        assert days.revenue_of(connection, TODAY) == {"fen": 700, "later_fen": 0}
        assert days.revenue_of(connection, NOW.date().replace(year=2020))["fen"] == 0
    person(centre.books, "anna", Role.TREASURER)
    with logged_in(centre, "anna") as anna:
        shown = anna.get("reconciliation", day=before.isoformat()).text
        assert "¥35.20 of it came later" in shown
        lines = anna.get("exports/revenue.csv", day=TODAY.isoformat()).text.splitlines()
    assert lines[1:] == [f"{before},{TODAY},S001,35.20,35.20", f"{TODAY},{TODAY},S001,7.00,7.00"]


@pytest.mark.postgres
def test_days_are_reckoned_of_books_that_knew_none(centre: Centre) -> None:
    """The migration of a ledger that is in use."""
    ledger = centre.station()
    ledger.push(Chain().sale(), ledger.head().nonce)
    centre.desk().post_order(Order("O1", "0000000009", 5_000, 17_857, "r@1", 3, ""))
    with books_at(centre.books, "r0014") as old:
        schema.migrate(old)
        assert disagreements(old) == ()
        sold = Entry.from_bytes(Chain().sale()[-1])
        assert revenue(old) == {(date.fromisoformat(sold.at[:10]), TODAY, "S001"): 3_000}


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-26T23:50:00+08:00", date(2026, 11, 26)),
        ("2026-11-26T16:10:00+00:00", date(2026, 11, 27)),
        ("2026-11-28T00:00:00+08:00", date(2026, 11, 27)),
        ("2026-11-26T23:50:00", date(2026, 11, 27)),
        ("0026-11-26T23:50:00+08:00", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 27)),
        ("", date(2026, 11, 27)),
    ],
)
def test_the_day_of_a_fact_is_its_own_and_never_after_it_came(at: str, day: date) -> None:
    assert days.day_of(days.moment_said(at, NOW.astimezone(UTC))) == day
