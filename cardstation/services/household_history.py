"""Says what was done for one household at this desk, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.card import Quantity
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import GIVEN, Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TAKEN_OFF, Direction, TopUpState
from cardstation.store import Reading

MOST = 60


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that was done.

    Attributes:
        what: Code of its word.
        gas: What went onto the card or was granted, None where it was no gas.
        money: What was paid, or paid back, None where no money moved.
        clerk: Who did it, empty where that is not on file.
        receipt_no: Of its receipt or loading slip, empty where there is none.
    """

    at: datetime
    what: str
    gas: Quantity | None = None
    money: Money | None = None
    clerk: str = ""
    receipt_no: str = ""


def household_history(reading: Reading, account_no: str) -> tuple[HistoryLine, ...]:
    """The latest of what was done for an account."""
    lines = [
        *_of_cards(reading, account_no),
        *_of_books(reading, account_no),
    ]
    return tuple(sorted(lines, key=lambda one: one.at, reverse=True)[:MOST])


def _of_cards(reading: Reading, account_no: str) -> Iterator[HistoryLine]:
    done = reading.topups.of_account(account_no)
    numbers = reading.receipts.numbers_of([one.topup_id for one in done])
    for one in done:
        what = _what(one)
        if not what:
            continue
        sale = one.direction is Direction.SALE
        moved = one.direction is not Direction.WORK and one.tender not in GIVEN
        yield HistoryLine(
            one.opened_at,
            what,
            gas=one.quantity if sale and what != "history.refunded" else None,
            money=one.money if moved else None,
            clerk=reading.topups.begun_by(one.topup_id),
            receipt_no=numbers.get(one.topup_id, ""),
        )


def _what(one: TopUp) -> str:
    """The code of its word; empty for what came to nothing or is still open."""
    if one.direction is Direction.WORK:
        return f"work.{one.reference}" if one.state is TopUpState.SEALED else ""
    if one.direction is Direction.RETURN:
        return "history.returned" if one.state in TAKEN_OFF else ""
    if one.state is TopUpState.REFUNDED:
        return "history.refunded"
    if one.state is not TopUpState.SEALED:
        return ""
    if one.tender in GIVEN:
        return f"tender.{one.tender}"
    return "kind.prepaid" if one.tender is Tender.ORDER else "kind.sale"


def _of_books(reading: Reading, account_no: str) -> Iterator[HistoryLine]:
    """What was done without a card."""
    for due in reading.gas_dues.granted(account_no):
        yield HistoryLine(due.at, "history.gas_due", gas=due.quantity, clerk=due.clerk)
    for paid in reading.arrears.of_account(account_no):
        by = _clerk(reading, paid.arrears_id, EntryKind.ARREARS_PAID)
        yield HistoryLine(paid.at, "history.arrears_paid", money=paid.money, clerk=by)
    for charge in reading.charges.of_account(account_no):
        paper = reading.charges.receipt(charge.charge_id)
        yield HistoryLine(
            charge.at,
            "history.charge_back" if charge.corrects else f"charge.{charge.what}",
            money=charge.money,
            clerk=paper.clerk if paper is not None else "",
            receipt_no=charge.receipt_no,
        )
    for _, out in reading.charges.payouts():
        if out.account_no == account_no:
            by = _clerk(reading, out.payout_id, EntryKind.PAID_OUT)
            yield HistoryLine(out.at, "history.balance_out", money=out.money, clerk=by)
    closed = reading.closings.last_of(account_no)
    for change in reading.account_changes.of_account(account_no):
        ended = closed is not None and closed[1].change == change
        kind = EntryKind.ACCOUNT_CLOSED if ended else EntryKind.ACCOUNT
        money = closed[1].settlement.total if closed is not None and ended else None
        by = _clerk(reading, change.change_id, kind)
        yield HistoryLine(change.at, f"account_event.{change.what}", money=money, clerk=by)


def _clerk(reading: Reading, subject: str, kind: EntryKind) -> str:
    stored = reading.journal.last_about(subject, kind)
    return stored.entry.clerk if stored is not None else ""
