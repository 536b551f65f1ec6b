"""What a property manager reads of a batch: what they pay for which door, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.services.batch_account import batch_account
from cardstation.services.refund_list import refund_list
from cardstation.services.verify import verify
from tests.integration.test_batch_money import HOMES, Bag


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    yield made
    proof = verify(made.desk.station)
    made.desk.station.store.close()
    assert proof.ok, proof.disagreements


def test_what_a_household_pays_itself_is_not_on_the_managers_quote(bag: Bag) -> None:
    """Its row is there, without a sum; an envelope that went back makes it the manager's again."""
    own = Money.of_yuan("100")
    bag.pay("50", line=3)
    quote = bag.quote()
    assert [(one.place, one.own, one.to_pay) for one in quote.lines] == [
        *((2, False, own), (4, False, own), (3, True, None), (1, False, own)),
        (5, False, None),
    ]
    assert quote.total == Money.of_yuan("300")
    standing = batch_account(bag.desk.station, bag.batch_id).quote
    assert standing is not None
    assert (standing.fact.order, standing.fact.fen) == ((2, 4, 1), 30_000)
    assert standing.holds
    bag.give_back("50")
    again = bag.quote()
    assert [one.place for one in again.lines if one.own] == []
    assert (again.total, again.quote_no[-2:]) == (Money.of_yuan("400"), "Q2")


def test_what_the_manager_reads_of_an_unpaid_envelope_has_no_sum(bag: Bag) -> None:
    bag.pay("50", line=1)
    rows = refund_list(bag.desk.station, bag.batch_id).not_loaded
    assert [(one.door, one.money) for one in rows if one.money is None] == [
        (HOMES[3].address.door, None)
    ]
    assert len(rows) == 4
