"""What a purse card says, kept as the image the station journals.

A purse shows no bytes that a load writes, so the image is a statement of facts, as it is for a
maker's library (docs/adr/0009): a head, digests of what the desk moves, the facts themselves. A
verdict is taken in the digests alone. A load moves all of it at once, so they show the old load,
the new one, or somebody else's; never a mixture.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass, fields

HEAD = range(0x20)
DIGESTS = range(0x20, 0x50)
STATEMENT = range(0x50, 0x140)
SIZE = STATEMENT.stop
_MAGIC = b"purse facts 1"
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class PurseFacts:
    """One card, as it proves itself and tells the rest.

    Attributes:
        card: Application serial number, twenty digits.
        count: Loads so far. balance: Fen the meter has not taken. Both proven by MAC1.
        fen, mark, station, moment: The last load as the card logged it: amount, four bytes in
            hex and a number out of its terminal number, YYYYMMDDhhmmss. Zeros before the first.
        known: The log shows the last load, or there was none.
        meter_no, customer_no, purpose, generation: Of the parameter file; empty on a blank.
        residual, written: What the meter wrote back and when (YYMMDDhhmm); empty = nothing.
        tac: The card's transaction code for the last load, in hex; empty where it keeps none.
            Evidence for the centre: no verdict is taken from it.
    """

    card: str
    count: int
    balance: int
    fen: int
    mark: str
    station: int
    moment: str
    known: bool
    meter_no: str
    customer_no: str
    purpose: int
    generation: int
    residual: int
    written: str
    tac: str = ""

    @property
    def taken(self) -> bool:
        """The meter took all of it: nobody else can take money out of a purse."""
        return self.balance == 0


def image_of(facts: PurseFacts, layout: str) -> bytes:
    """The image of a statement of facts."""
    moved = (facts.card, facts.count, facts.fen, facts.mark, facts.station, facts.moment)
    whose = (facts.meter_no, facts.customer_no, facts.generation)
    digests = b"".join(_digest(place, *moved, *whose) for place in range(3))
    told = json.dumps(astuple(facts), separators=(",", ":")).encode()
    return _head(layout) + digests + told.ljust(len(STATEMENT), b"\x00")[: len(STATEMENT)]


def facts_in(image: bytes, layout: str) -> PurseFacts | None:
    """The facts of an image, None when it is of something else."""
    if len(image) != SIZE or image[: HEAD.stop] != _head(layout):
        return None
    try:
        told = json.loads(image[STATEMENT.start :].rstrip(b"\x00"))
    except ValueError:
        return None
    return PurseFacts(*told) if len(told) == len(fields(PurseFacts)) else None


def digests_of(image: bytes) -> bytes:
    """The part of an image in which a verdict is taken."""
    return image[DIGESTS.start : DIGESTS.stop]


def _head(layout: str) -> bytes:
    named = _MAGIC + hashlib.sha256(layout.encode()).digest()[:_DIGEST]
    return named.ljust(HEAD.stop, b"\x00")


def _digest(*told: object) -> bytes:
    return hashlib.sha256(repr(told).encode()).digest()[:_DIGEST]
