"""The two-slot layout: identity, limits, price, two credit slots and two return slots.

Works on any declaration with the places `identity`, `limits`, `price`, `credit_a`, `credit_b`,
`return_a` and `return_b`. Of two slots the valid one with the newer sequence is current; a load
writes the other one. The byte that makes it current is the sequence: written last, covered by the
check value, so that every torn state still shows the slot before (MONEY-SAFETY R11).
"""

from __future__ import annotations

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
from cardstation.errors import Refusal, ensure, fail
from drivers.layouts import records
from drivers.layouts.codec import Declaration, Operation, Owner
from drivers.layouts.example import Example
from drivers.layouts.slots import current_of, slot_spans

_BLANK = 0xFF


class TwoSlotLayout:
    """A declared two-slot layout; implements `cardstation.ports.layout.Layout`.

    Attributes:
        examples: Worked examples, bytes beside their meaning.
        marks_loads: The `mark` of a credit names the intent that wrote it.
        desk_owned: Everything but the return slots.
    """

    rewrites = True

    def __init__(
        self,
        declaration: Declaration,
        examples: tuple[Example, ...] = (),
        *,
        marks_loads: bool = True,
    ) -> None:
        self.declaration = declaration
        self.examples = examples
        self.marks_loads = marks_loads
        self.code = declaration.code
        self.chip = declaration.chip
        self.desk_owned = declaration.owned_by(Owner.DESK)
        place = declaration.place
        self._identity = place("identity")
        self._version = self._identity.block.field("version").words[0][0]
        first = declaration.orders[Operation.ISSUE][0]
        self._begun = first.fixed or fail("an issue marks the version first")
        self._limits = place("limits")
        self._price = place("price")
        self.credit_slots = (place("credit_a"), place("credit_b"))
        self.return_slots = (place("return_a"), place("return_b"))

    def recognises(self, image: bytes) -> bool:
        """True when the image carries a valid identity block of this layout."""
        return len(image) == self.declaration.size and self._identity.read(image) is not None

    def is_blank(self, image: bytes) -> bool:
        """True when the card was never issued: all FF, or an issue that was cut short.

        An issue marks the version byte first and completes it last, so what it leaves behind is
        always told from an issued card.
        """
        if len(image) != self.declaration.size:
            return False
        data = image[self.declaration.first :]
        blank = any(set(data) == {byte} for byte in self.declaration.blank)
        return blank or self._unfinished(image)

    def _unfinished(self, image: bytes) -> bool:
        at = self._identity.address
        if image[at : at + 1] == self._begun:
            return True
        return image[at] == _BLANK and self.recognises(self._with_version(image))

    def _with_version(self, image: bytes) -> bytes:
        at = self._identity.address
        return image[:at] + self._version.to_bytes(1) + image[at + 1 :]

    def is_torn(self, image: bytes) -> bool:
        """True when a half-written credit lies beside the current one.

        A slot that was never used and one that a clearing made unreadable begin erased.
        """
        slots = current_of(self.credit_slots, image)
        if slots is None:
            return False
        left = slots.inactive.bytes_in(image)
        return left[0] != _BLANK and slots.inactive.read(image) is None

    def decode(self, image: bytes) -> CardContent:
        """Read everything.

        Raises:
            Refusal: `foreign_card` (not this layout) or `card_damaged` (an identity, limits or
                price block of this layout that is not readable, or an issue that was cut short).
        """
        if len(image) != self.declaration.size:
            raise Refusal("foreign_card")
        identity = self._identity.read(image)
        if identity is None:
            raise Refusal("card_damaged" if self._ours_once(image) else "foreign_card")
        limits = self._limits.read(image)
        if limits is None:
            raise Refusal("card_damaged")
        return CardContent(
            identity=records.identity_of(identity),
            credit=self.credit(image),
            limits=records.limits_of(limits),
            price=self._price_of(image),
            returned=self.returned(image),
        )

    def _ours_once(self, image: bytes) -> bool:
        version = image[self._identity.address]
        return (
            version == self._version
            or self._unfinished(image)
            or self.recognises(self._with_version(image))
        )

    def _price_of(self, image: bytes) -> PriceBlock | None:
        if set(self._price.bytes_in(image)) == {_BLANK}:
            return None
        price = self._price.read(image)
        if price is None:
            raise Refusal("card_damaged")
        return records.price_of(price)

    def credit(self, image: bytes) -> Credit | None:
        """The current credit, None when no credit slot is valid."""
        slots = current_of(self.credit_slots, image)
        return records.credit_of(slots.record) if slots else None

    def returned(self, image: bytes) -> ReturnBlock | None:
        """The current return block, None when none is valid."""
        slots = current_of(self.return_slots, image)
        return records.returned_of(slots.record) if slots else None

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """Write `credit` into the inactive slot; its sequence is the current one + 1.

        Raises:
            Refusal: `foreign_card`, `card_damaged`, `no_credit_slot`, `no_return_block`,
                `field_does_not_fit`.
        """
        return self._plan_credit(image, credit, Operation.LOAD)

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:
        """Take a load back: `credit` has a zero quantity and the counter the school says.

        The zero slot becomes current first; then the load taken back is made unreadable.

        Raises:
            Refusal: as `plan_load`.
        """
        ensure(not credit.quantity, "a clearing carries no gas")
        return self._plan_credit(image, credit, Operation.CLEAR)

    def plan_issue(
        self,
        image: bytes,
        identity: CardIdentity,
        credit: Credit,
        limits: Limits,
        price: PriceBlock | None,
        returned: ReturnBlock,
    ) -> WritePlan:
        """Write a whole new card on a blank (or our own dead card).

        Until the version byte is complete, which is last, neither desk nor meter knows the card.

        Raises:
            Refusal: `field_does_not_fit`.
        """
        ensure(len(image) == self.declaration.size, "the image is a whole card")
        kind = records.kind_of(credit.quantity)
        block = {
            "identity": self._identity.block.encode(records.identity_values(identity)),
            "limits": self._limits.block.encode(records.limits_values(limits, kind)),
            "credit_a": self.credit_slots[0].block.encode(records.credit_values(credit, 0)),
            "return_a": self.return_slots[0].block.encode(records.return_values(returned, 0)),
        }
        if price is not None:
            block["price"] = self._price.block.encode(records.price_values(price))
        spans = []
        for step in self.declaration.orders[Operation.ISSUE]:
            place = self.declaration.place(step.place)
            spans.append(step.span(place, block.get(step.place, b"\xff" * place.block.size)))
        spare = [Span(a.start, b"\xff" * len(a)) for a in self.declaration.spare]
        ranges = tuple(place.addresses for place in self.declaration.places)
        return WritePlan(image, (spans[0], *spare, *spans[1:]), ranges)

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:
        """A blank again: its version that of an issue that was begun, and the mark beside it.

        Raises:
            Refusal: `foreign_card`, `card_damaged`.
        """
        self.decode(image)
        at, size = self._identity.address, self.declaration.size
        ensure(at == self.declaration.first, "the identity stands first")
        head = Span(at, self._begun + mark)
        rest = Span(head.end, bytes([_BLANK]) * (size - head.end))
        return WritePlan(image, (head, rest), (range(at, size),))

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:
        """What a meter writes back; the desk never calls this.

        Raises:
            Refusal: `no_return_block`, `field_does_not_fit`.
        """
        slots = current_of(self.return_slots, image)
        if slots is None:
            raise Refusal("no_return_block")
        values = records.return_values(returned, slots.following)
        spans = slot_spans(self.declaration.orders[Operation.RETURN], image, slots, values)
        return WritePlan(image, spans, self.declaration.owned_by(Owner.METER))

    def _plan_credit(self, image: bytes, credit: Credit, operation: Operation) -> WritePlan:
        content = self.decode(image)
        slots = current_of(self.credit_slots, image)
        if slots is None:
            raise Refusal("no_credit_slot")
        if content.returned is None:
            raise Refusal("no_return_block")
        kind = records.kind_of(credit.quantity)
        ensure(kind is records.kind_of(content.limits.hoard), "the load is in the card's unit")
        ensure(credit.mark != content.returned.taken_mark, "a mark is never used twice")
        values = records.credit_values(credit, slots.following)
        spans = slot_spans(self.declaration.orders[operation], image, slots, values)
        return WritePlan(image, spans, self.desk_owned)
