"""The tool-card layout: one block of the desk's, and a place for every use, written by meters.

Works on any declaration with the place `tool`, places `use_1`, `use_2` … and, where a card carries
something from one meter to the next, `carried`. The last byte of a use loses one bit when the meter
is about to do it and one more when it did it: it has no state in between, and until it lost the
first one nothing that stands before it counts.
"""

from __future__ import annotations

from cardstation.domain.card import Span, WritePlan
from cardstation.domain.meter import CounterSchool
from cardstation.domain.tool_card import Carried, Tool, ToolCard, ToolContent, ToolUse
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure, fail
from drivers.layouts.codec import Declaration, Owner, Record
from drivers.layouts.fields import FieldValue
from drivers.layouts.open4442 import ISSUE_BEGUN
from drivers.layouts.records import amount, kind_of, price_of, price_values, quantity

UNUSED, CLAIMED, DONE = 0xFF, 0xFE, 0xFC
"""The last byte of a use."""
NO_PRICE = 0xFF
_ERASED = b"\xff"
_HEAD = ("maker", "tool_no", "meter_no", "work_order", "made_at", "valid_until")


class ToolCardLayout:
    """A declared layout of tool cards; implements `cardstation.ports.tool_layout.ToolLayout`."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.code, self.chip = declaration.code, declaration.chip
        self._tool = declaration.place("tool")
        words = self._tool.block.field("tool").words
        self.tools = frozenset(Tool(word) for _, word in words)
        self.uses = tuple(one for one in declaration.places if one.name.startswith("use_"))
        self.most_uses = len(self.uses)
        found = [one for one in declaration.places if one.name == "carried"]
        self._carried = found[0] if found else None

    def recognises(self, image: bytes) -> bool:
        """True when the image carries a valid tool block of this layout."""
        return len(image) == self.declaration.size and self._tool.read(image) is not None

    def is_blank(self, image: bytes) -> bool:
        """True when the card was never issued: all FF, or what was cut short."""
        if len(image) != self.declaration.size:
            return False
        begun = image[self._tool.address : self._tool.address + 1] == ISSUE_BEGUN
        return begun or set(image[self.declaration.first :]) == {0xFF}

    def decode(self, image: bytes) -> ToolContent:
        """Read everything.

        Raises:
            Refusal: `foreign_card`.
        """
        tool = self._tool.read(image) if len(image) == self.declaration.size else None
        if tool is None:
            raise Refusal("foreign_card")
        read = [place.read(image) for place in self.uses]
        gap = read.index(None) if None in read else len(read)
        uses = [_use_of(one) for one in read[:gap] if one is not None]
        broken = [
            number
            for number, place in enumerate(self.uses, start=1)
            if number > gap and place.bytes_in(image)[-1] != UNUSED
        ]
        carried = self._carried.read(image) if self._carried and uses else None
        return ToolContent(
            _card_of(tool),
            tuple(uses),
            None if carried is None else _carried_of(carried),
            tuple(broken),
        )

    def plan_make(self, image: bytes, card: ToolCard) -> WritePlan:
        """Write a whole tool card on a blank; until its version is whole nobody knows it.

        Raises:
            Refusal: `field_does_not_fit`.
        """
        ensure(len(image) == self.declaration.size, "the image is a whole card")
        ensure(card.tool in self.tools, "the card is of this layout's kinds")
        if not 0 < card.uses <= self.most_uses:
            raise Refusal("field_does_not_fit", field="uses")
        at, data = self._tool.address, self._tool.block.encode(_card_values(card))
        rest = range(self._tool.addresses.stop, self.declaration.size)
        spans = (
            Span(at, ISSUE_BEGUN),
            Span(rest.start, _ERASED * len(rest)),
            Span(at + 1, data[1:]),
            Span(at, data[:1]),
        )
        return WritePlan(image, spans, (range(at, self.declaration.size),))

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:
        """A blank again: its version that of an issue that was begun, and the mark beside it.

        Raises:
            Refusal: `foreign_card`.
        """
        self.decode(image)
        at, size = self._tool.address, self.declaration.size
        head = Span(at, ISSUE_BEGUN + mark)
        rest = Span(head.end, _ERASED * (size - head.end))
        return WritePlan(image, (head, rest), (range(at, size),))

    def plan_claim(
        self, image: bytes, place: int, use: ToolUse, carried: Carried | None = None
    ) -> WritePlan:
        """What a meter writes before it does anything; one that was cut short is written anew."""
        block = self.uses[place - 1]
        data = block.block.encode({**_use_values(use), "state": "claimed"})
        last = block.addresses.stop - 1
        spans = [Span(last, _ERASED)]
        if carried is not None:
            where = self._carried or fail("this card carries nothing")
            spans.append(Span(where.address, where.block.encode(_carried_values(carried))))
        spans += [Span(block.address, data[:-1]), Span(last, data[-1:])]
        return WritePlan(image, tuple(spans), self.declaration.owned_by(Owner.METER))

    def plan_done(self, image: bytes, place: int) -> WritePlan:
        """What a meter writes once it did it: one bit."""
        last = self.uses[place - 1].addresses.stop - 1
        return WritePlan(
            image, (Span(last, bytes([DONE])),), self.declaration.owned_by(Owner.METER)
        )


def _card_of(record: Record) -> ToolCard:
    return ToolCard(
        maker=record.text("maker"),
        tool=Tool(record.text("tool")),
        tool_no=record.text("tool_no"),
        meter_no=record.text("meter_no"),
        uses=record.number("uses"),
        work_order=record.text("work_order"),
        made_at=record.time("made_at"),
        valid_until=record.time("valid_until"),
        test_gas=Volume(record.number("test_litres")),
        station_no=record.number("station_no"),
        mark=record.raw("mark"),
    )


def _card_values(card: ToolCard) -> dict[str, FieldValue]:
    values: dict[str, FieldValue] = {name: getattr(card, name) for name in _HEAD}
    return {
        **values,
        "version": "1",
        "card_type": "tool",
        "tool": card.tool.value,
        "uses": card.uses,
        "test_litres": card.test_gas.litres,
        "station_no": card.station_no,
        "mark": card.mark,
    }


def _use_of(record: Record) -> ToolUse:
    kind = record.text("kind")
    return ToolUse(
        meter_no=record.text("meter_no"),
        purchase_counter=record.number("purchase_counter"),
        residual=quantity(kind, record.number("residual")),
        cumulative=quantity(kind, record.number("cumulative")),
        used=Volume(record.number("used")),
        flags=tuple(sorted(record.words("flags"))),
        error=record.number("error"),
        at=record.time("at"),
        done=record.text("state") == "done",
    )


def _use_values(use: ToolUse) -> dict[str, FieldValue]:
    return {
        "meter_no": use.meter_no,
        "kind": kind_of(use.residual).value,
        "purchase_counter": use.purchase_counter,
        "residual": amount(use.residual),
        "cumulative": amount(use.cumulative),
        "used": use.used.litres,
        "flags": frozenset(use.flags),
        "error": use.error,
        "at": use.at,
    }


def _carried_of(record: Record) -> Carried:
    return Carried(
        school=CounterSchool(record.text("school")),
        account_no=record.text("account_no"),
        generation=record.number("generation"),
        taken_mark=record.raw("taken_mark"),
        overdraft=record.number("overdraft"),
        alarm=record.number("alarm"),
        price=None if record.number("count") == NO_PRICE else price_of(record),
        tier_litres=record.number("tier_litres"),
        tier_year=record.number("tier_year"),
        part_e5=record.number("part_e5"),
    )


def _carried_values(carried: Carried) -> dict[str, FieldValue]:
    price = {} if carried.price is None else price_values(carried.price)
    return {
        "school": carried.school.value,
        "account_no": carried.account_no,
        "generation": carried.generation,
        "taken_mark": carried.taken_mark,
        "overdraft": carried.overdraft,
        "alarm": carried.alarm,
        "tier_litres": carried.tier_litres,
        "tier_year": carried.tier_year,
        "part_e5": carried.part_e5,
        **price,
    }
