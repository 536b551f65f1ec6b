"""The codec: reads and writes the blocks of a card layout that is declared as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import TypeVar

from cardstation.domain.card import Span
from cardstation.errors import ensure, fail
from drivers.layouts.checks import Check
from drivers.layouts.fields import Encoding, Field, FieldValue
from drivers.layouts.keyed import CIPHER_BLOCK, NO_KEYS, Cipher, KeyNamed, Keys

_Kind = TypeVar("_Kind")

FIRST_FREE = 0x20
"""Of most chips the addresses below carry the chip's own bytes and are never written."""
OWN_BYTES: Mapping[str, int] = {
    "sle4442": FIRST_FREE,
    "sle4428": FIRST_FREE,
    "at88sc102": 0x02,
    "mifare1k": 0x10,
}
"""How many bytes at its start are a chip's own; chips that are not named have none."""


class Record:
    """The values of one block, by name, each asked for as what it is."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, FieldValue]) -> None:
        self._values = values

    @property
    def values(self) -> Mapping[str, FieldValue]:
        """All of them."""
        return self._values

    def number(self, name: str) -> int:
        """A UINT or SINT."""
        return self._as(int, name)

    def text(self, name: str) -> str:
        """A BCD, TEXT or CHOICE."""
        return self._as(str, name)

    def raw(self, name: str) -> bytes:
        """A RAW."""
        return self._as(bytes, name)

    def time(self, name: str) -> datetime:
        """A TIME."""
        return self._as(datetime, name)

    def words(self, name: str) -> frozenset[str]:
        """A FLAGS."""
        found: frozenset[str] = self._as(frozenset, name)
        return found

    def _as(self, kind: type[_Kind], name: str) -> _Kind:
        value = self._values[name]
        if not isinstance(value, kind):
            fail(f"{name} is no {kind.__name__}")
        return value


class Rule(StrEnum):
    """What a derived field is made of other fields of its block."""

    SUM = "sum"
    DIFFERENCE = "difference"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Derived:
    """A field nobody states: it follows from others, and a block in which it does not is invalid.

    Attributes:
        of: The fields it is made of; DIFFERENCE takes the later ones from the first.
    """

    field: str
    rule: Rule
    of: tuple[str, ...]

    def value(self, values: Mapping[str, FieldValue]) -> FieldValue:
        """What the field must be beside these values."""
        if self.rule is Rule.SAME:
            return values[self.of[0]]
        record = Record(values)
        first, *others = (record.number(name) for name in self.of)
        return first + sum(others) if self.rule is Rule.SUM else first - sum(others)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of fields guarded by check values; every bit belongs to exactly one of them.

    Attributes:
        check: The check value. more: Others, each written after the one before it.
        derived: Fields that follow from others.
        cipher: The run of it that stands enciphered on the card.
    """

    name: str
    size: int
    fields: tuple[Field, ...]
    check: Check
    more: tuple[Check, ...] = ()
    derived: tuple[Derived, ...] = ()
    cipher: Cipher | None = None

    def __post_init__(self) -> None:
        at, begins = 0, set()
        for name, offset, width in self._runs():
            ensure(offset == at, f"{self.name}.{name} begins at {at}")
            begins.add(at)
            at += width
        ensure(at == self.size, f"{self.name} has {self.size} bytes")
        if self.cipher is not None:
            whole = set(self.cipher.covers) <= begins | {at}
            ensure(whole, f"the cipher of {self.name} covers whole fields")

    def _runs(self) -> list[tuple[str, int, int]]:
        """Name, offset and width of every run of whole bytes, fields of bits put together."""
        runs = [(one.name, one.offset, one.width) for one in self.checks if one.width]
        shared: dict[tuple[int, int], list[Field]] = {}
        for field in self.fields:
            if field.bits is None:
                runs.append((field.name, field.offset, field.width))
            else:
                shared.setdefault((field.offset, field.width), []).append(field)
        for (offset, width), fields in shared.items():
            masks = [int.from_bytes(field.mask) for field in fields]
            whole = sum(masks) == (1 << 8 * width) - 1 == reduce(or_, masks)
            ensure(whole, f"{self.name}.{fields[0].name} and its neighbours share every bit once")
            runs.append((fields[0].name, offset, width))
        return sorted(runs, key=lambda run: run[1])

    @property
    def checks(self) -> tuple[Check, ...]:
        """All check values in the order they are made."""
        return (self.check, *self.more)

    @property
    def key_names(self) -> frozenset[str]:
        """Names of the keys without which it can be neither read nor written."""
        names = {check.key for check in self.checks if check.key}
        return frozenset(names if self.cipher is None else names | {self.cipher.key})

    def hides(self, offset: int) -> bool:
        """Whether a byte of it stands enciphered on the card."""
        return self.cipher is not None and self.cipher.hides(offset)

    def opened(self, data: bytes, keys: Keys) -> bytes:
        """Its bytes as they are meant."""
        return data if self.cipher is None else self.cipher.opened(data, keys)

    def encode(self, values: Mapping[str, FieldValue], keys: Keys = NO_KEYS) -> bytes:
        """The block's bytes with their check values; a field without a value stays FF."""
        data = bytearray(b"\xff" * self.size)
        known = dict(values)
        for rule in self.derived:
            known[rule.field] = rule.value(known)
        for field in self.fields:
            if field.encoding is Encoding.MARK:
                known.setdefault(field.name, field.fixed)
            if field.name in known:
                _merge(data, field, field.encode(known[field.name]))
        hidden = [check for check in self.checks if self.hides(check.offset)]
        _add(data, hidden, keys)
        if self.cipher is not None:
            data[:] = self.cipher.closed(bytes(data), keys)
        _add(data, [check for check in self.checks if check not in hidden], keys)
        return bytes(data)

    def decode(self, data: bytes, keys: Keys = NO_KEYS) -> Record | None:
        """The block's values; None when a check value is wrong or a field is unreadable."""
        plain = self.opened(data, keys)
        for check in self.checks:
            if not check.holds(plain if self.hides(check.offset) else data, keys):
                return None
        values = self._values(plain)
        if len(values) < len(self.fields):
            return None
        if any(values[rule.field] != rule.value(values) for rule in self.derived):
            return None
        return Record(values)

    def readable(self, data: bytes, keys: Keys = NO_KEYS) -> dict[str, FieldValue]:
        """What each field says by itself, whatever the check values say of it."""
        return self._values(self.opened(data, keys))

    def _values(self, plain: bytes) -> dict[str, FieldValue]:
        parts = ((one, plain[one.offset : one.offset + one.width]) for one in self.fields)
        values = {field.name: field.decode(part) for field, part in parts}
        return {name: value for name, value in values.items() if value is not None}

    def seems(self, data: bytes) -> bool:
        """True when nothing that can be read without a key speaks against it."""
        if not self.key_names:
            return self.decode(data) is not None
        return all(check.holds(data) for check in self.clear_checks) and all(
            field.decode(data[field.offset : field.offset + field.width]) is not None
            for field in self.fields
            if not self.hides(field.offset)
        )

    @property
    def clear_checks(self) -> tuple[Check, ...]:
        """Check values that need no key."""
        return tuple(one for one in self.checks if not one.key and not self.hides(one.offset))

    def field(self, name: str) -> Field:
        """A field by its name."""
        return next(field for field in self.fields if field.name == name)

    def reach(self, first: str, last: str) -> tuple[int, int]:
        """Offsets (from, to) of the run from one named field or check value to another."""
        items: dict[str, Field | Check] = {field.name: field for field in self.fields}
        items.update((check.name, check) for check in self.checks)
        start, end = items[first], items[last]
        return start.offset, end.offset + end.width


def _add(data: bytearray, checks: Sequence[Check], keys: Keys) -> None:
    for check in checks:
        data[check.offset : check.offset + check.width] = check.value(bytes(data), keys)


def _merge(data: bytearray, field: Field, own: bytes) -> None:
    """Put a field's bits among the others of its bytes."""
    for place, (mask, byte) in enumerate(zip(field.mask, own, strict=True), start=field.offset):
        data[place] = data[place] & ~mask & 0xFF | byte


class Owner(StrEnum):
    """Who writes a place after the card was issued."""

    DESK = "desk"
    METER = "meter"


@dataclass(frozen=True, slots=True)
class Place:
    """A block at an address of the card."""

    name: str
    block: Block
    address: int
    owner: Owner

    @property
    def addresses(self) -> range:
        """The addresses the block covers."""
        return range(self.address, self.address + self.block.size)

    def bytes_in(self, image: bytes) -> bytes:
        """The block's bytes of an image."""
        return image[self.address : self.address + self.block.size]

    def read(self, image: bytes, keys: Keys = NO_KEYS) -> Record | None:
        """The block's values of an image, None when it is not valid."""
        return self.block.decode(self.bytes_in(image), keys)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a write order: the bytes from one field to another of a place.

    Attributes:
        place: A place's name, or a role: `inactive` (the slot to write), `current` (the other).
        fixed: These bytes instead of the target's.
    """

    place: str
    first: str
    last: str
    fixed: bytes | None = None

    def span(self, place: Place, target: bytes) -> Span:
        """The span this step writes, `target` being the place's whole new block."""
        first, stop = place.block.reach(self.first, self.last)
        data = target[first:stop] if self.fixed is None else self.fixed
        ensure(len(data) == stop - first, f"{self.first}–{self.last} has {stop - first} bytes")
        return Span(place.address + first, data)


class Operation(StrEnum):
    """What can be done to a card; each has its own write order (MONEY-SAFETY R11)."""

    LOAD = "load"
    CLEAR = "clear"
    ISSUE = "issue"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A whole card layout as data.

    Attributes:
        size: Bytes of an image of the chip.
        spare: Addresses that carry nothing and stay FF.
        orders: The steps of each operation, in the order they are written.
        chip: Name of the driver of the cards' chip.
        first: Addresses below are the chip's own.
        blank: What every byte of a card that was never issued is.
        keys: The keys its MACs and ciphers name.
    """

    code: str
    size: int
    places: tuple[Place, ...]
    spare: tuple[range, ...]
    orders: Mapping[Operation, tuple[Step, ...]]
    chip: str = "sle4442"
    first: int = FIRST_FREE
    blank: tuple[int, ...] = (0xFF,)
    keys: tuple[KeyNamed, ...] = ()

    def __post_init__(self) -> None:
        self._ensure_keys()
        covered = sorted(self._covered())
        ensure(
            covered == list(range(self.first, self.size)),
            "every byte that is not the chip's own belongs to exactly one place or is spare",
        )

    def _ensure_keys(self) -> None:
        named = {key.name: key.algorithm for key in self.keys}
        ensure(len(named) == len(self.keys), "every key is named once")
        used = {name for place in self.places for name in place.block.key_names}
        ensure(used == set(named), f"keys: {', '.join(sorted(used)) or 'none'} used, as many named")
        for block in (place.block for place in self.places):
            for check in block.checks:
                fits = not check.key or 4 <= check.size <= CIPHER_BLOCK[named[check.key]]
                ensure(
                    fits, f"{block.name}.{check.name} has 4 bytes at least, a cipher block at most"
                )
            if block.cipher is not None:
                first, stop = block.cipher.covers
                whole = first < stop and not (stop - first) % CIPHER_BLOCK[named[block.cipher.key]]
                ensure(whole, f"the cipher of {block.name} covers whole cipher blocks")

    def _covered(self) -> Iterator[int]:
        for place in self.places:
            yield from place.addresses
        for spare in self.spare:
            yield from spare

    def place(self, name: str) -> Place:
        """A place by its name."""
        return next(place for place in self.places if place.name == name)

    def owned_by(self, owner: Owner) -> tuple[range, ...]:
        """The address ranges one owner writes, in ascending order."""
        ours = (place.addresses for place in self.places if place.owner is owner)
        return tuple(sorted(ours, key=lambda span: span.start))
