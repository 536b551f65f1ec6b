"""`verify` on what was funded, ordered, loaded and kept: every column touched once is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.ledger import Order
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.pay_batch import pay_batch
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from tests.kit import cards
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch, take
from tests.kit.tamper import forged
from tests.unit.test_journal import codes

HOMES = neighbours(4)
ORDER = Order("D1", HOMES[2].account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")
LINE = "UPDATE funded_line SET {} WHERE line = 1"
WAITING = "UPDATE funded_line SET {} WHERE line = 4"
RECEIPT = "UPDATE receipt SET frozen = json_set(frozen, '$.{}', {}) WHERE number = 1"

SHIFTED = (
    "UPDATE households SET balance = balance + CASE account_no "
    "WHEN '220104000001' THEN 5 WHEN '220104000002' THEN -5 ELSE 0 END"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two payments for a bag: two sales and an order are loaded, one funded line waits."""
    opened = open_desk(tmp_path, households=HOMES)
    lines = [line(HOMES[0], 4), line(HOMES[1], 5, yuan="50")]
    lines += [line(HOMES[2], 6, order=ORDER), line(HOMES[3], 7, yuan="50")]
    batch_id = put_batch(opened, lines)
    with opened.station.store.unit() as unit:
        unit.orders.put([ORDER])
        unit.commit()
    for fen in (10_000, 11_000):
        pay_batch(opened.station, batch_id, tender=Tender.CASH, money=Money(fen))
        opened.clock.at += timedelta(hours=2)
    for home in HOMES[:3]:
        opened.load(batch_id, card_of(home))
    yield opened
    opened.station.store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM funded_line WHERE line = 1",
        LINE.format("batch_id = '2026-11-24-02'"),
        LINE.format("line = 9"),
        LINE.format("payment_id = (SELECT max(payment_id) FROM payment)"),
        "UPDATE funded_line SET payment_id = (SELECT min(payment_id) FROM payment)",
        LINE.format("money = 9999"),
        LINE.format("expected_counter = 77"),
        LINE.format("drawn = json_object(payment_id, 9999)"),
        LINE.format("drawn = json_object('x', 10000)"),
        LINE.format("at = (SELECT at FROM funded_line WHERE line = 4)"),
        LINE.format("quote = json_set(quote, '$.tariff', 'residential@2025-01-01')"),
        LINE.format("quote = json_set(quote, '$.year_before.litres', 1)"),
        LINE.format("quote = json_set(quote, '$.tier_year', 2025)"),
        WAITING.format("quote = json_set(quote, '$.tier_year', 2025)"),
        WAITING.format("quote = json_set(quote, '$.money.fen', 4999)"),
        WAITING.format("quote = json_set(quote, '$.total.fen', 4000)"),
        WAITING.format("quote = json_set(quote, '$.remainder.fen', 0)"),
        WAITING.format("quote = json_set(quote, '$.volume.litres', 99000)"),
        WAITING.format("quote = json_set(quote, '$.lines[0].price_e4', 1)"),
        WAITING.format("quote = json_set(quote, '$.lines[0].amount.fen', 1)"),
        WAITING.format("quote = json_set(quote, '$.lines[0].volume.litres', 1000)"),
        WAITING.format("money = 4999, quote = json_set(quote, '$.money.fen', 4999)"),
        "UPDATE batch_lines SET money = 9000 WHERE position = 1",
        "UPDATE batch_lines SET account_no = 'x' WHERE position = 1",
        "UPDATE batch_lines SET card_no = 'x' WHERE position = 1",
        "UPDATE batch_lines SET row = 44 WHERE position = 1",
        "UPDATE batch_lines SET order_id = 'D2' WHERE position = 3",
        "UPDATE batch_lines SET kind = 'prepaid' WHERE position = 4",
        "UPDATE paid_order SET account_no = 'x'",
        "UPDATE paid_order SET order_id = 'D2'",
        "UPDATE paid_order SET fen = 5601",
        "UPDATE paid_order SET litres = 21000",
        "UPDATE paid_order SET tariff = 'residential@2025-01-01'",
        "UPDATE paid_order SET expected_counter = 51",
        "DELETE FROM paid_order",
    ],
)
def test_touched_funding_is_named(desk: Desk, tmp_path: Path, statement: str) -> None:
    assert not codes(desk)
    forged(tmp_path, statement)
    assert "funding_disagrees" in codes(desk)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE payment SET batch_id = 'x' WHERE seq = 1", "payment_disagrees"),
        ("UPDATE payment SET tender = 'qr_code' WHERE seq = 1", "payment_disagrees"),
        ("DELETE FROM card_load WHERE counter = 51", "counter_disagrees"),
        ("UPDATE card_load SET maker = 'CS02'", "counter_disagrees"),
        ("UPDATE card_load SET meter_no = 'QM1' WHERE rowid = 1", "counter_disagrees"),
        ("UPDATE card_load SET generation = 1", "counter_disagrees"),
        ("UPDATE card_load SET counter = 52", "counter_disagrees"),
        ("UPDATE card_load SET load_no = 1", "counter_disagrees"),
        ("UPDATE households SET purchase_counter = 50", "counter_disagrees"),
        ("DELETE FROM households WHERE purchase_counter = 51", "counter_disagrees"),
        (SHIFTED, "term_differs"),
        (RECEIPT.format("check_code", "'DEADBEEF'"), "receipt_disagrees"),
        (RECEIPT.format("issued_at", "'2026-11-25T09:00:00+08:00'"), "receipt_disagrees"),
        (RECEIPT.format("clerk", "'nobody'"), "receipt_disagrees"),
        (RECEIPT.format("station", "'S002'"), "receipt_disagrees"),
        (RECEIPT.format("kind", "'loading_slip'"), "receipt_disagrees"),
        (RECEIPT.format("year_before.litres", "1"), "receipt_disagrees"),
        (RECEIPT.format("year_after.litres", "1"), "receipt_disagrees"),
        (
            RECEIPT.format(
                "entry_id", "(SELECT entry_id FROM journal WHERE kind = 'paid' LIMIT 1)"
            ),
            "receipt_disagrees",
        ),
        (RECEIPT.format("receipt_no", "'S001-2026-x'"), "receipt_numbers_gap"),
        ("UPDATE receipt SET receipt_no = 'x' WHERE number = 1", "receipt_disagrees"),
        ("UPDATE receipt SET number = 9 WHERE number = 1", "receipt_disagrees"),
        ("UPDATE receipt SET year = 2025", "receipt_disagrees"),
        ("UPDATE receipt SET batch_id = ''", "receipt_disagrees"),
    ],
)
def test_touched_loads_and_papers_are_named(
    desk: Desk, tmp_path: Path, statement: str, code: str
) -> None:
    forged(tmp_path, statement)
    assert code in codes(desk)


def test_a_counter_owned_by_a_load_that_is_not_sealed(desk: Desk, tmp_path: Path) -> None:
    forged(
        tmp_path,
        "UPDATE card_load SET topup_id = 'nobody' WHERE counter = 51 AND load_no = 0 "
        "AND topup_id = (SELECT min(topup_id) FROM card_load)",
    )
    assert "counter_disagrees" in codes(desk)


def test_more_lines_funded_than_money_received_is_found(desk: Desk, tmp_path: Path) -> None:
    """A payment on file is made smaller; the lines it funds are not."""
    assert not codes(desk)
    forged(tmp_path, "UPDATE payment SET money = 9000 WHERE seq = 1")
    assert {"funding_disagrees", "payment_disagrees"} <= codes(desk)


def test_a_station_renamed_within_the_year_keeps_its_numbers(tmp_path: Path) -> None:
    opened = open_desk(tmp_path)
    card = card_of(HOMES[0])
    with opened.station.store.unit() as unit:
        unit.households.put(HOMES)
        unit.commit()
    opened.sell(card)
    renamed = Desk(replace(opened.station, name="S-2"), opened.reader, opened.clock, opened.ledger)
    assert renamed.sell(card_of(HOMES[1])).receipt_no == "S-2-2026-000002"
    renamed.clock.at = renamed.clock.at.replace(year=2027, month=1)
    assert renamed.sell(card_of(HOMES[2])).receipt_no == "S-2-2027-000001"
    assert verify(renamed.station).disagreements == ()
    opened.station.store.close()


def test_makers_without_a_counter_may_load_one_again(tmp_path: Path) -> None:
    uncounted = next(one for one in MAKERS if one.school is CounterSchool.NONE)
    opened = open_desk(tmp_path)
    card = card_of(cards.household(), uncounted)
    for _ in range(2):
        opened.sell(card)
        take(card, uncounted)
    assert verify(opened.station).disagreements == ()
    forged(tmp_path, "UPDATE card_load SET load_no = 5 WHERE load_no = 1")
    assert codes(opened) == {"counter_disagrees"}
    opened.station.store.close()
