"""A maker's paper as data: which functions its library has, what goes in, what comes out.

Read from a small TOML file beside the library (docs/makers-libraries.md); everything that cannot
be as written is refused by file and place before anything is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from cardstation.domain.meter import MakerRules, MeterKind

Number = int | float

NUMBERS = (
    *("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float", "double"),
)
TEXTS = ("card_no", "account_no", "meter_no")
AMOUNTS = ("quantity", "bought", "total", "meter_total", "residual", "hoard", "used")
COUNTS = ("counter", "meter_counter", "generation", "error")
SWITCHES = ("taken", "opening")
FLAGS = ("low_battery", "magnet", "valve_closed", "over_age", "metal_plate", "fault")
TIMES = ("at", "written_at")
FACTS = (*TEXTS, *AMOUNTS, *COUNTS, *SWITCHES, *FLAGS, *TIMES)
ROLES = ("open", "close", "present", "read", "load", "clear", "issue", "format")
"""What a function is for; `read` and `load` must be there."""

RESULTS = (
    *("ok", "no_card", "card_mute", "blank_card", "foreign_card", "card_damaged"),
    *("card_swapped", "no_device", "busy", "not_registered", "code_locked"),
)
"""What a return code can mean; one that is not named is a failure with its number."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a function, in its order.

    Attributes:
        type: One of `NUMBERS`, or `text` (a char buffer).
        fact: What it is, one of `FACTS`; empty = a constant or a value nobody needs.
        out: The library writes it.
        constant: What is always passed where it is no fact.
        size: Bytes of a text buffer, the closing zero included.
        unit: What one means, in m³ or yuan (`used`: m³), for amounts.
        equals: A switch or a flag is on at this number; None = at any but zero.
        form: How a time is written, as strptime has it.
    """

    type: str
    fact: str = ""
    out: bool = False
    constant: str | Number = 0
    size: int = 0
    unit: Decimal = Decimal(1)
    equals: int | None = None
    form: str = "%Y%m%d"


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its symbol, its arguments in order, what its return code means."""

    symbol: str
    arguments: tuple[Argument, ...] = ()
    returns: str = "int32"
    results: Mapping[int, str] = field(default_factory=dict)

    @property
    def gives(self) -> frozenset[str]:
        """The facts it writes."""
        return frozenset(one.fact for one in self.arguments if one.out and one.fact)

    @property
    def takes(self) -> frozenset[str]:
        """The facts it is given."""
        return frozenset(one.fact for one in self.arguments if not one.out and one.fact)


@dataclass(frozen=True, slots=True)
class Description:
    """One maker's library.

    Attributes:
        name: What cards of it are called in the directory of households.
        file: The library. python: An interpreter of its width, empty = the station's own.
        convention: `cdecl` or `stdcall`. encoding: Of its texts.
        timeout_s: Longest a call may take. poll_s: Between two looks for a card.
        kind: What its cards carry. adds: A load is added to what is on the card.
        keeps: The quantity stays on the card when its meter has taken it; without this, a quantity
            under a counter that the meter has taken already is a load that was cut short.
        rules: The capability table of its cards.
        hoard: Most the meter holds, in litres or fen, where the card does not say.
    """

    name: str
    file: Path
    python: str
    convention: str
    encoding: str
    timeout_s: float
    poll_s: float
    kind: MeterKind
    adds: bool
    keeps: bool
    rules: MakerRules
    hoard: int
    functions: Mapping[str, Function]
