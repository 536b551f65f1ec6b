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
