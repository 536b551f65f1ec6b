"""Hands out the frozen copy of a receipt for printing, and counts the papers made from it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.receipt import Receipt
from cardstation.errors import Refusal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A receipt to be printed; `paper_no` 1 is the original, every later one says reprint."""

    receipt: Receipt
    paper_no: int

    @property
    def reprint(self) -> bool:
        """True when a paper was made before."""
        return self.paper_no > 1


def issue_receipt(station: Station, receipt_no: str) -> IssuedReceipt:
    """Log that a paper is made and return what it shows.

    Raises:
        Refusal: `unknown_receipt`.
    """
    with station.store.unit() as unit:
        receipt = unit.receipts.get(receipt_no)
        if receipt is None:
            raise Refusal("unknown_receipt", receipt_no=receipt_no)
        clerk = clerk_of(station, unit)
        paper_no = unit.receipts.note_paper(receipt_no, clerk=clerk, at=station.clock.now())
        unit.commit()
    return IssuedReceipt(receipt, paper_no)
