"""Tool cards: what a fitter's card does to a meter, and what it carries from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import MeterState

_TAMPERED = frozenset({"magnet", "metal_plate", "fault"})


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


@dataclass(frozen=True, slots=True)
class ToolCard:
    """A fitter's card.

    Attributes:
        meter_no: The only meter it works on, empty = any.
        test_litres: What a TEST card lets through.
        carried: What a CHANGE card took out of a meter, None = nothing yet, or put in already.
        seen: What the meter showed, for CHECK.
    """

    tool: Tool
    meter_no: str = ""
    test_litres: int = 0
    carried: MeterState | None = None
    seen: MeterState | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """What a tool card did.

    Attributes:
        card: The card as it is now.
        void: Litres or fen that are gone from the meter for nobody. tested: Litres let through.
    """

    card: ToolCard
    error: MeterError = MeterError.NONE
    void: int = 0
    tested: int = 0


def apply(state: MeterState, card: ToolCard) -> tuple[MeterState, Worked]:
    """Let a meter read a tool card: its memory from now on, and what was done."""
    if card.meter_no not in ("", state.meter_no):
        return _refused(state, card, MeterError.METER_NO)
    match card.tool:
        case Tool.CHECK:
            return state, Worked(replace(card, seen=state))
        case Tool.UNLOCK:
            return replace(state, locked=False, faults=state.faults - _TAMPERED), Worked(card)
        case Tool.TEST:
            litres = card.test_litres
            used = replace(state, used_litres=state.used_litres + litres)
            return used, Worked(card, tested=litres)
        case Tool.CLEAR:
            return _as_new(state), Worked(card, void=state.residual)
        case Tool.CHANGE:
            return _changed(state, card)


def _refused(state: MeterState, card: ToolCard, error: MeterError) -> tuple[MeterState, Worked]:
    return replace(state, error=error), Worked(card, error)


def _changed(state: MeterState, card: ToolCard) -> tuple[MeterState, Worked]:
    old = card.carried
    if old is None:
        if not state.account_no:
            return _refused(state, card, MeterError.NOT_OPENED_BUY)
        return _as_new(state), Worked(replace(card, carried=state))
    if state.account_no:
        return _refused(state, card, MeterError.CUSTOMER_NO)
    if old.kind is not state.kind or old.school is not state.school:
        return _refused(state, card, MeterError.FORMAT)
    carried = replace(
        old,
        meter_no=state.meter_no,
        used_litres=state.used_litres,
        battery=state.battery,
        faults=state.faults,
        locked=False,
        hoard=state.hoard,
        error=MeterError.NONE,
    )
    return carried, Worked(replace(card, carried=None))


def _as_new(state: MeterState) -> MeterState:
    """The number, the index and the battery stay; household, counters and gas are gone."""
    return MeterState(
        meter_no=state.meter_no,
        kind=state.kind,
        school=state.school,
        used_litres=state.used_litres,
        hoard=state.hoard,
        battery=state.battery,
        faults=state.faults,
    )
