"""Before money of a batch is taken it is said how far the grant of this desk reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import LineKind, Verdict
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import Terms
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.i18n import translator
from cardstation.sentences.grant_told import cover_words
from cardstation.services.grant_cover import grant_cover
from cardstation.services.pay_batch import pay_batch
from tests.kit.granted_desk import HOMES, clock_of, granted, granted_desk
from tests.kit.grants import terms
from tests.kit.station import Desk, card_of, line, put_batch


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = granted_desk(tmp_path)
    yield found
    found.station.store.close()


def bag(desk: Desk) -> str:
    """Four rows of 100 yuan, and two that no grant is asked for."""
    rows = [line(home, at) for at, home in enumerate(HOMES, start=1)]
    asked = replace(rows[3], verdict=Verdict.HUMAN, volume=None, reasons=("no_amount",))
    order = replace(rows[4], kind=LineKind.PREPAID, money=None, order_id="O-1")
    return put_batch(desk, [*rows[:3], asked, order])


def gas(desk: Desk, batch: str, rows: int) -> Volume:
    with desk.station.store.reading() as reading:
        found = reading.batches.get(batch)
    assert found is not None
    return sum((one.volume or NO_GAS for one in found.lines[:rows]), NO_GAS)


def test_it_says_nothing_where_no_grant_is_needed_or_all_is_covered(desk: Desk) -> None:
    batch = bag(desk)
    assert grant_cover(desk.station, batch) is None
    granted(desk, terms(300))
    assert grant_cover(desk.station, batch) is None


def test_rows_are_counted_whole_and_what_is_loaded_counts_no_more(desk: Desk) -> None:
    batch = bag(desk)
    granted(desk, terms(250))
    assert grant_cover(desk.station, batch) == GrantCover(3, 2, Money(20_000), gas(desk, batch, 2))
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(30_000))
    desk.load(batch, card_of(HOMES[0]))
    assert grant_cover(desk.station, batch) == GrantCover(2, 1, Money(10_000), gas(desk, batch, 1))


@pytest.mark.parametrize(
    "said", [Terms(Money(100_000), 24, Money(9_999), 24), Terms(NO_MONEY, 24, Money(50_000), 24)]
)
def test_a_row_that_is_too_much_for_one_card_is_not_covered(desk: Desk, said: Terms) -> None:
    batch = bag(desk)
    granted(desk, said)
    assert grant_cover(desk.station, batch) == GrantCover(3, 0, NO_MONEY, NO_GAS)


def test_a_grant_that_is_over_covers_nothing_and_the_money_is_taken(desk: Desk) -> None:
    batch = bag(desk)
    granted(desk, terms(1_000))
    clock_of(desk).run(days=40)
    cover = grant_cover(desk.station, batch)
    assert cover == GrantCover(3, 0, NO_MONEY, NO_GAS)
    said = cover_words(cover, translator("en"))
    assert "no offline grant is left for any of these 3 rows" in said
    assert "The money may be taken" in said
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(30_000))
