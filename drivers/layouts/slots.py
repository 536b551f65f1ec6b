"""Pairs of slots: which one is current, and in which order the other one is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.card import Span
from cardstation.errors import Refusal
from drivers.layouts.checks import CheckKind
from drivers.layouts.codec import Place, Record, Step
from drivers.layouts.fields import FieldValue
from drivers.layouts.tears import torn_images

_SEQUENCES = 256


@dataclass(frozen=True, slots=True)
class Slots:
    """A pair of slots as found.

    Attributes:
        sequence: Of the current slot.
    """

    current: Place
    inactive: Place
    sequence: int
    record: Record

    @property
    def following(self) -> int:
        """The sequence that makes the inactive slot current."""
        return (self.sequence + 1) % _SEQUENCES


def is_newer(sequence: int, other: int) -> bool:
    """True when one sequence is 1–127 steps after another, counted modulo 256."""
    return 0 < (sequence - other) % _SEQUENCES < _SEQUENCES // 2


def current_of(pair: tuple[Place, Place], image: bytes) -> Slots | None:
    """The valid slot of a pair with the newer sequence, None when neither is valid."""
    first, second = (place.read(image) for place in pair)
    if second is not None and (
        first is None or is_newer(second.number("sequence"), first.number("sequence"))
    ):
        return Slots(pair[1], pair[0], second.number("sequence"), second)
    if first is None:
        return None
    return Slots(pair[0], pair[1], first.number("sequence"), first)


def slot_spans(
    steps: Sequence[Step], image: bytes, slots: Slots, values: Mapping[str, FieldValue]
) -> tuple[Span, ...]:
    """The spans that write `values` into the inactive slot, in a proven order.

    While the bytes before the sequence change, the slot still carries its old sequence; as long as
    that one is older than the current slot's, nothing that stands there can be current.

    Raises:
        Refusal: `field_does_not_fit`; `card_damaged` when a wrecked slot allows no clean order.
    """
    target = slots.inactive.block.encode(values)
    places = {"inactive": slots.inactive, "current": slots.current}
    spans = tuple(step.span(places[step.place], target) for step in steps)
    sequence = slots.inactive.block.field("sequence")
    left = slots.inactive.bytes_in(image)[sequence.offset]
    if is_newer(slots.sequence, left) or _unsealed(slots.inactive, image):
        return spans
    return _over_wreck(image, slots, target, spans)


def _unsealed(place: Place, image: bytes) -> bool:
    """True when a second copy of the check value, turned over, is there and does not hold.

    Then no body can make the slot valid before its seal is written (see `sealed`).
    """
    data = place.bytes_in(image)
    return any(
        check.kind is CheckKind.INVERSE and not check.holds(data) for check in place.block.more
    )


def _over_wreck(
    image: bytes, slots: Slots, target: bytes, spans: tuple[Span, ...]
) -> tuple[Span, ...]:
    """Order the spans over a slot whose own sequence was torn and may already look newer.

    There the order alone proves nothing: a half-written body could be valid by chance (1 in 65 536
    per state). So every state is looked at beforehand, and the body is begun at another field
    until an order shows nothing but the slot before and the new one.
    """
    body, rest = spans[0], spans[1:]
    for field in slots.inactive.block.fields:
        cut = field.offset
        if cut < len(body.data):
            pieces = Span(body.address + cut, body.data[cut:]), Span(body.address, body.data[:cut])
            tried = (*(piece for piece in pieces if piece.data), *rest)
            if _is_clean(image, tried, slots, target):
                return tried
    raise Refusal("card_damaged")


def _is_clean(image: bytes, spans: Sequence[Span], slots: Slots, target: bytes) -> bool:
    """True when no cut leaves the slot being written valid, current and not the target."""
    place = slots.inactive
    for torn in torn_images(image, spans):
        left = bytes(torn[place.address : place.address + place.block.size])
        record = None if left == target else place.block.decode(left)
        if record is not None and not is_newer(slots.sequence, record.number("sequence")):
            return False
    return True
