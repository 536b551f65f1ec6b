"""A receipt that is printed again says that its money has a tax invoice, if that can be known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.bootstrap.papers import write_receipt
from cardstation.errors import LedgerRefused, LedgerUnreachable
from tests.kit import cards
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.papers import pages_of
from tests.kit.station import Desk, card_of, open_desk

NUMBER = "25220100000000000007"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path, ledger=MemoryLedger())
    made.sell(card_of(cards.household()))
    yield made
    made.station.store.close()


def printed(desk: Desk, folder: Path) -> str:
    with desk.station.store.reading() as reading:
        [receipt] = reading.receipts.every().values()
    papers = write_receipt(desk.station, receipt.receipt_no, folder, "zh_CN", "夹纸")
    said = ["".join(pages_of(paper.read_bytes())[0].split()) for paper in papers]
    assert len({NUMBER in one for one in said}) == 1
    return said[0]


def test_only_a_reprint_asks_and_it_says_so(desk: Desk, tmp_path: Path) -> None:
    ledger = desk.station.ledger
    assert isinstance(ledger, MemoryLedger)
    asked: list[str] = []
    ledger.boundary = asked.append
    assert NUMBER not in printed(desk, tmp_path)
    assert asked == []
    assert NUMBER not in printed(desk, tmp_path)
    assert asked == ["ledger.invoice"]
    ledger.centre.invoices["S001-2026-000001"] = NUMBER
    assert f"已开发票{NUMBER}" in printed(desk, tmp_path)


@pytest.mark.parametrize("why", [LedgerUnreachable("dead"), LedgerRefused("page_unknown")])
def test_where_nobody_can_be_asked_it_is_printed_as_a_reprint(
    desk: Desk, tmp_path: Path, why: Exception
) -> None:
    ledger = desk.station.ledger
    assert isinstance(ledger, MemoryLedger)
    printed(desk, tmp_path)

    def fail(_name: str) -> None:
        raise why

    ledger.boundary = fail
    assert "补打1：夹纸" in printed(desk, tmp_path)
