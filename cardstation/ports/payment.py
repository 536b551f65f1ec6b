"""Payments: how money is asked for and made certain. The station's own id goes with every one."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender


class PaymentAnswer(StrEnum):
    """What is known about one payment."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"


class Payment(Protocol):
    """One way of paying."""

    @property
    def tender(self) -> Tender:
        """Which tender this is."""

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:
        """Take money once; asked again with the same id, the first result is given.

        Args:
            payment_id: Our own id; the same for every question about this payment (R7).
            money: What to take.
            reference: The payer's or the bank's number, empty for cash.
        """

    def query(self, payment_id: str) -> PaymentAnswer:
        """What became of a payment; `UNKNOWN` when only a human can say (cash)."""
