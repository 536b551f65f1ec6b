"""The refund slip (退款凭条): money that was paid out to a household, and what it was of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume


class RefundOf(StrEnum):
    """What the money is of: a load taken back, a paid one that never was, or a balance."""

    RETURNED = "returned"
    NEVER_WAS = "never_was"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """What the household signs for.

    Attributes:
        record: The intent or payout whose money it is. check_code: Of its fact in the journal.
        card_no, volume, receipt_no: Of the load, where there is one; a load that never was has no
            receipt.
        original: Where that receipt is, an `Original`; empty = not said.
    """

    of: RefundOf
    record: str
    company: str
    station: str
    clerk: str
    approver: str
    made_at: datetime
    training: bool
    account_no: str
    name: str
    address: str
    money: Money
    tender: Tender
    reference: str
    check_code: str
    card_no: str = ""
    volume: Volume | None = None
    receipt_no: str = ""
    original: str = ""
