"""Payments a human vouches for: counted cash, transfers and QR codes seen to arrive."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.ports.payment import PaymentAnswer


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """Money the clerk states to have: counted, or seen on the bank's or the QR service's page.

    Implements `cardstation.ports.payment.Payment`. Nothing outside can be asked about it later:
    after a crash only the clerk knows.
    """

    tender: Tender

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        """Taken: the operator pressed the key with the money before them.

        Raises:
            Refusal: `zero_amount`.
        """
        if money <= NO_MONEY:
            raise Refusal("zero_amount")
        return PaymentAnswer.TAKEN

    def query(self, payment_id: str) -> PaymentAnswer:  # noqa: ARG002
        """Only a human can say."""
        return PaymentAnswer.UNKNOWN


def cash() -> StatedPayment:
    """Cash counted by the clerk."""
    return StatedPayment(Tender.CASH)


def bank_transfer() -> StatedPayment:
    """A transfer seen on the bank's statement."""
    return StatedPayment(Tender.BANK_TRANSFER)


def qr_code() -> StatedPayment:
    """A QR payment seen on the service's page."""
    return StatedPayment(Tender.QR_CODE)
