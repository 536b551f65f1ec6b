"""What time and hands do to a meter: days, batteries, magnets, a metal plate in its slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from drivers.virtual.meter_rules import FULL, MeterState

DAY_DRAIN, CARD_DRAIN = 2, 1
"""Thousandths of a battery: a set of cells lasts a good year."""


def day_passed(state: MeterState, day: date) -> MeterState:
    """A day costs battery; with a new year the steps of a money meter begin anew."""
    tired = replace(state, battery=max(0, state.battery - DAY_DRAIN))
    if day.year == tired.tier_year:
        return tired
    fresh = tired.tier_year == 0
    litres = tired.tier_litres if fresh else 0
    return replace(tired, tier_year=day.year, tier_litres=litres)


def card_read(state: MeterState) -> MeterState:
    """Reading a card and moving the valve costs battery."""
    return replace(state, battery=max(0, state.battery - CARD_DRAIN))


def new_battery(state: MeterState) -> MeterState:
    """Fresh cells; what was reported about the old ones is gone."""
    return replace(state, battery=FULL, faults=state.faults - {"low_battery"})


def tampered(state: MeterState, how: str) -> MeterState:
    """A magnet or a metal plate: the meter closes and remembers.

    Args:
        state: The meter.
        how: `magnet` or `metal_plate`.
    """
    return replace(state, faults=state.faults | {how}, locked=True)
