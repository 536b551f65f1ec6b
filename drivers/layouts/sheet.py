"""Reads a layout from a sheet: a TOML file an engineer writes from a maker's paper.

What it may say is told in docs/writing-layouts.md; whatever is not as told there is refused by its
place in the file before anything else is made of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.errors import Defect, Refusal
from cardstation.ports.keys import LAYOUT_NAME, KeyAlgorithm, LayoutKeys
from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import (
    Block,
    Declaration,
    Derived,
    Operation,
    Owner,
    Place,
    Rule,
    Step,
)
from drivers.layouts.fields import Encoding, Field, FieldValue
from drivers.layouts.keyed import Cipher, CipherKind, KeyNamed
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.taken import Taken, TakenRule
from drivers.makers.told import sheet_rules_told
from drivers.tables import Table

E = TypeVar("E", bound=StrEnum)
_MAC_BYTES = 4
_MOST_BYTES = 0x2000
"""Of an image; no chip has more."""
_WIDEST = 1024
"""Bytes of a field."""
_MOST = 1 << 32
_DATE = re.compile(r"(?:(YYYY|YY|MM|DD|hh|mm|ss)(?!.*\1))+")


@dataclass(frozen=True, slots=True)
class SheetExample:
    """One card of a sheet: its bytes, and what they mean by name, as people write it."""

    name: str
    image: bytes
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A layout read from a file, with the cards it is proven on.

    Attributes:
        rules: Of the maker whose cards they are; None where the sheet says nothing of it.
    """

    layout: OneRecordLayout
    examples: tuple[SheetExample, ...]
    rules: MakerRules | None = None


def read_sheet(path: Path, holder: LayoutKeys | None = None) -> Sheet:
    """Read a sheet.

    Args:
        path: The file.
        holder: Who holds the keys it names; none is asked for before a card is read.

    Raises:
        Refusal: `layout_sheet`, with file, place and what was expected there.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal("layout_sheet", file=path.name, place="", expected=str(error)) from error
    return sheet_of(data, path.name, holder)


def sheet_of(data: bytes, file: str, holder: LayoutKeys | None = None) -> Sheet:
    """The sheet that some bytes are; raises as `read_sheet`."""
    try:
        told = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refusal("layout_sheet", file=file, place="", expected=str(error)) from error
    part = _Part(told, file)
    card = part.raw("card")
    try:
        layout, kind = _layout(part, holder)
    except Defect as wrong:
        part.refuse("", str(wrong.values.get("sentence", "")))
    examples = tuple(map(_example, part.parts("example")))
    part.end()
    return Sheet(layout, examples, None if card is None else _rules(card, file, layout, kind))


def _rules(card: object, file: str, layout: OneRecordLayout, kind: MeterKind) -> MakerRules:
    table = Table(card, file, "card", code="layout_sheet")
    rules = sheet_rules_told(table, layout, kind)
    table.end()
    return rules


class _Part:
    """One table of the file; every key is asked for once, and none may be left."""

    def __init__(self, told: object, file: str, place: str = "") -> None:
        self._file, self._place = file, place
        if not isinstance(told, dict):
            self.refuse("", "a table")
        self._told: dict[str, Any] = dict(told)

    def refuse(self, key: str, expected: str) -> NoReturn:
        place = ".".join(part for part in (self._place, key) if part)
        raise Refusal("layout_sheet", file=self._file, place=place, expected=expected)

    def end(self) -> None:
        if self._told:
            self.refuse(next(iter(self._told)), "nothing: this name means nothing here")

    def text(self, key: str, otherwise: str | None = None) -> str:
        value = self._told.pop(key, otherwise)
        if not isinstance(value, str):
            self.refuse(key, "a text")
        return value

    def tag(self, key: str) -> str:
        value = self.text(key)
        if not LAYOUT_NAME.fullmatch(value):
            self.refuse(key, "a–z, 0–9 and dashes, 32 at most")
        return value

    def number(
        self, key: str, otherwise: int | None = None, *, least: int = -_MOST, most: int = _MOST
    ) -> int:
        value = self._told.pop(key, otherwise)
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(key, "a whole number")
        if not least <= value <= most:
            self.refuse(key, f"{least} – {most}")
        return value

    def address(self, key: str, otherwise: int | None = None) -> int:
        return self.number(key, otherwise, least=0, most=_MOST_BYTES)

    def switch(self, key: str) -> bool:
        value = self._told.pop(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def word(self, key: str, words: type[E], otherwise: E | None = None) -> E:
        value = self.text(key, otherwise)
        if value not in list(words):
            self.refuse(key, " | ".join(words))
        return words(value)

    def data(self, key: str) -> bytes:
        value = self.text(key, "")
        try:
            return bytes.fromhex(value)
        except ValueError:
            self.refuse(key, "bytes in hex")

    def pair(self, key: str) -> tuple[int, int]:
        pairs = self.pairs(key)
        if len(pairs) != 1:
            self.refuse(key, "one pair of numbers: [[0, 8]]")
        return pairs[0]

    def pairs(self, key: str) -> tuple[tuple[int, int], ...]:
        value = self._told.pop(key, [])
        right = isinstance(value, list) and all(
            isinstance(one, list)
            and len(one) == 2
            and all(isinstance(n, int) and 0 <= n <= _MOST_BYTES for n in one)
            for one in value
        )
        if not right:
            self.refuse(key, "pairs of numbers: [[0, 7], …]")
        return tuple((first, stop) for first, stop in value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._told.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.refuse(key, "a list of texts")
        return tuple(value)

    def plain(self, key: str) -> FieldValue | None:
        value = self._told.pop(key, None)
        if value is not None and not isinstance(value, int | str):
            self.refuse(key, "a number or a text")
        return value

    def raw(self, key: str) -> object:
        return self._told.pop(key, None)

    def has(self, key: str) -> bool:
        return key in self._told

    def names(self) -> tuple[str, ...]:
        return tuple(self._told)

    def part(self, key: str) -> _Part:
        return _Part(self._told.pop(key, {}), self._file, self._under(key))

    def parts(self, key: str) -> list[_Part]:
        value = self._told.pop(key, [])
        if not isinstance(value, list):
            self.refuse(key, "a list of tables")
        return [_Part(one, self._file, self._under(f"{key}[{at}]")) for at, one in enumerate(value)]

    def _under(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key


def _layout(part: _Part, holder: LayoutKeys | None) -> tuple[OneRecordLayout, MeterKind]:
    places = tuple(map(_place, part.parts("place")))
    by_name = {place.name: place for place in places}
    orders = part.part("orders")
    declaration = Declaration(
        code=part.tag("code"),
        size=part.address("size"),
        places=places,
        spare=tuple(range(first, stop) for first, stop in part.pairs("spare")),
        orders={one: _order(orders, one, by_name) for one in Operation},
        chip=part.text("chip"),
        first=part.address("first", 0x20),
        blank=tuple(part.data("blank") or b"\xff"),
        keys=tuple(map(_key, part.parts("key"))),
    )
    orders.end()
    kind = part.word("kind", MeterKind)
    constants = part.part("constants")
    given = {name: constants.plain(name) for name in constants.names()}
    values = {name: value for name, value in given.items() if value is not None}
    taken = _taken(part.part("taken"))
    return OneRecordLayout(declaration, kind, taken, values, holder), kind


def _key(part: _Part) -> KeyNamed:
    key = KeyNamed(part.tag("name"), part.word("is", KeyAlgorithm), part.texts("factor"))
    part.end()
    return key


def _taken(part: _Part) -> Taken:
    rule = part.word("rule", TakenRule)
    if rule is not TakenRule.EQUALS:
        part.end()
        return Taken(rule)
    value, fresh = part.plain("value"), part.plain("fresh")
    if value is None or fresh is None:
        part.refuse("value", "`value` (written by the meter) and `fresh` (by the desk)")
    taken = Taken(rule, part.text("field"), value, fresh)
    part.end()
    return taken


def _place(part: _Part) -> Place:
    fields = tuple(map(_field, part.parts("field")))
    checks = tuple(map(_check, part.parts("check")))
    size = part.address("size")
    first = checks[0] if checks else Check(CheckKind.NONE, size, ())
    derived = tuple(map(_derived, part.parts("derived")))
    name = part.text("name")
    cipher = _cipher(part.part("cipher")) if part.has("cipher") else None
    block = Block(name, size, fields, first, checks[1:], derived, cipher)
    place = Place(name, block, part.address("address"), part.word("owner", Owner))
    part.end()
    return place


def _field(part: _Part) -> Field:
    width = part.number("bytes", least=1, most=_WIDEST)
    bits, words = part.pairs("bits"), part.part("words")
    lowest, count = bits[0] if bits else (0, 8 * width)
    if not count or lowest + count > 8 * width:
        part.refuse("bits", f"bits of these {width} bytes: [[lowest, how many]]")
    encoding = part.word("is", Encoding)
    most = count - 1 if encoding is Encoding.FLAGS else _MOST
    field = Field(
        name=part.text("name"),
        offset=part.address("at"),
        width=width,
        encoding=encoding,
        words=tuple((words.number(word, least=0, most=most), word) for word in words.names()),
        little=part.switch("little"),
        scale=part.number("scale", 1, least=1),
        plus=part.number("plus", 0),
        bits=bits[0] if bits else None,
        fixed=part.data("fixed"),
        digits=part.number("digits", 0, least=0, most=_WIDEST),
        pattern=part.text("pattern", ""),
    )
    if encoding is Encoding.DATE and not _DATE.fullmatch(field.pattern):
        part.refuse("pattern", "YYYY YY MM DD hh mm ss, each once at most")
    part.end()
    return field


def _cipher(part: _Part) -> Cipher:
    cipher = Cipher(part.word("is", CipherKind), part.text("key"), part.pair("covers"))
    part.end()
    return cipher


def _check(part: _Part) -> Check:
    kind = part.word("is", CheckKind)
    keyed = kind is CheckKind.MAC
    check = Check(
        kind=kind,
        offset=part.address("at"),
        covers=part.pairs("covers"),
        name=part.text("name", "check"),
        little=part.switch("little"),
        key=part.text("key") if keyed else "",
        size=part.address("bytes", _MAC_BYTES) if keyed else 0,
    )
    part.end()
    return check


def _derived(part: _Part) -> Derived:
    derived = Derived(part.text("field"), part.word("is", Rule), part.texts("of"))
    part.end()
    return derived


def _order(part: _Part, operation: Operation, places: Mapping[str, Place]) -> tuple[Step, ...]:
    """`place` = the whole of it, `place.field` = that field, `place.field-field` = a run."""
    steps = []
    for told in part.texts(operation.value):
        name, _, reach = told.partition(".")
        if name not in places:
            part.refuse(operation.value, f"a place, not {name}")
        items = _items(places[name].block)
        first, _, last = reach.partition("-")
        first, last = first or items[0], (last or first) or items[-1]
        if first not in items or last not in items:
            part.refuse(operation.value, f"fields of {name}: {', '.join(items)}")
        steps.append(Step(name, first, last))
    return tuple(steps)


def _items(block: Block) -> Sequence[str]:
    both: list[Field | Check] = [*block.fields, *(one for one in block.checks if one.width)]
    return [one.name for one in sorted(both, key=lambda one: one.offset)]


def _example(part: _Part) -> SheetExample:
    values = part.part("values")
    told = {name: str(values.plain(name)) for name in values.names()}
    example = SheetExample(part.text("name"), part.data("image"), told)
    part.end()
    return example
