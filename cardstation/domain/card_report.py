"""What a desk can say of any card, its own or not: the value behind the card examination.

Nothing here needs a code, and no account number stands in it that is not on file at the desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import CardContent
from cardstation.domain.money import Money

LINE_BYTES = 32
ERASED = "FF"
HIDDEN = "··"
_SHOWN = 4

Value = str | int | bool | None


class Verdict(StrEnum):
    """What a card is; each has its words and what to do."""

    OURS = "ours"
    OURS_TORN = "ours_torn"
    OURS_DAMAGED = "ours_damaged"
    TOOL = "tool"
    BLANK = "blank"
    OTHER_AREA = "other_area"
    OTHER_UTILITY = "other_utility"
    NOT_A_GAS_CARD = "not_a_gas_card"
    CPU_CARD_FOREIGN = "cpu_card_foreign"
    MUTE = "mute"


class Shape(StrEnum):
    """What a layout says of an image, the most telling first.

    BLANK comes last: of chips that answer to reset alike the wrong ones read as erased.
    """

    KNOWN = "known"
    TORN = "torn"
    DAMAGED = "damaged"
    STRANGE = "strange"
    BLANK = "blank"


class PlaceState(StrEnum):
    """How one block of a card reads.

    UNUSED: never written, or taken back. CLOSED: a key that is not here would read it.
    """

    WHOLE = "whole"
    UNUSED = "unused"
    BROKEN = "broken"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a block is broken.

    Attributes:
        name: Of the check value or field.
        seen: Its bytes, empty for a number that is nobody's business.
        wanted: What a check value should be; empty for a field, which cannot be what stands there.
    """

    name: str
    seen: bytes
    wanted: bytes = b""


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """One block of a layout on this card."""

    name: str
    state: PlaceState
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Every block of a layout on a card.

    Attributes:
        private: Addresses that carry the account number.
    """

    seen: tuple[PlaceSeen, ...]
    private: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class LayoutSeen:
    """What one layout says of the card; places only where it is one of its cards."""

    code: str
    shape: Shape
    places: tuple[PlaceSeen, ...] = ()

    @property
    def broken(self) -> tuple[PlaceSeen, ...]:
        """The places that cannot be read."""
        return tuple(one for one in self.places if one.state is PlaceState.BROKEN)


@dataclass(frozen=True, slots=True)
class ChipSeen:
    """A chip the card may have, by its answer to reset.

    Attributes:
        size: Bytes that were read; 0 when it was not read as this chip.
        tries_left: Wrong codes it still bears; None = the reader cannot tell, or not read.
        all_tries: Of an untouched one; 1 = it counts none.
        stop: Why it could not be read, a code.
        layouts: The most telling first.
    """

    name: str
    title: str
    size: int = 0
    tries_left: int | None = None
    all_tries: int = 1
    stop: str = ""
    layouts: tuple[LayoutSeen, ...] = ()

    @property
    def shape(self) -> Shape | None:
        """What its most telling layout says; None when it was not read."""
        return self.layouts[0].shape if self.layouts else None


@dataclass(frozen=True, slots=True)
class Stop:
    """What forbids a sale, or reading: a code with its facts."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where card and household file name different things.

    Attributes:
        what: `card_no`, `meter_no`, `generation` or `kind`.
    """

    what: str
    on_card: str
    on_file: str


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Something begun with this card and not finished.

    Attributes:
        code: What is open, a code of the catalogue. origin: Which station; empty = this one.
    """

    code: str
    money: Money
    since: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class DumpLine:
    """Bytes as they stand, two digits each; what is nobody's business is hidden."""

    address: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardReport:
    """One look at one card.

    Attributes:
        protocol: How it is spoken to (`protocol_of`).
        chips: What it may be, the most telling first.
        stop: What forbids a sale, beyond what the verdict says.
        content: What stands on it; None when no layout reads it.
        on_file: Its household is known here; else the account number is masked.
        warnings: Codes worth a look that stop nothing.
        traps: What to know of cards of its maker, in words.
        dump: Its memory without erased lines; empty where its bytes are a statement, no memory.
    """

    company: str
    station: str
    clerk: str
    made_at: datetime
    training: bool
    reader: str
    atr: bytes
    protocol: str
    verdict: Verdict
    chips: tuple[ChipSeen, ...] = ()
    stop: Stop | None = None
    content: CardContent | None = None
    on_file: bool = False
    differences: tuple[Difference, ...] = ()
    intent: OpenWork | None = None
    warnings: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    dump: tuple[DumpLine, ...] = ()


def masked(account_no: str) -> str:
    """The last four digits; of a short number none."""
    shown = account_no[-_SHOWN:] if len(account_no) > _SHOWN else ""
    return shown.rjust(len(account_no), "*")


def dump_of(image: bytes, private: Collection[range] = ()) -> tuple[DumpLine, ...]:
    """The lines of an image that are not erased."""
    hidden = {at for one in private for at in one}
    cells = [HIDDEN if at in hidden else f"{byte:02X}" for at, byte in enumerate(image)]
    lines = (
        DumpLine(at, tuple(cells[at : at + LINE_BYTES])) for at in range(0, len(cells), LINE_BYTES)
    )
    return tuple(line for line in lines if set(line.cells) != {ERASED})
