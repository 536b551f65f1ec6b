"""Hands out the frozen copy of a receipt for printing, and counts the papers made from it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.receipt import Receipt
from cardstation.domain.transitions import TAKEN_OFF, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station
from cardstation.store import Unit


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A receipt to be printed; `paper_no` 1 is the original, every later one says reprint.

    Attributes:
        void: Its load was taken off the card again, or turned out to be another's (DESK-RULES 16):
            the paper must not pass for a proof of payment.
    """

    receipt: Receipt
    paper_no: int
    void: bool

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
        void = _is_void(unit, receipt_no)
        unit.commit()
    return IssuedReceipt(receipt, paper_no, void)


def _is_void(unit: Unit, receipt_no: str) -> bool:
    topup_id = unit.receipts.topup_of(receipt_no)
    load = unit.topups.get(topup_id)
    back = any(one.state in TAKEN_OFF for one in unit.topups.returns_of(topup_id))
    return back or load is None or load.state is not TopUpState.SEALED
