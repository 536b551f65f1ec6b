"""The zone-pair layout: for a chip that erases whole zones; no erase meets anything current.

Works on any declaration with the places `identity`, `answer_a`, `desk_a`, `answer_b`, `desk_b`.
Each zone holds what the desk wrote (`desk`: a load, and what a card must not lose with the other
zone) and what the meter answered (`answer`). Of two zones the valid one with the newer sequence is
current; a load erases and writes the other one. Its sequence, and its sequence with every bit
turned over, are written last: while they are erased bits only rise, while they are written they
only fall, so a torn zone is never taken for a whole one.

The meter's answer goes into the erased answer of the current zone, where it needs no erase. If the
only answer stands in the zone that is to be erased, it is first copied into the current one. A
second answer to the same load finds no erased place. If it says nothing new but what is left and
used by now, it is not written: the desk then believes more gas in the meter than there is, never
less. Otherwise the meter moves everything to the other zone, as a load does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    Credit,
    Limits,
    PriceBlock,
    ReturnBlock,
    Span,
    WritePlan,
)
from cardstation.domain.meter import MeterKind
from cardstation.errors import Refusal, ensure
from drivers.layouts import records
from drivers.layouts.codec import Declaration, Owner, Place, Record
from drivers.layouts.example import Example
from drivers.layouts.fields import FieldValue
from drivers.layouts.slots import is_newer

_BLANK = 0xFF
_BEGUN = b"\xfe"
_VOID = b"\x00"
_VOLUME = MeterKind.VOLUME.value
_SEQUENCES = 256
Values = Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone: where the desk writes, where the meter answers."""

    desk: Place
    answer: Place

    def answered(self, image: bytes) -> bytes:
        """The answer's bytes, empty when they are not a whole answer."""
        held = self.answer.read(image) is not None
        return self.answer.bytes_in(image) if held else b""


@dataclass(frozen=True, slots=True)
class Found:
    """Which zone is current, and what the desk wrote there."""

    current: Zone
    other: Zone
    desk: Record


class ZonePairLayout:
    """A declared zone-pair layout for volume meters; implements `cardstation.ports.layout.Layout`.

    Attributes:
        examples: Worked examples, bytes beside their meaning.
    """

    marks_loads = True
    rewrites = True

    def __init__(self, declaration: Declaration, examples: tuple[Example, ...] = ()) -> None:
        self.declaration = declaration
        self.examples = examples
        self.code = declaration.code
        self.chip = declaration.chip
        self.desk_owned = declaration.owned_by(Owner.DESK)
        place = declaration.place
        self._identity = place("identity")
        self.zones = (
            Zone(place("desk_a"), place("answer_a")),
            Zone(place("desk_b"), place("answer_b")),
        )
        version = self._identity.block.field("version")
        self._version_at = self._identity.address + version.offset
        self._version = version.words[0][0]

    def recognises(self, image: bytes) -> bool:
        """True when the image carries a valid identity block of this layout."""
        return len(image) == self.declaration.size and self._identity.read(image) is not None

    def is_blank(self, image: bytes) -> bool:
        """True when the card was never issued: its data all FF, or an issue that was cut short."""
        if len(image) != self.declaration.size:
            return False
        data = b"".join(place.bytes_in(image) for place in self.declaration.places)
        return set(data) == {_BLANK} or image[self._version_at] == _BEGUN[0]

    def is_torn(self, image: bytes) -> bool:
        """True when a half-written zone lies beside the current one."""
        found = self._found(image)
        if found is None:
            return False
        left = found.other.desk
        check = left.block.check
        taken_back = left.bytes_in(image)[check.offset : check.offset + check.width]
        erased = set(left.bytes_in(image)) == {_BLANK}
        return not erased and left.read(image) is None and taken_back != bytes(check.width)

    def decode(self, image: bytes) -> CardContent:
        """Read everything.

        Raises:
            Refusal: `foreign_card` (not this layout) or `card_damaged` (no zone can be read).
        """
        if len(image) != self.declaration.size:
            raise Refusal("foreign_card")
        identity = self._identity.read(image)
        if identity is None:
            ours = image[self._version_at] == self._version
            raise Refusal("card_damaged" if ours else "foreign_card")
        found = self._found(image)
        if found is None:
            raise Refusal("card_damaged")
        desk = found.desk
        return CardContent(
            identity=records.identity_of(_merged(identity, desk, "account_no", "meter_no")),
            credit=records.credit_of(_with(desk, kind=_VOLUME)),
            limits=records.limits_of(_with(desk, unit=_VOLUME)),
            price=None,
            returned=self._returned(image, found),
        )

    def credit(self, image: bytes) -> Credit | None:
        """The current credit, None when no zone is valid."""
        found = self._found(image)
        return records.credit_of(_with(found.desk, kind=_VOLUME)) if found else None

    def returned(self, image: bytes) -> ReturnBlock | None:
        """The newest answer, None when none is whole."""
        found = self._found(image)
        return self._returned(image, found) if found else None

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """Write `credit` into the other zone; its sequence is the current one + 1.

        Raises:
            Refusal: `foreign_card`, `card_damaged`, `no_return_block`, `field_does_not_fit`.
        """
        return self._plan_credit(image, credit, clearing=False)

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:
        """Take a load back: the zero becomes current, then the load's check value is cleared.

        Raises:
            Refusal: as `plan_load`.
        """
        ensure(not credit.quantity, "a clearing carries no gas")
        return self._plan_credit(image, credit, clearing=True)

    def plan_issue(
        self,
        image: bytes,
        identity: CardIdentity,
        credit: Credit,
        limits: Limits,
        price: PriceBlock | None,
        returned: ReturnBlock,
    ) -> WritePlan:
        """Write a whole new card on a blank, or over one of ours.

        Until its version is complete nobody knows the card.

        Raises:
            Refusal: `field_does_not_fit`: also a money card, or a price.
        """
        ensure(len(image) == self.declaration.size, "the image is a whole card")
        if price is not None:
            raise Refusal("field_does_not_fit", field="price")
        at = self._version_at
        who = self._identity.block.encode(records.identity_values(identity))
        desk = self._desk_values(credit, limits, identity, 0)
        first = self.zones[0]
        answer = first.answer.block.encode(_answer_values(returned))
        spans = (
            Span(at, _BEGUN),
            *self._erased(image, self.zones[1]),
            *self._zone_spans(first, desk, answer),
            *self._identity_spans(who),
            Span(at, bytes([self._version])),
        )
        ranges = tuple(place.addresses for place in self.declaration.places)
        return WritePlan(image, spans, ranges)

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:  # noqa: ARG002
        """Nobody's, and no blank: its issuer fuse keeps card number and reissue count for ever.

        Clearing bits needs no erase, so a card torn in it is as it was, or nobody's already.

        Raises:
            Refusal: `foreign_card`, `card_damaged`.
        """
        self.decode(image)
        return WritePlan(image, (Span(self._version_at, _VOID),), (self._identity.addresses,))

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:
        """What a meter writes back; the desk never calls this.

        Raises:
            Refusal: `no_credit_slot`, `field_does_not_fit`.
        """
        found = self._found(image)
        if found is None:
            raise Refusal("no_credit_slot")
        answer = found.current.answer.block.encode(_answer_values(returned))
        held = found.current.answer.bytes_in(image)
        owned = self.declaration.owned_by(Owner.METER)
        if _news(found.current.answer, held) == _news(found.current.answer, answer):
            return WritePlan(image, (), owned)
        if all(new & ~old == 0 for old, new in zip(held, answer, strict=True)):
            return WritePlan(image, (Span(found.current.answer.address, answer),), owned)
        desk = dict(found.desk.values)
        desk["sequence"] = (found.desk.number("sequence") + 1) % _SEQUENCES
        return WritePlan(image, self._zone_spans(found.other, desk, answer), owned)

    def _plan_credit(self, image: bytes, credit: Credit, *, clearing: bool) -> WritePlan:
        content = self.decode(image)
        found = self._found(image)
        if found is None or content.returned is None:
            raise Refusal("no_return_block")
        ensure(credit.mark != content.returned.taken_mark, "a mark is never used twice")
        spans: list[Span] = []
        if not found.current.answered(image):
            kept = found.other.answered(image)
            held = found.current.answer.bytes_in(image)
            if any(new & ~old for old, new in zip(held, kept, strict=True)):
                raise Refusal("no_return_block")  # torn at the meter, which writes it anew
            spans.append(Span(found.current.answer.address, kept))
        following = (found.desk.number("sequence") + 1) % _SEQUENCES
        desk = self._desk_values(credit, content.limits, content.identity, following)
        spans += self._zone_spans(found.other, desk)
        if clearing:
            check = found.current.desk.block.check
            at = found.current.desk.address + check.offset
            spans.append(Span(at, bytes(check.width)))
        return WritePlan(image, tuple(spans), self.desk_owned)

    def _zone_spans(self, zone: Zone, values: Values, answer: bytes = b"") -> tuple[Span, ...]:
        """The zone erased and written, its sequence last."""
        place = zone.desk
        target = place.block.encode(values)
        first, stop = place.block.reach("sequence", "inverse")
        erased = b"\xff" * (stop - first)
        empty = b"\xff" * zone.answer.block.size
        body = (answer or empty) + target[:first] + erased + target[stop:]
        return Span(zone.answer.address, body), Span(place.address + first, target[first:stop])

    def _erased(self, image: bytes, zone: Zone) -> tuple[Span, ...]:
        """A zone that a card in use has written; it would be the newer one."""
        held = zone.answer.bytes_in(image) + zone.desk.bytes_in(image)
        used = set(held) != {_BLANK}
        return (Span(zone.answer.address, b"\xff" * len(held)),) if used else ()

    def _identity_spans(self, who: bytes) -> tuple[Span, ...]:
        spans = []
        for field in self._identity.block.fields:
            if field.name not in ("version", "own"):
                at = field.offset
                spans.append(Span(self._identity.address + at, who[at : at + field.width]))
        check = self._identity.block.check
        value = who[check.offset : check.offset + check.width]
        return (*spans, Span(self._identity.address + check.offset, value))

    def _desk_values(
        self, credit: Credit, limits: Limits, identity: CardIdentity, sequence: int
    ) -> dict[str, FieldValue]:
        if records.kind_of(credit.quantity) is not MeterKind.VOLUME:
            raise Refusal("field_does_not_fit", field="quantity")
        return {
            **records.credit_values(credit, sequence),
            **records.limits_values(limits, MeterKind.VOLUME),
            "account_no": identity.account_no,
            "meter_no": identity.meter_no,
        }

    def _found(self, image: bytes) -> Found | None:
        first, second = (zone.desk.read(image) for zone in self.zones)
        if second is not None and (
            first is None or is_newer(second.number("sequence"), first.number("sequence"))
        ):
            return Found(self.zones[1], self.zones[0], second)
        return None if first is None else Found(self.zones[0], self.zones[1], first)

    def _returned(self, image: bytes, found: Found) -> ReturnBlock | None:
        for zone in (found.current, found.other):
            answer = zone.answer.read(image)
            if answer is not None:
                meter_no = found.desk.text("meter_no")
                return records.returned_of(
                    _with(answer, kind=_VOLUME, meter_no=meter_no, sequence=0)
                )
        return None


_PASSING = frozenset({"residual", "used", "written_at"})


def _news(place: Place, answer: bytes) -> Values | None:
    """What of an answer is worth a zone: all but what passes with time."""
    record = place.block.decode(answer)
    if record is None:
        return None
    return {name: value for name, value in record.values.items() if name not in _PASSING}


def _with(record: Record, **more: FieldValue) -> Record:
    return Record({**record.values, **more})


def _merged(record: Record, other: Record, *names: str) -> Record:
    return Record({**record.values, **{name: other.values[name] for name in names}})


def _answer_values(returned: ReturnBlock) -> Values:
    return records.return_values(returned, 0)
