"""Whether the centre has a tax invoice for a receipt, as far as that can be known at once."""

from __future__ import annotations

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.services.station import Station


def invoice_of(station: Station, receipt_no: str) -> str:
    """Number of the invoice that stands for a receipt; empty = none, or nobody can be asked now."""
    hurried = None if station.ledger is None else station.ledger.hurried()
    if hurried is None or not receipt_no:
        return ""
    try:
        return hurried.invoice_of(receipt_no)
    except (LedgerUnreachable, LedgerRefused):
        return ""
