"""Meters and what their makers' cards allow: counter schools, limits, widths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardstation.domain.card import Limits
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import NO_GAS, Volume


class MeterKind(StrEnum):
    """What the meter stores and the card carries."""

    VOLUME = "volume"
    MONEY = "money"


class CounterSchool(StrEnum):
    """What a meter of this maker takes (DESK-RULES 1; reference: cards 6.5)."""

    EXACT = "exact"
    GREATER = "greater"
    CUMULATIVE = "cumulative"
    NONE = "none"


_VOLUME_LIMITS = Limits(Volume.of_m3("5"), Volume.of_m3("1000"), NO_GAS)
_MONEY_LIMITS = Limits(Money.of_yuan("10"), Money.of_yuan("5000"), NO_MONEY)


@dataclass(frozen=True, slots=True)
class MakerRules:
    """The capability table of one maker's card type.

    Attributes:
        code: The maker + area code carried on the card, e.g. `"CS01"`.
        layout: Code of the layout its cards use.
        school: Which counter the meter takes.
        counter_max: Largest purchase counter the card can carry.
        volume_step: Smallest volume the card can carry.
        per_load_max: Largest single load of a volume meter.
        training: True for the area code of training cards (papers say 培训).
        kinds: What its meters store.
        generation_max: Largest reissue count the card can carry.
        decimals: Digits after the point of a m³ on the card.
        warn_loads: So many loads before the counter is used up the desk says so; by default
            three years of a load a week.
        warn_cards: So many cards before the reissue count is used up the desk says so, likewise.
        volume_limits, money_limits: What a new card tells a meter of either kind to enforce.
        traps: What somebody who works with these cards should know, in words.
    """

    code: str
    layout: str
    school: CounterSchool
    counter_max: int
    volume_step: Volume
    per_load_max: Volume
    training: bool
    kinds: frozenset[MeterKind] = frozenset(MeterKind)
    generation_max: int = 255
    decimals: int = 3
    warn_loads: int = 156
    warn_cards: int = 5
    volume_limits: Limits = _VOLUME_LIMITS
    money_limits: Limits = _MONEY_LIMITS
    traps: tuple[str, ...] = ()

    def limits_of(self, kind: MeterKind) -> Limits:
        """What a new card tells a meter of this kind to enforce."""
        return self.money_limits if kind is MeterKind.MONEY else self.volume_limits

    def nears_end(self, counter: int) -> bool:
        """True when a card at this counter should be replaced while there is time."""
        counts = self.school is not CounterSchool.NONE
        return counts and self.counter_max - counter < self.warn_loads

    def nears_last_card(self, generation: int) -> bool:
        """True when the meter will soon know no newer card of its household."""
        return self.generation_max - generation < self.warn_cards


@dataclass(frozen=True, slots=True)
class Meter:
    """The meter on file for a household."""

    meter_no: str
    kind: MeterKind
    installed: date | None
