"""How a meter burns gas: by volume, or by money through the price steps it believes."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card import PriceBlock
from cardstation.domain.meter import MeterKind
from drivers.virtual.meter_rules import MeterState

_E5 = 100_000


def use_gas(state: MeterState, litres: int) -> tuple[MeterState, int]:
    """Burn gas until `litres` or until the valve closes; returns the memory and litres burnt.

    What is left of a money meter's residual when it buys no further litre is spent with the last.
    A money meter that knows no price gives no gas, and no meter does whose valve is closed.
    """
    if state.closed:
        return state, 0
    left = state.residual + state.overdraft
    if state.kind is MeterKind.VOLUME:
        burnt = min(litres, left)
        after = replace(state, residual=state.residual - burnt)
    elif state.price is None:
        return state, 0
    else:
        burnt, cost_e5 = _affordable(state, state.price, litres, left * _E5 - state.part_e5)
        fen, part = divmod(state.part_e5 + cost_e5, _E5) if burnt == litres else (left, 0)
        after = replace(state, residual=state.residual - fen, part_e5=part)
    used, tier = state.used_litres + burnt, state.tier_litres + burnt
    return replace(after, used_litres=used, tier_litres=tier), burnt


def _affordable(state: MeterState, price: PriceBlock, litres: int, left_e5: int) -> tuple[int, int]:
    burnt = cost_e5 = 0
    for step in price.steps:
        end = None if step.to_m3 is None else step.to_m3 * 1000 - state.tier_litres
        room = litres - burnt if end is None else min(litres, max(0, end)) - burnt
        paid = max(0, min(room, (left_e5 - cost_e5) // step.price_e4))
        burnt, cost_e5 = burnt + paid, cost_e5 + paid * step.price_e4
        if paid < room:
            break
    return burnt, cost_e5
