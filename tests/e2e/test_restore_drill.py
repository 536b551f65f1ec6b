"""The restore drill: the ledger is put back to yesterday's backup, and the desks send again.

A real service in its own process over a real PostgreSQL, a real base backup, real desks with real
cards. What the books held before the loss is held against what they hold after it, to the fen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardstation.domain.ledger import Order
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.restored_ledger import Town, lost, town_with
from tests.kit.station import card_of, nobody

pytestmark = pytest.mark.postgres

SECOND = Approval("supervisor")
QUIET, BUSY, RETURNS = "S001", "S002", "S003"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = town_with(tmp_path, QUIET, BUSY, RETURNS)
    try:
        yield made
    finally:
        made.close()


def yesterday(town: Town) -> Path:
    """What every desk sold before the backup."""
    town.sell(QUIET, 0, 1)
    town.sell(BUSY, 2, 3)
    town.sell(RETURNS, 4)
    return town.back_up()


def today(town: Town) -> Order:
    """Confirmed, and in no backup: sales, gas taken back and paid out, a paid order loaded."""
    home = town.homes[7]
    order = Order(
        *("O1", home.account_no, 5_600, 20_000, "residential@2026-01-01"),
        *(home.purchase_counter, "", datetime(2026, 11, 23, 3, 0, tzinfo=UTC)),
    )
    town.pay_online(order)
    town.sell(BUSY, 5, 6)
    busy, returns = town.desks[BUSY], town.desks[RETURNS]
    with closing(busy.insert(card_of(home))) as inserted:
        load_prepaid(busy.station, inserted, order.order_id, nobody)
    sync(busy.station)
    card = card_of(town.homes[8])
    returns.sell(card)
    with closing(returns.insert(card)) as inserted:
        back = return_load(returns.station, inserted, SECOND, nobody, reading="photo 1")
    pay_out(returns.station, back.topup_id, SECOND)
    town.sell(RETURNS, 9)
    return order


def frozen(town: Town, name: str) -> bool:
    """A desk that was confirmed more than the books have: it alarms and sells nothing."""
    desk = town.desks[name]
    with pytest.raises(LedgerRefused, match="ledger_rewound"):
        sync(desk.station)
    with pytest.raises(Refusal) as refused:
        desk.sell(card_of(town.homes[10]))
    return refused.value.values["reason"] == "ledger_rewound"


def test_after_a_restore_the_books_are_what_they_were_to_the_fen(town: Town) -> None:
    backup = yesterday(town)
    order = today(town)
    before = town.books()
    read, cursor = town.facts()
    assert town.proved()

    town.lose(backup)
    assert any(QUIET not in one for one in lost(before, town.books()))
    with pytest.raises(Refusal, match="outbox_other_books"):
        town.facts(cursor)
    assert sync(town.desks[QUIET].station).verdict == ""
    assert frozen(town, BUSY)
    assert frozen(town, RETURNS)

    town.pay_online(order)
    town.ask_again(RETURNS)
    sync(town.desks[RETURNS].station)
    # One desk has not sent again: the drill sees what is missing, and whose it is.
    missing = lost(before, town.books())
    assert missing
    assert {name for one in missing for name in (QUIET, BUSY, RETURNS) if name in one} == {BUSY}
    assert town.proved()

    town.ask_again(BUSY)
    for _ in range(2):
        for desk in town.desks.values():
            assert sync(desk.station).unsent == 0
    assert lost(before, town.books()) == set()
    assert town.facts()[0] == read
    assert town.proved()
    for desk in town.desks.values():
        assert verify(desk.station).ok
    town.sell(BUSY, 10)
    assert town.proved()
