"""The refund list goes home with its bag also where rows that were not loaded hold the money."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.bootstrap.bag_papers import print_return
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.release_line import release_line
from tests.kit.papers import pages_of
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(3)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "home", households=HOMES)


def run(desk: Desk, *payments: int) -> str:
    """A paid bag whose last card never came; a payment of each place, 0 = for all."""
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    for place in payments:
        money = Money(10_000 if place else 30_000 - 10_000 * sum(map(bool, payments)))
        pay_batch(desk.station, batch, tender=Tender.CASH, money=money, line=place)
    for home in HOMES[:2]:
        desk.load(batch, card_of(home))
    return batch


def printed(desk: Desk, batch: str, folder: Path) -> str:
    """What the refund list says; empty when none was printed."""
    paths = print_return(desk.station, batch, folder, "en", None, lambda _at, _of: None)
    return "".join(" ".join(pages_of(one.read_bytes())) for one in paths if "refund" in one.name)


def test_money_that_a_row_holds_is_on_the_list_and_why(desk: Desk, tmp_path: Path) -> None:
    batch = run(desk, 0)
    assert "100.00 more waits: rows that are not loaded still hold it" in printed(
        desk, batch, tmp_path
    )
    release_line(desk.station, batch, 3, "absent")
    [part] = refund_list(desk.station, batch).parts
    assert (part.remains, part.waits) == (Money(10_000), NO_MONEY)
    desk.station.store.close()


def test_what_waits_for_a_household_stands_on_its_own_sheet(desk: Desk) -> None:
    batch = run(desk, 3, 0)
    parts = refund_list(desk.station, batch).parts
    assert [one.waits for one in parts] == [NO_MONEY, Money(10_000)]
    desk.station.store.close()


def test_a_bag_without_open_money_needs_no_list(desk: Desk, tmp_path: Path) -> None:
    batch = run(desk, 0)
    desk.load(batch, card_of(HOMES[2]))
    assert printed(desk, batch, tmp_path) == ""
    desk.station.store.close()
