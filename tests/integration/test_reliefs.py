"""A relief on file is not priced: who makes the price is told, and the quote says which rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.feed_rows import household_from, household_row
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.preflight import relief_warning
from cardstation.domain.quotation import QuoteFact
from cardstation.domain.volume import Volume
from cardstation.papers.quote_sheet import quote_sheet
from cardstation.services.batch_account import batch_account
from cardstation.services.import_directory import import_directory
from cardstation.services.leave_out import leave_out
from cardstation.services.list_reliefs import Relief, list_reliefs
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.read_card import read_card
from cardstation.services.release_line import release_line
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store.frozen import freeze, thaw
from tests.kit.exported import exported
from tests.kit.lists import list_row, taken
from tests.kit.papers import pages_of
from tests.kit.station import Desk, card_of, neighbours, open_desk

FIRST, SECOND, *OTHERS = neighbours(4)
A, B = (replace(one, relief_per_month=Volume.of_m3("4")) for one in (FIRST, SECOND))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=[A, B, *OTHERS])
    yield opened
    opened.station.store.close()


def yesterday(day: date) -> date:
    return day - timedelta(days=1)


def places(desk: Desk, batch_id: str) -> list[int]:
    return [one.place for one in list_reliefs(desk.station, batch_id)]


def fact(desk: Desk, batch_id: str) -> QuoteFact:
    quote = batch_account(desk.station, batch_id).quote
    assert quote is not None
    return quote.fact


def test_rows_at_the_full_price_are_listed_until_somebody_quoted_them(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(OTHERS[0]), list_row(B), list_row(A)])
    assert [one.verdict for one in batch.lines] == [Verdict.READY] * 3
    assert list_reliefs(desk.station, batch.batch_id) == (
        Relief(2, B.address.door, B.name, Money(10_000), Volume.of_m3("4")),
        Relief(3, A.address.door, A.name, Money(10_000), Volume.of_m3("4")),
    )
    quote = quote_batch(desk.station, batch.batch_id)
    assert fact(desk, batch.batch_id).reliefs == (2, 3)
    assert places(desk, batch.batch_id) == []
    assert quote_batch(desk.station, batch.batch_id).quote_no == quote.quote_no
    assert verify(desk.station).ok


def test_a_relief_that_came_later_is_asked_about_again(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(OTHERS[0])])
    first = quote_batch(desk.station, batch.batch_id)
    late = replace(OTHERS[0], relief_per_month=Volume.of_m3("2"))
    with desk.station.store.unit() as unit:
        unit.households.put([late])
        unit.commit()
    assert places(desk, batch.batch_id) == [2]
    second = quote_batch(desk.station, batch.batch_id)
    assert (first.quote_no, second.quote_no) != (second.quote_no, first.quote_no)
    assert fact(desk, batch.batch_id).reliefs == (1, 2)


def test_what_is_paid_left_out_or_paid_online_is_not_asked_about(desk: Desk) -> None:
    desk.ledger.centre.sell_online(
        Order("D1", B.account_no, 5600, 20_000, "residential@2026-01-01", B.purchase_counter, "")
    )
    sync(desk.station)
    rows = [list_row(A), list_row(B, amount="", note="已付"), list_row(OTHERS[0])]
    batch = taken(desk.station, rows).batch_id
    assert places(desk, batch) == [1]
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000))
    assert places(desk, batch) == []
    release_line(desk.station, batch, 1, "not_wanted")
    assert places(desk, batch) == []
    other = taken(desk.station, [list_row(A, yuan="50")]).batch_id
    leave_out(desk.station, other, 1, "not_wanted")
    assert places(desk, other) == []


def test_the_counter_says_it_of_the_card(desk: Desk) -> None:
    for home, said in ((A, True), (OTHERS[0], False)):
        with closing(desk.insert(card_of(home))) as inserted:
            assert ("relief_on_file" in read_card(desk.station, inserted).warnings) is said


def test_a_relief_holds_through_its_last_day_and_is_not_asked_about_after_it(desk: Desk) -> None:
    today = desk.station.clock.now().date()
    lasting, over = (
        replace(one, relief_until=day) for one, day in ((A, today), (B, yesterday(today)))
    )
    with desk.station.store.unit() as unit:
        unit.households.put([lasting, over])
        unit.commit()
    batch = taken(desk.station, [list_row(A), list_row(B)]).batch_id
    assert [(one.place, one.until) for one in list_reliefs(desk.station, batch)] == [(1, today)]
    quote_batch(desk.station, batch)
    assert fact(desk, batch).reliefs == (1,)
    for home, said in ((lasting, "relief_on_file"), (over, "relief_ended")):
        with closing(desk.insert(card_of(home))) as inserted:
            warned = read_card(desk.station, inserted).warnings
        assert [one for one in warned if one.startswith("relief")] == [said]
        assert relief_warning(home, today) == (said,)


@pytest.mark.parametrize("until", [date(2026, 12, 31), None])
def test_a_file_and_a_feed_say_its_last_day(desk: Desk, tmp_path: Path, until: date | None) -> None:
    path = exported(tmp_path / "households.csv", replace(A, relief_until=until))
    import_directory(desk.station, path)
    assert desk.household(A.account_no).relief_until == until
    fed = household_from(household_row(desk.household(A.account_no)))
    assert (fed.relief_until, fed.relief_per_month) == (until, A.relief_per_month)


def test_the_managers_paper_names_no_relief(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(OTHERS[0])])
    told = "".join(pages_of(quote_sheet(quote_batch(desk.station, batch.batch_id), "zh_CN")))
    assert "优惠" not in told


def test_quotes_of_older_versions_say_nothing_of_it(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A)])
    quote_batch(desk.station, batch.batch_id)
    old = freeze(fact(desk, batch.batch_id)).replace(',"reliefs":[1]', "")
    assert thaw(QuoteFact, old).reliefs == ()
