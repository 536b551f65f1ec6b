"""What the papers of every batch at a desk must say alike, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterable

from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.bag_papers import manager_sheet
from cardstation.services.batch_account import batch_account
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.refund_list import refund_list
from cardstation.services.station import Station


def total(amounts: Iterable[Money | None]) -> Money:
    return sum((one or NO_MONEY for one in amounts), NO_MONEY)


def papers_agree(station: Station) -> None:
    """Rows and terms are the totals on each paper, and the refund list divides as the sheet."""
    with station.store.reading() as reading:
        batches = reading.batches.ids()
    for batch_id in batches:
        sheet = manager_sheet(station, batch_id)
        assert total(row.amount for row in sheet.rows) == sheet.loaded
        assert sheet.received == sheet.loaded + sheet.kept + sheet.waiting + total(
            (sheet.arrears, sheet.given_back, sheet.remainder)
        )
        own = handover_sheet(station, batch_id)
        assert own.received + own.orders == own.loaded + own.kept + own.waiting + total(
            (own.arrears, own.given_back, own.remainder)
        )
        assert total(row.amount for row in own.rows if row.state == "done") == own.loaded
        parts = refund_list(station, batch_id).parts
        rows = [row for part in parts for row in part.payments]
        for row in rows:
            assert row.money == total(
                (row.held, row.kept, row.arrears, row.given_back, row.remains)
            )
        assert total(row.kept for row in rows) == own.kept
        account = batch_account(station, batch_id)
        managers = [part for part in parts if not part.door and account.is_manager(part.payer)]
        used = total(row.held for part in managers for row in part.payments)
        assert used - total(part.waits for part in managers) == sheet.loaded
        assert total(row.kept for part in managers for row in part.payments) == sheet.kept
