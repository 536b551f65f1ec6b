"""How money arrives."""

from __future__ import annotations

from enum import StrEnum


class Tender(StrEnum):
    """Tender of a payment; `batch` = out of a lump sum, `order` = already paid online."""

    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    QR_CODE = "qr_code"
    BATCH = "batch"
    ORDER = "order"


WITHOUT_ASKING = frozenset({Tender.BATCH, Tender.ORDER})
"""Tenders whose money is already here: out of a lump sum, or paid online."""
