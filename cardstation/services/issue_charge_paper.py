"""Hands out the frozen paper of a charge for printing, and counts the papers made from it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.charge import ChargeReceipt
from cardstation.errors import Refusal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class IssuedCharge:
    """The paper of a charge; `paper_no` 1 is the original, every later one says reprint.

    Attributes:
        void: The charge was taken back: the paper must not pass for a proof of payment.
    """

    receipt: ChargeReceipt
    paper_no: int
    void: bool

    @property
    def reprint(self) -> bool:
        """True when a paper was made before."""
        return self.paper_no > 1


def issue_charge_paper(station: Station, charge: str) -> IssuedCharge:
    """Log that a paper is made and return what it shows.

    Args:
        station: The desk.
        charge: Number of its receipt, or the charge's id.

    Raises:
        Refusal: `unknown_charge`.
    """
    with station.store.unit() as unit:
        receipt = unit.charges.numbered(charge) or unit.charges.receipt(charge)
        if receipt is None:
            raise Refusal("unknown_charge", charge=charge)
        charge_id = receipt.charge.charge_id
        clerk, now = clerk_of(station, unit), station.clock.now()
        paper_no = unit.charges.note_paper(charge_id, clerk=clerk, at=now)
        void = unit.charges.reversal_of(charge_id) is not None
        unit.commit()
    return IssuedCharge(receipt, paper_no, void)
