"""Tool cards on record: what was asked for, given to a fitter, brought back, or lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cardstation.domain.tool_card import Tool, ToolCard, ToolContent
from cardstation.domain.volume import NO_GAS, Volume


@dataclass(frozen=True, slots=True)
class ToolOrder:
    """What a tool card is made for.

    Attributes:
        meter_no: Empty only for a card that looks.
        work_order: The order (工单) it is made against.
        holder: The fitter who takes it along.
        valid_until: The last moment a meter takes it; until then it is back.
        uses: How often meters take it; a change has two, whatever is said.
        test_gas: Of a TEST card, at each use.
        maker: Maker area of the meter; empty = as of the card that was loaded last, or the only
            one that fits.
    """

    tool: Tool
    meter_no: str
    work_order: str
    holder: str
    valid_until: datetime
    uses: int = 1
    test_gas: Volume = NO_GAS
    maker: str = ""


@dataclass(frozen=True, slots=True)
class ToolGiven:
    """A card was begun for a fitter; `work_id` names the work that writes it."""

    tool_no: str
    work_id: str
    card: ToolCard
    holder: str
    account_no: str


@dataclass(frozen=True, slots=True)
class ToolBack:
    """A card came back, and what meters wrote on it; `work_id` is the work that clears it."""

    tool_no: str
    work_id: str
    content: ToolContent


@dataclass(frozen=True, slots=True)
class ToolLost:
    """Two persons said that a card is gone or spoiled."""

    tool_no: str
    words: str


@dataclass(frozen=True, slots=True)
class ToolSettled:
    """Two persons said where the gas is that a card took out of a meter, or may have."""

    tool_no: str
    approver: str
    words: str


ToolFact = ToolGiven | ToolBack | ToolLost | ToolSettled


class ToolStatus(StrEnum):
    """Where a tool card is.

    MAKING: begun and not whole. OUT: with its holder. CLEARING: back, not a blank yet.
    """

    MAKING = "making"
    OUT = "out"
    CLEARING = "clearing"
    BACK = "back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ToolRecord:
    """One tool card of this desk.

    Attributes:
        given_at: When it was begun. clerk: Who made it.
        content: What meters wrote on it, once it came back.
        overdue: It is out, and its last day is over.
        settled: What two persons said of the gas it took out of a meter; empty = nothing.
    """

    given: ToolGiven
    status: ToolStatus
    given_at: datetime
    clerk: str
    approver: str
    content: ToolContent | None = field(default=None)
    overdue: bool = False
    settled: str = ""
