"""The maker of purse cards: what a card with its own count takes, whoever holds its keys."""

from __future__ import annotations

from cardstation.domain.meter import (
    Clearing,
    CounterSchool,
    MakerRules,
    MeterKind,
    Reissue,
    WaitingLoad,
)
from cardstation.domain.volume import Volume

PURSE_CARDS = MakerRules(
    code="CSP1",
    layout="epurse",
    school=CounterSchool.EXACT,
    counter_max=0xFFFF,
    volume_step=Volume.of_m3("1"),
    per_load_max=Volume.of_m3("800"),
    training=True,
    kinds=frozenset({MeterKind.MONEY, MeterKind.VOLUME}),
    on_waiting_load=WaitingLoad.METER_FIRST,
    issues=False,
    reissue=Reissue.ELSEWHERE,
    clears=Clearing.NEVER,
    traps=(
        "Money in the purse is taken out by the meter only; no desk gives it back.",
        "The card is issued by its centre; a desk loads it and nothing else.",
    ),
)
"""Of the training area, with published keys; a utility's own code and keys are settings
(docs/purse-cards.md). It is no member of `MAKERS`: no desk has it without keys."""
