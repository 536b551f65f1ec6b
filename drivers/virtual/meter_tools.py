"""What a meter does with a fitter's tool card: pure rules on its memory and the card's content.

First the card says which meter is about to do it, and what it had; then the meter does it and
remembers that; then the card says it was done. Whatever is cut, the same meter goes on where it
was: it does nothing twice, and nothing is gone that the card does not tell of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.tool_card import Carried, Tool, ToolContent, ToolUse
from cardstation.domain.volume import Volume
from cardstation.errors import fail
from drivers.layouts.records import amount, kind_of
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import MeterState

_TAMPERED = frozenset({"magnet", "metal_plate", "fault"})


@dataclass(frozen=True, slots=True)
class ToolDecision:
    """What a meter makes of a tool card.

    Attributes:
        place: The use it writes, from 1; 0 = none.
        use: What it writes before it does anything; None where it did it already, and only says so.
        carried: What goes along.
        after: Its memory once it did it.
        void: Litres or fen that are gone from it for nobody. tested: Litres let through.
    """

    after: MeterState
    error: MeterError = MeterError.NONE
    place: int = 0
    use: ToolUse | None = None
    carried: Carried | None = None
    void: int = 0
    tested: int = 0


def decide_tool(state: MeterState, content: ToolContent, at: datetime) -> ToolDecision:
    """Judge a tool card."""
    card = content.card
    place = _place_of(state, content)
    did = (state.tool_mark, state.tool_place) == (card.mark, place)
    if did and not content.broken:
        return ToolDecision(state, place=place)
    error = _refusal(state, content, place, at)
    if error is not MeterError.NONE:
        return ToolDecision(replace(state, error=error), error)
    shown = _shown(state, at)
    done = replace(_done(state, content, place), tool_mark=card.mark, tool_place=place)
    out = card.tool is Tool.CHANGE and place == 1
    return ToolDecision(
        done,
        place=place,
        use=shown,
        carried=_carried(state) if out else None,
        void=state.residual if card.tool is Tool.CLEAR else 0,
        tested=card.test_gas.litres if card.tool is Tool.TEST else 0,
    )


def _place_of(state: MeterState, content: ToolContent) -> int:
    """The use that this meter began and did not end, else the next one."""
    for number, use in enumerate(content.uses, start=1):
        if use.meter_no == state.meter_no and not use.done:
            return number
    return len(content.uses) + 1


def _refusal(state: MeterState, content: ToolContent, place: int, at: datetime) -> MeterError:
    card = content.card
    puts_in = card.tool is Tool.CHANGE and place == card.uses
    if not puts_in and card.meter_no not in ("", state.meter_no):
        return MeterError.METER_NO
    if content.broken:
        return MeterError.FORMAT
    if place > card.uses or at > card.valid_until:
        return MeterError.NOT_AUTHORISED
    if card.tool is Tool.CHANGE:
        return _no_change(state, content) if puts_in else _no_taking_out(state)
    return MeterError.NONE


def _no_taking_out(state: MeterState) -> MeterError:
    return MeterError.NONE if state.account_no else MeterError.NOT_OPENED_BUY


def _no_change(state: MeterState, content: ToolContent) -> MeterError:
    """Why what an old meter gave does not go into this one."""
    [old, *_], carried = content.uses, content.carried
    if not old.done:
        return MeterError.NOT_AUTHORISED
    if state.account_no:
        return MeterError.CUSTOMER_NO
    same = carried and (carried.school, kind_of(old.residual)) == (state.school, state.kind)
    return MeterError.NONE if same else MeterError.FORMAT


def _done(state: MeterState, content: ToolContent, place: int) -> MeterState:
    card = content.card
    match card.tool:
        case Tool.UNLOCK:
            return replace(state, locked=False, faults=state.faults - _TAMPERED)
        case Tool.TEST:
            return replace(state, used_litres=state.used_litres + card.test_gas.litres)
        case Tool.CLEAR:
            return _as_new(state)
        case Tool.CHANGE if place == card.uses:
            return _taken_over(state, content)
        case Tool.CHANGE:
            return _as_new(state)
        case _:
            return state


def _shown(state: MeterState, at: datetime) -> ToolUse:
    return ToolUse(
        meter_no=state.meter_no,
        purchase_counter=state.purchase_counter,
        residual=state.quantity(state.residual),
        cumulative=state.quantity(state.cumulative),
        used=Volume(state.used_litres),
        flags=tuple(sorted(state.flags)),
        error=int(state.error),
        at=at,
    )


def _carried(state: MeterState) -> Carried:
    return Carried(
        school=state.school,
        account_no=state.account_no,
        generation=state.generation,
        taken_mark=state.taken_mark,
        overdraft=state.overdraft,
        alarm=state.alarm,
        price=state.price,
        tier_litres=state.tier_litres,
        tier_year=state.tier_year,
        part_e5=state.part_e5,
    )


def _taken_over(state: MeterState, content: ToolContent) -> MeterState:
    """Number, index, battery and ceiling are the new meter's own."""
    old, carried = content.uses[0], content.carried or fail("a meter looks before it takes over")
    return replace(
        state,
        account_no=carried.account_no,
        generation=carried.generation,
        purchase_counter=old.purchase_counter,
        taken_mark=carried.taken_mark,
        residual=amount(old.residual),
        cumulative=amount(old.cumulative),
        overdraft=carried.overdraft,
        alarm=carried.alarm,
        price=carried.price,
        tier_litres=carried.tier_litres,
        tier_year=carried.tier_year,
        part_e5=carried.part_e5,
        locked=False,
        error=MeterError.NONE,
    )


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
