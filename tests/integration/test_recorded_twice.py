"""A transfer is recorded where its quote was made, and twice only by somebody who looked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import grouped, payment_reference
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.pay_batch import ensure_awaited
from cardstation.services.to_come import beyond, to_come
from cardstation.services.verify import verify
from tests.integration.test_batch_money import Bag, refused


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    yield made
    assert verify(made.desk.station).ok
    made.desk.station.store.close()


def test_a_transfer_with_another_stations_reference_is_recorded_there(bag: Bag) -> None:
    theirs = payment_reference(2, "2026-11-24-01-S002", 1)
    how = {"tender": Tender.BANK_TRANSFER}
    text = f"0931 {grouped(theirs)}"
    assert refused(lambda: bag.pay("100", reference=text, **how)) == "payment_of_other_station"
    bag.pay("100", reference=payment_reference(2, "2019-11-24-01-S002", 1), **how)
    assert bag.money.received == Money.of_yuan("100")


def test_one_transfer_is_recorded_twice_only_by_somebody_who_looked(bag: Bag) -> None:
    ours = bag.quote().reference
    how = {"tender": Tender.BANK_TRANSFER}
    bag.pay("200", reference=f"0931 {ours}", **how)
    for text in (f"0931 {ours}", ours):
        assert refused(lambda text=text: bag.pay("200", reference=text, **how)) == "payment_again"
    assert bag.money.received == Money.of_yuan("200")
    bag.pay("100", reference=f"0931 {ours}", **how)
    bag.pay("200", reference=f"0931 {ours}", again=True, **how)
    for _ in range(2):
        bag.pay("10")
    assert bag.money.received == Money.of_yuan("520")


def test_more_than_is_to_come_is_asked_about(bag: Bag) -> None:
    """Rows, what the list states, what came and went back, and an envelope's own row."""
    station = bag.desk.station
    batch = batch_state(station, bag.batch_id).batch
    asked = sum((one.money or NO_MONEY for one in batch.lines), NO_MONEY)
    first = batch.lines[0].money
    assert first is not None
    ensure_awaited(station, bag.batch_id, 0, asked, "")
    ensure_awaited(station, bag.batch_id, 1, first, "")
    fen = Money(1)
    for place, money in ((0, asked + fen), (1, first + fen)):
        with pytest.raises(Refusal, match="payment_above") as found:
            ensure_awaited(station, bag.batch_id, place, money, "")
        assert "above_fen=1" in str(found.value)
    bag.pay(asked.yuan)
    with pytest.raises(Refusal, match="payment_above"):
        ensure_awaited(station, bag.batch_id, 0, fen, "")
    stated = replace(batch, stated_total=asked + Money(500))
    state = replace(batch_state(station, bag.batch_id), batch=stated)
    assert beyond(state, 0, Money(500)) == NO_MONEY
    assert beyond(state, 0, Money(501)) == fen


def expects(bag: Bag, yuan: str) -> None:
    """What is to come, and the question about one fen more, agree."""
    wanted, station = Money.of_yuan(yuan), bag.desk.station
    assert to_come(batch_state(station, bag.batch_id)) == wanted
    ensure_awaited(station, bag.batch_id, 0, wanted, "")
    with pytest.raises(Refusal, match="payment_above"):
        ensure_awaited(station, bag.batch_id, 0, wanted + Money(1), "")


def test_what_went_back_is_to_come_again_and_a_released_row_is_not(bag: Bag) -> None:
    """Four rows of 100: 350 came, the rest went back; then rows are released."""
    expects(bag, "400")
    bag.pay("350")
    expects(bag, "50")
    bag.give_back("50")
    expects(bag, "100")
    bag.release(bag.funded()[0])
    expects(bag, "0")
    assert bag.money.remainder == NO_MONEY, "it pays for the row that waited"
    bag.release(bag.funded()[1])
    bag.give_back("100")
    expects(bag, "0")


def test_what_paid_for_debts_and_what_a_household_keeps_pays_for_no_row(bag: Bag) -> None:
    bag.pay("400")
    state = batch_state(bag.desk.station, bag.batch_id)
    for gone in ("arrears", "kept"):
        spent = replace(state, money=replace(state.money, **{gone: Money(3_000)}))
        assert to_come(spent) == Money(3_000)
        assert beyond(spent, 0, Money(3_001)) == Money(1)


def test_a_released_row_is_left_out_of_the_total_that_the_list_states(bag: Bag) -> None:
    bag.pay("400")
    bag.release(1)
    bag.give_back("100")
    state = batch_state(bag.desk.station, bag.batch_id)
    state = replace(state, batch=replace(state.batch, stated_total=Money.of_yuan("405")))
    assert beyond(state, 0, Money(500)) == NO_MONEY
    assert beyond(state, 0, Money(501)) == Money(1)
