"""The fields of a QR code, worked out once for all papers of a fact."""

from __future__ import annotations

from functools import lru_cache

from reportlab.graphics.barcode.qr import QrCodeWidget


@lru_cache(maxsize=4)
def qr_modules(content: str) -> tuple[tuple[bool, ...], ...]:
    """The dark (True) and light fields, row by row; level M.

    Choosing the mask takes longer than drawing a receipt, and a receipt is drawn three times:
    A5, and the roll once to measure its length and once for good.
    """
    code = QrCodeWidget(content, barLevel="M").qr
    code.make()
    return tuple(tuple(map(bool, row)) for row in code.modules)
