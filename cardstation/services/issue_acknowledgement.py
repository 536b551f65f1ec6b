"""Hands out the frozen copy of an acknowledgement for printing, and counts its papers."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.receipt import Acknowledgement
from cardstation.errors import Refusal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class IssuedAcknowledgement:
    """One to be printed; `paper_no` 1 is the original, every later one says reprint."""

    acknowledgement: Acknowledgement
    paper_no: int


def issue_acknowledgement(station: Station, ack_no: str) -> IssuedAcknowledgement:
    """Log that a paper is made and return what it shows.

    Raises:
        Refusal: `unknown_acknowledgement`.
    """
    with station.store.unit() as unit:
        found = unit.lump_sums.acknowledgement(ack_no)
        if found is None:
            raise Refusal("unknown_acknowledgement", ack_no=ack_no)
        clerk = clerk_of(station, unit)
        paper_no = unit.lump_sums.note_paper(ack_no, clerk=clerk, at=station.clock.now())
        unit.commit()
    return IssuedAcknowledgement(found, paper_no)
