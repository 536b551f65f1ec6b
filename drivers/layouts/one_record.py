"""The one-record layout: what most makers' papers describe, one place for each thing, no slots.

Any declaration whose fields have the names below will do; where a paper has no field for
something, a constant stands for it. A card torn while it is written shows neither the load before
nor the load after: then it shows no credit at all, or copies that differ, and the desk finishes it
at its next insertion. Names: `maker card_type card_no account_no meter_no generation` ·
`quantity purchase_counter cumulative loaded_at station_no` · `alarm hoard overdraft` ·
`scheme count to_1 price_1 …` of money cards that carry prices ·
`meter_counter residual meter_total used flags error written_at`, and what `Taken` looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TypeVar

from cardstation.domain.admission import counter_mark
from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    ReturnBlock,
    Span,
    WritePlan,
)
from cardstation.domain.meter import MeterKind
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure
from cardstation.ports.keys import LayoutKeys
from drivers.layouts import records
from drivers.layouts.codec import OWN_BYTES, Declaration, Operation, Owner, Place
from drivers.layouts.fields import FieldValue
from drivers.layouts.keyed import Keys
from drivers.layouts.keyring import Keyring
from drivers.layouts.known_by import known_by
from drivers.layouts.names import ensure_known
from drivers.layouts.sheet_prices import NAMES, SheetPrices
from drivers.layouts.taken import Taken, TakenRule

T = TypeVar("T")
Values = Mapping[str, FieldValue]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
IDENTITY = ("card_no", "account_no", "meter_no", "maker")
NOT_TAKEN = b"\xff\xff\xff\xff"


class OneRecordLayout:
    """A declared one-record layout; implements `cardstation.ports.layout.Layout`.

    Args:
        kind: What its meters store.
        taken: How a taken load is told.
        constants: Values of names that have no field.
        holder: Who holds the keys of its MACs and ciphers.
    """

    marks_loads = False

    def __init__(
        self,
        declaration: Declaration,
        kind: MeterKind,
        taken: Taken,
        constants: Values | None = None,
        holder: LayoutKeys | None = None,
    ) -> None:
        self.declaration = declaration
        self.code = declaration.code
        self.chip = declaration.chip
        self.desk_owned = declaration.owned_by(Owner.DESK)
        self._kind = kind
        self._taken = taken
        self._constants = dict(constants or {})
        ensure_known(declaration, self._constants)
        self._who = [one for one in declaration.places if self._has(one, IDENTITY)]
        ensure(bool(self._who), "some place says whose card it is")
        self._keyring = Keyring(declaration, self._who, IDENTITY, holder)
        self._prices = SheetPrices(declaration, kind)
        self._known = known_by(declaration, self._who)
        self.rewrites = self._known is not None

    def recognises(self, image: bytes) -> bool:
        """True when no place that says whose card it is speaks against it; no key is needed."""
        if len(image) != self.declaration.size:
            return False
        return all(place.block.seems(place.bytes_in(image)) for place in self._who)

    def card_keys(self, image: bytes) -> Keys:
        """The keys of a card that it recognises.

        Raises:
            Refusal: `layout_key_missing`, `layout_key_malformed`.
        """
        return self._keyring.of_image(image)

    def is_blank(self, image: bytes) -> bool:
        """True when nothing stands on it but what is the chip's own, or it was begun or cleared."""
        if len(image) != self.declaration.size:
            return False
        data = image[OWN_BYTES.get(self.chip, 0) :]
        begun = self._known is not None and self._known.gone(image)
        return begun or any(set(data) == {byte} for byte in self.declaration.blank)

    def is_torn(self, image: bytes) -> bool:
        """True when the load cannot be read, or its copies differ."""
        return self.recognises(image) and self._credit(image) is None

    def values(self, image: bytes, places: Sequence[Place] | None = None) -> Values | None:
        """Every named value, None when a place is unreadable or two places disagree."""
        found: dict[str, FieldValue] = {}
        keys = self.card_keys(image)
        for place in self.declaration.places if places is None else places:
            record = place.read(image, keys)
            if record is None:
                return None
            for name, value in record.values.items():
                if found.setdefault(name, value) != value:
                    return None
        return found

    def decode(self, image: bytes) -> CardContent:
        """Read everything; a load that is torn is no credit, an answer that is torn is none.

        Raises:
            Refusal: `foreign_card`; `card_damaged`: its limits or its prices cannot be read; those
                of `card_keys`.
        """
        if not self.recognises(image):
            raise Refusal("foreign_card")
        credit = self._credit(image)
        return CardContent(
            identity=self._identity(image),
            credit=credit,
            limits=self._limits(image),
            price=self._price(image),
            returned=self._returned(image, credit),
        )

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """Write `credit` in the order the sheet states.

        Raises:
            Refusal: `foreign_card`, `field_does_not_fit`, those of `card_keys`.
        """
        return self._plan(image, self._desk_values(credit), Operation.LOAD)

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:
        """Take a load back: as a load, in its own order.

        Raises:
            Refusal: as `plan_load`.
        """
        ensure(not credit.quantity, "a clearing carries no gas")
        return self._plan(image, self._desk_values(credit), Operation.CLEAR)

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

        Raises:
            Refusal: `field_does_not_fit`: a value without a field that is not the constant, or a
                field that neither the desk nor a constant gives a value; `sheet_cannot_issue`: a
                card that is written again, and nothing on it may be taken away first; those of
                `card_keys`.
        """
        again = identity.card_type is CardType.OPENING or self.recognises(image)
        if again and self._known is None:
            raise Refusal("sheet_cannot_issue", layout=self.code)
        values = {
            **self._constants,
            **self._prices.values(price),
            **records.identity_values(identity),
            **{name: records.amount(getattr(limits, name)) for name in _LIMITS},
            **self._meter_values(returned, taken=returned.taken_mark == credit.mark),
            **self._desk_values(credit),
        }
        if self._taken.rule is TakenRule.EQUALS and returned.taken_mark == credit.mark:
            values[self._taken.field] = self._taken.value
        spare = [Span(a.start, b"\xff" * len(a)) for a in self.declaration.spare]
        plan = self._plan(image, values, Operation.ISSUE, spare, whole=True)
        self._ensure_read_back(plan.target, identity)
        if self._price(plan.target) != price:
            raise Refusal("field_does_not_fit", field="price")
        if self._known is None:
            return plan
        return replace(plan, spans=self._known.held_back(plan.spans, plan.target))

    def _ensure_read_back(self, image: bytes, identity: CardIdentity) -> None:
        """A new card says whose it is, and nothing on it is unreadable.

        Raises:
            Refusal: `field_does_not_fit`.
        """
        keys, shown = self.card_keys(image), self._identity(image)
        for place in self.declaration.places:
            if place.read(image, keys) is None:
                raise Refusal("field_does_not_fit", field=place.name)
        for name in (one.name for one in fields(CardIdentity)):
            if getattr(shown, name) != getattr(identity, name):
                raise Refusal("field_does_not_fit", field=name)

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:
        """A blank again: what it is known by is gone, and the mark stands beside it.

        Raises:
            Refusal: `card_not_clearable`: nothing on it may be taken for that; `foreign_card`.
        """
        if self._known is None:
            raise Refusal("card_not_clearable")
        if not self.recognises(image):
            raise Refusal("foreign_card")
        where = range(self.declaration.first, self.declaration.size)
        return WritePlan(image, self._known.wiped(self.declaration, mark), (where,))

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:
        """What a meter writes back; the desk never calls this.

        Raises:
            Refusal: `field_does_not_fit`.
        """
        credit = self._credit(image)
        taken = credit is not None and returned.taken_mark == credit.mark
        values = dict(self._meter_values(returned, taken=taken))
        if taken and self._taken.rule is TakenRule.ZERO:
            values["quantity"] = 0
        return self._plan(image, values, Operation.RETURN)

    def _plan(
        self,
        image: bytes,
        values: Values,
        operation: Operation,
        before: Sequence[Span] = (),
        *,
        whole: bool = False,
    ) -> WritePlan:
        if not whole and not self.recognises(image):
            raise Refusal("foreign_card")
        spans = list(before)
        keys = self._keyring.of_values(values) if whole else self.card_keys(image)
        for step in self.declaration.orders[operation]:
            place = self.declaration.place(step.place)
            held = {} if whole else place.block.readable(place.bytes_in(image), keys)
            names = {field.name for field in place.block.fields}
            held.update({name: value for name, value in values.items() if name in names})
            spans.append(step.span(place, place.block.encode(held, keys)))
        places = [one for one in self.declaration.places if whole or one.owner is Owner.DESK]
        return WritePlan(image, tuple(spans), tuple(one.addresses for one in places))

    def _desk_values(self, credit: Credit) -> dict[str, FieldValue]:
        ensure(records.kind_of(credit.quantity) is self._kind, "the load is in the card's unit")
        values: dict[str, FieldValue] = {
            "quantity": records.amount(credit.quantity),
            "purchase_counter": credit.purchase_counter,
            "cumulative": records.amount(credit.cumulative),
            "loaded_at": credit.loaded_at,
            "station_no": credit.station_no,
        }
        if self._taken.rule is TakenRule.EQUALS:
            values[self._taken.field] = self._taken.fresh
        return values

    def _meter_values(self, returned: ReturnBlock, *, taken: bool) -> dict[str, FieldValue]:
        values: dict[str, FieldValue] = {
            "meter_counter": returned.purchase_counter,
            "residual": records.amount(returned.residual),
            "meter_total": records.amount(returned.cumulative),
            "used": returned.used.litres,
            "flags": returned.flags,
            "error": returned.error,
            "written_at": returned.written_at,
        }
        if self._taken.rule is TakenRule.EQUALS and taken:
            values[self._taken.field] = self._taken.value
        return values

    def _credit(self, image: bytes) -> Credit | None:
        values = self.values(image, self._holding("quantity", "purchase_counter", "cumulative"))
        if values is None:
            return None
        counter, total = (
            self._number(values, "purchase_counter"),
            self._number(values, "cumulative"),
        )
        return Credit(
            quantity=records.quantity(self._kind, self._number(values, "quantity")),
            purchase_counter=counter,
            cumulative=records.quantity(self._kind, total),
            loaded_at=self._value(values, "loaded_at", NEVER),
            station_no=self._number(values, "station_no"),
            mark=counter_mark(counter, total),
            sequence=0,
        )

    def _returned(self, image: bytes, credit: Credit | None) -> ReturnBlock | None:
        values = self.values(image, self._holding("meter_counter", "residual", "written_at"))
        if values is None:
            return None
        every = {**values, **(self.values(image, self._holding(self._taken.field)) or {})}
        taken = credit is not None and self._is_taken(every, credit)
        return ReturnBlock(
            meter_no=self._identity(image).meter_no,
            purchase_counter=self._number(values, "meter_counter"),
            taken_mark=credit.mark if taken and credit is not None else NOT_TAKEN,
            residual=records.quantity(self._kind, self._number(values, "residual")),
            cumulative=records.quantity(self._kind, self._number(values, "meter_total")),
            used=Volume(self._number(values, "used")),
            flags=self._value(values, "flags", frozenset()),
            error=self._number(values, "error"),
            written_at=self._value(values, "written_at", NEVER),
            sequence=0,
        )

    def _is_taken(self, values: Values, credit: Credit) -> bool:
        match self._taken.rule:
            case TakenRule.EQUALS:
                return values.get(self._taken.field) == self._taken.value
            case TakenRule.ZERO:
                return not credit.quantity
            case TakenRule.COUNTER:
                return self._number(values, "meter_counter") >= credit.purchase_counter
            case TakenRule.TOTAL:
                return self._number(values, "meter_total") >= records.amount(credit.cumulative)

    def _identity(self, image: bytes) -> CardIdentity:
        values = self.values(image, self._who)
        if values is None:
            raise Refusal("foreign_card" if self.declaration.keys else "card_damaged")
        return CardIdentity(
            maker=self._value(values, "maker", ""),
            card_type=CardType(self._value(values, "card_type", CardType.USER.value)),
            card_no=self._value(values, "card_no", ""),
            account_no=self._value(values, "account_no", ""),
            meter_no=self._value(values, "meter_no", ""),
            generation=self._number(values, "generation"),
        )

    def _limits(self, image: bytes) -> Limits:
        values = self.values(image, self._holding(*_LIMITS))
        if values is None:
            raise Refusal("card_damaged")
        alarm, hoard, overdraft = (
            records.quantity(self._kind, self._number(values, name)) for name in _LIMITS
        )
        return Limits(alarm, hoard, overdraft)

    def _price(self, image: bytes) -> PriceBlock | None:
        """The prices that a money meter believes, None where its cards carry none."""
        if not self._prices.steps:
            return None
        return self._prices.shown(self.values(image, self._holding(*NAMES)))

    def _holding(self, *names: str) -> list[Place]:
        return [one for one in self.declaration.places if self._has(one, names)]

    def _has(self, place: Place, names: Sequence[str]) -> bool:
        return any(field.name in names for field in place.block.fields)

    def _number(self, values: Values, name: str) -> int:
        return self._value(values, name, 0)

    def _value(self, values: Values, name: str, otherwise: T) -> T:
        value = values.get(name, self._constants.get(name, otherwise))
        ensure(isinstance(value, type(otherwise)), f"{name} is {type(otherwise).__name__}")
        return value  # type: ignore[return-value]


_LIMITS = ("alarm", "hoard", "overdraft")
