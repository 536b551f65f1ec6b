"""Gas due on CPU cards: the purse takes it like money, and repeats no count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.grant_gas import grant_gas
from cardstation.services.load_due import load_due
from cardstation.services.verify import verify
from cardstation.services.withdraw_due import withdraw_due
from tests.kit.purse_station import HOUSEHOLD, LOADS, at_its_meter, issued, with_purse
from tests.kit.station import Desk, nobody, open_desk

SECOND = Approval("supervisor")
WHY = "its meter lost what was in it"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path, households=[HOUSEHOLD])
    made.station = with_purse(made.station)
    yield made
    made.station.store.close()


def test_a_purse_takes_what_is_due_and_no_money_is_taken_for_it(desk: Desk) -> None:
    told = (HOUSEHOLD.account_no, Money(5_000), Tender.MAKE_UP, "WO-7", SECOND, WHY)
    behind = grant_gas(desk.station, *told, repeats_counter=LOADS - 1)
    card = issued()
    with closing(desk.insert(card)) as inserted:
        with pytest.raises(Refusal, match="purse_counts_itself"):
            load_due(desk.station, inserted, None, nobody)
        withdraw_due(desk.station, behind.due_id, SECOND, "it was not behind after all")
        grant_gas(desk.station, *told)
        slip = load_due(desk.station, inserted, None, nobody)
    assert (slip.gas, slip.paid, slip.purchase_counter) == (Money(5_000), NO_MONEY, LOADS + 1)
    assert at_its_meter(card) == 5_000
    found = verify(desk.station)
    assert found.ok, found.disagreements
