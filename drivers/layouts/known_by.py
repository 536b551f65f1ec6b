"""The byte by which a one-record card is known: taken away first, given back last.

It is one that a sheet's paper fixes in a place that says whose card it is. While it is another one
nobody knows the card, whatever stands on it, so a card may be written whole, or made a blank, and
be pulled at any step of that. Only on chips that write byte by byte: a page or a zone takes along
what shares it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardstation.domain.card import Span, WritePlan
from cardstation.domain.topup import NO_MARK
from drivers.layouts.codec import Declaration, Place
from drivers.layouts.fields import Encoding

BEGUN = b"\xfeCS"
"""What stands there instead: a desk began to write this card, or cleared it."""
_BYTEWISE = ("sle4442", "sle4428")


@dataclass(frozen=True, slots=True)
class KnownBy:
    """Where that byte stands; `BEGUN` and the mark of a clearing have room from there on."""

    address: int

    def gone(self, image: bytes) -> bool:
        """True for a card that was begun or cleared."""
        return image[self.address : self.address + len(BEGUN)] == BEGUN

    def held_back(self, spans: Sequence[Span], target: bytes) -> tuple[Span, ...]:
        """These writes, with what makes the card known taken away first and given back last."""
        away, end = Span(self.address, BEGUN), self.address + len(BEGUN)
        rest = Span(self.address + 1, target[self.address + 1 : end])
        known = Span(self.address, target[self.address : self.address + 1])
        return (away, *(_without(one, away) for one in spans), rest, known)

    def wiped(self, declaration: Declaration, mark: bytes) -> tuple[Span, ...]:
        """What makes a card a blank that carries a mark; its chip's own bytes stay."""
        head, blank = Span(self.address, BEGUN + mark), bytes(declaration.blank[:1])
        before = Span(declaration.first, blank * (head.address - declaration.first))
        return (head, before, Span(head.end, blank * (declaration.size - head.end)))


def known_by(declaration: Declaration, who: Sequence[Place]) -> KnownBy | None:
    """The byte by which cards are known, None where a sheet has none that may serve.

    Args:
        declaration: Of the cards.
        who: Its places that say whose card it is.
    """
    if declaration.chip not in _BYTEWISE:
        return None
    for place in who:
        for field in place.block.fields:
            room = place.block.size - field.offset >= len(BEGUN) + len(NO_MARK)
            fixed = field.encoding is Encoding.MARK and field.fixed[:1] != BEGUN[:1]
            if fixed and room and not place.block.hides(field.offset):
                return KnownBy(place.address + field.offset)
    return None


def _without(span: Span, away: Span) -> Span:
    """The span, with the bytes of the other one where they overlap."""
    before = b"\x00" * span.address + span.data
    both = WritePlan(before, (away,), ()).target if away.address < span.end else before
    return Span(span.address, both[span.address : span.end])
