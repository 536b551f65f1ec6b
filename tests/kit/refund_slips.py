"""Slips of money that was paid out, for papers and pictures."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.refund_slip import RefundOf, RefundSlip
from cardstation.domain.volume import Volume
from tests.kit.papers import RECEIPT, WHEN

_RETURNED = RefundSlip(
    of=RefundOf.RETURNED,
    record="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    company=RECEIPT.company,
    station=RECEIPT.station,
    clerk=RECEIPT.clerk,
    approver="supervisor",
    made_at=WHEN,
    training=True,
    account_no=RECEIPT.account_no,
    name=RECEIPT.name,
    address=RECEIPT.address,
    money=Money(9_744),
    tender=Tender.CASH,
    reference="",
    check_code="7C9A01BE",
    card_no=RECEIPT.card_no,
    volume=Volume.of_m3("34.8"),
    receipt_no="S001-2026-000321",
    original="back",
)
REFUND_SLIPS = {
    "returned": _RETURNED,
    "never_was": replace(
        _RETURNED,
        of=RefundOf.NEVER_WAS,
        money=Money(123_456_789),
        tender=Tender.QR_CODE,
        reference="4200002126112400458871",
        receipt_no="",
        original="",
        training=False,
    ),
    "balance": replace(
        _RETURNED,
        of=RefundOf.BALANCE,
        money=Money(2_000),
        card_no="",
        volume=None,
        receipt_no="",
        original="",
    ),
}
