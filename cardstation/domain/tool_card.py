"""Tool cards (工具卡): what a fitter's card does to a meter, and what meters wrote on it.

A meter writes each use twice: what it is about to do stands on the card before it does it, and that
it did comes last. So a card that was pulled early never says more than what was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import PriceBlock, Quantity
from cardstation.domain.meter import CounterSchool
from cardstation.domain.volume import Volume

TOOL_NO_PREFIX = "T"
"""No household's card number begins with a letter: the two are never mistaken for each other."""


class Tool(StrEnum):
    """Kinds of tool cards (reference cards 6.2).

    CHECK only looks. UNLOCK opens after a magnet or a fault and forgets the report. TEST lets a
    little gas through that nobody pays. CLEAR makes a meter as new: its gas is void. CHANGE takes
    everything out of an old meter and puts it into a new one.
    """

    CHECK = "check"
    UNLOCK = "unlock"
    TEST = "test"
    CLEAR = "clear"
    CHANGE = "change"


ANY_METER = frozenset({Tool.CHECK})
"""Only a card that looks may name no meter: all others are made for the one of their order."""
OF_A_HOUSEHOLD = frozenset({Tool.UNLOCK, Tool.CLEAR, Tool.CHANGE})
"""These act on a household's gas or valve: its meter is on file."""


@dataclass(frozen=True, slots=True)
class ToolCard:
    """What a desk wrote on a tool card; it never changes until the card is cleared.

    Attributes:
        maker: Maker + area code of the meters it is for.
        tool_no: Its number, `T`, the station's and a running one.
        meter_no: The only meter it works on (CHANGE: the old one), empty = any of the maker.
        uses: How often meters take it; CHANGE has two, out of the old one and into the new one.
        work_order: The order (工单) it was made against.
        valid_until: The last moment a meter takes it.
        test_gas: What a TEST card lets through at each use.
        mark: Four bytes of the work that wrote it.
    """

    maker: str
    tool: Tool
    tool_no: str
    meter_no: str
    uses: int
    work_order: str
    made_at: datetime
    valid_until: datetime
    test_gas: Volume
    station_no: int
    mark: bytes

    @property
    def most_gas(self) -> Volume:
        """All it may let through that nobody pays."""
        return Volume(self.test_gas.litres * self.uses)


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One use, as its meter wrote it: what it had before it did anything.

    Attributes:
        flags: Words of the trade, in alphabetical order.
        done: The meter did it. Else it was pulled early: the gas may have moved or not, and the
            same meter ends it when the card is put in once more.
    """

    meter_no: str
    purchase_counter: int
    residual: Quantity
    cumulative: Quantity
    used: Volume
    flags: tuple[str, ...]
    error: int
    at: datetime
    done: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """What else a CHANGE card took out of an old meter, for the new one.

    Attributes:
        tier_litres: Used in the current tier year. part_e5: Used and not yet charged, 0.00001 fen.
    """

    school: CounterSchool
    account_no: str
    generation: int
    taken_mark: bytes
    overdraft: int
    alarm: int
    price: PriceBlock | None
    tier_litres: int
    tier_year: int
    part_e5: int


@dataclass(frozen=True, slots=True)
class ToolContent:
    """Everything a tool card says.

    Attributes:
        broken: Places of uses (from 1) that cannot be read and are no early pull: no meter writes
            such a card any more.
    """

    card: ToolCard
    uses: tuple[ToolUse, ...] = ()
    carried: Carried | None = None
    broken: tuple[int, ...] = ()

    @property
    def unfinished(self) -> tuple[ToolUse, ...]:
        """Uses of which only the meter knows whether it did them."""
        return tuple(one for one in self.uses if not one.done)

    @property
    def on_the_way(self) -> bool:
        """A CHANGE card holds what an old meter had, and no new meter said it took it."""
        done = sum(one.done for one in self.uses)
        return self.card.tool is Tool.CHANGE and bool(self.uses) and done < self.card.uses

    @property
    def brought_home(self) -> ToolUse | None:
        """The last reading of the meter that a CHANGE or CLEAR card emptied, once that is certain.

        A fitter may have put what a CHANGE card took out back into the same meter: then none is.
        """
        if self.card.tool not in (Tool.CHANGE, Tool.CLEAR) or not self.uses:
            return None
        first, *later = self.uses
        back = any(one.meter_no == first.meter_no for one in later)
        return first if first.done and not back else None

    @property
    def let_through(self) -> Volume:
        """Test gas that meters let through, or may have."""
        return Volume(self.card.test_gas.litres * len(self.uses))
