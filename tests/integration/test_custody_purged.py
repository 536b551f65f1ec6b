"""What is purged after a batch, and what is not: its names go, its vouchers and books stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import Explanation, Why
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.purge_batch import purge_batch, purge_due
from cardstation.services.verify import verify
from tests.integration.test_custody import SECOND, Bag, closed
from tests.kit.station import line, neighbours, put_batch


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    yield made
    made.station.store.close()


def test_a_closed_batch_is_purged_when_its_time_is_up_and_the_books_still_agree(bag: Bag) -> None:
    with pytest.raises(Refusal, match="batch_not_closed"):
        purge_batch(bag.station, bag.batch_id)
    closed(bag)
    assert purge_due(bag.station, 30) == ()
    bag.desk.clock.at += timedelta(days=30)
    assert purge_due(bag.station, 30) == (bag.batch_id,)
    assert purge_due(bag.station, 30) == ()
    assert purge_batch(bag.station, bag.batch_id) == 0
    state = custody_state(bag.station, bag.batch_id)
    assert bag.steps()[-1] is Step.PURGED
    assert all(not (one.name or one.door or one.row.name) for one in state.batch.batch.lines)
    with bag.station.store.reading() as reading:
        assert len(reading.receipts.of_batch(bag.batch_id)) == 4
    assert verify(bag.station).ok


def test_what_was_purged_is_not_in_the_file_any_more(bag: Bag, tmp_path: Path) -> None:
    secret, rows = "备注密语九八七", [line(one, at + 1) for at, one in enumerate(neighbours(150))]
    told = dict.fromkeys(("account_no", "name", "door", "card_no", "amount", "note"), secret)
    noted = [replace(one, envelope=secret, row=replace(one.row, **told)) for one in rows]
    noted[-1] = replace(noted[-1], account_no=secret, card_no=secret)
    other = put_batch(bag.desk, noted, "2026-11-24-02")
    every = tuple(range(1, len(rows) + 1))
    explain_card(bag.station, other, Explanation(Why.NEVER_GIVEN, every), SECOND)
    close_batch(bag.station, other)
    there = [path for path in tmp_path.iterdir() if path.is_file()]
    assert any(secret.encode() in path.read_bytes() for path in there)
    purge_batch(bag.station, other)
    for path in filter(Path.exists, there):
        assert secret.encode() not in path.read_bytes(), path.name
    assert verify(bag.station).ok


def test_a_log_that_somebody_reads_is_emptied_another_time(bag: Bag) -> None:
    store = bag.station.store
    with store.reading() as reading:
        reading.batches.ids()
        with store.unit() as unit:
            unit.batches.put_in_envelope(bag.batch_id, 1, "7")
            unit.commit()
        assert not store.empty_log()
    assert store.empty_log()
