"""Makes the slip of money that was paid out, out of its record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.refund_slip import RefundOf, RefundSlip
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction
from cardstation.errors import fail
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.journal import StoredEntry

_CHECK_CODE_CHARACTERS = 8


def refund_slip(station: Station, intent_id: str) -> RefundSlip:
    """Of a load taken back, or of a paid one that never was, whose money `pay_out` recorded."""
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id) or fail("what was paid out has its intent")
        stored = reading.journal.last_about(intent_id, EntryKind.REFUNDED)
        back = intent.direction is Direction.RETURN
        numbers = reading.receipts.numbers_of([intent.corrects]) if back else {}
        slip = _slip(
            station,
            reading,
            stored or fail("money that was paid out has its fact"),
            RefundOf.RETURNED if back else RefundOf.NEVER_WAS,
            intent.money,
            _reference(reading, intent),
        )
    return replace(
        slip,
        card_no=intent.identity.card_no,
        volume=intent.quote.volume,
        receipt_no=numbers.get(intent.corrects, ""),
        original=stored.entry.detail if stored else "",
    )


def balance_slip(station: Station, payout_id: str) -> RefundSlip:
    """Of money of a household's balance, as `pay_out_balance` recorded it."""
    with station.store.reading() as reading:
        made = (one for _, one in reading.charges.payouts() if one.payout_id == payout_id)
        paid = next(made, None) or fail("a payout is on record")
        stored = reading.journal.last_about(payout_id, EntryKind.PAID_OUT)
        return _slip(
            station,
            reading,
            stored or fail("money that was paid out has its fact"),
            RefundOf.BALANCE,
            paid.money,
            paid.reference,
        )


def _reference(reading: Reading, intent: TopUp) -> str:
    """Of the payment that goes back."""
    sale = reading.topups.get(intent.corrects) if intent.corrects else None
    return intent.reference or (sale.reference if sale else "")


def _slip(
    station: Station,
    reading: Reading,
    stored: StoredEntry,
    of: RefundOf,
    money: Money,
    reference: str,
) -> RefundSlip:
    entry = stored.entry
    home = reading.households.get(entry.account_no) or fail("a payout has its household")
    return RefundSlip(
        of=of,
        record=entry.subject,
        company=station.company,
        station=station.name,
        clerk=entry.clerk,
        approver=entry.approver,
        made_at=datetime.fromisoformat(entry.at),
        training=station.training,
        account_no=home.account_no,
        name=home.name,
        address=f"{home.address.community} {home.address.door}",
        money=money,
        tender=Tender(entry.tender),
        reference=reference,
        check_code=stored.hash[:_CHECK_CODE_CHARACTERS].upper(),
    )
