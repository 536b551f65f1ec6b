"""The money page's callables over a real station: papers are filed as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.bootstrap.desk_money import money_services
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from tests.kit.papers import pages_of
from tests.kit.station import Desk, line, neighbours, open_desk, put_batch

HOMES = neighbours(2)
BATCH = "2026-11-24-01"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "desk", households=HOMES)
    put_batch(desk, [line(one, row) for row, one in enumerate(HOMES, start=2)], BATCH)
    yield desk
    desk.station.store.close()


def test_every_paper_is_filed_and_printed(desk: Desk, tmp_path: Path) -> None:
    printed: list[str] = []

    def out(path: Path) -> Path:
        printed.append(path.name)
        return path

    money = money_services(desk.station, tmp_path / "papers", lambda: "zh_CN", out)
    with pytest.raises(Refusal, match="unknown_acknowledgement"):
        money.acknowledge(BATCH, "")
    assert "报价单" in pages_of(money.quote(BATCH).read_bytes())[0]
    handed = (BATCH, Tender.CASH, Money(21_000), "", 0, "")
    with pytest.raises(Refusal, match="payment_above"):
        money.pay(*handed)
    money.pay(*handed)
    first = money.acknowledge(BATCH, "")
    again = money.acknowledge(BATCH, "S001-2026-A000001")
    assert "补打" not in pages_of(first.read_bytes())[0]
    assert "补打" in pages_of(again.read_bytes())[0]
    money.release(BATCH, 2, money.reasons[0])
    paid = money.account(BATCH).payments[0]
    money.give_back(BATCH, paid.payment.payment_id, paid.remains, Approval("second"), "")
    refunds = money.refunds(BATCH)
    assert "¥110.00" in pages_of(refunds.read_bytes())[0]
    assert printed == [
        f"{BATCH}-Q1-quote.pdf",
        "S001-2026-A000001.pdf",
        "S001-2026-A000001-1.pdf",
        f"{BATCH}-refunds.pdf",
    ]


def test_what_is_recorded_once_more_at_the_window_came_twice(desk: Desk, tmp_path: Path) -> None:
    """The first time it is said to be on record; recorded once more it is taken, and asked anew."""
    money = money_services(desk.station, tmp_path / "papers", lambda: "zh_CN", lambda path: path)
    how = (Tender.BANK_TRANSFER, Money(10_000), "0931 4417", 0)
    money.pay(BATCH, *how, "")
    with pytest.raises(Refusal, match="payment_again"):
        money.pay(BATCH, *how, "")
    money.pay(BATCH, *how, "")
    with pytest.raises(Refusal, match="payment_again"):
        money.pay(BATCH, *how, "")
    assert money.account(BATCH).state.money.received == Money(20_000)


@pytest.mark.parametrize("taken", [True, False])
def test_a_question_is_asked_anew_once_another_payment_came_between(
    desk: Desk, tmp_path: Path, *, taken: bool
) -> None:
    """Another payment of the batch was taken, or was asked about itself."""
    money = money_services(desk.station, tmp_path / "papers", lambda: "zh_CN", lambda path: path)
    much = (BATCH, Tender.CASH, Money(21_000), "", 0, "")
    with pytest.raises(Refusal, match="payment_above"):
        money.pay(*much)
    if taken:
        money.pay(BATCH, Tender.CASH, Money(10_000), "", 0, "")
    else:
        with pytest.raises(Refusal, match="payment_above"):
            money.pay(BATCH, Tender.CASH, Money(30_000), "", 0, "")
    with pytest.raises(Refusal, match="payment_above"):
        money.pay(*much)
    money.pay(*much)
