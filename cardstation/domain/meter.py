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


class WaitingLoad(StrEnum):
    """What becomes of a load that its meter has not taken, before more is sold to its card.

    No card gets a second load on top of one that waits (docs/adr/0026-load-on-a-load.md).
    """

    TAKEN_BACK = "taken_back"
    METER_FIRST = "meter_first"


class Clearing(StrEnum):
    """What a desk makes of a card that nobody needs any more.

    Attributes:
        BLANK: A blank again.
        SPENT: Nobody's, where it is taken back before it met its meter; a dead card stays one.
        NEVER: Nothing.
    """

    BLANK = "blank"
    SPENT = "spent"
    NEVER = "never"


class Reissue(StrEnum):
    """What a card in the place of another carries, or that no desk makes one.

    Attributes:
        LOADED: The last load once more: its meter takes it once, from whichever card comes first.
        READ: The last load only where somebody saw that the meter has not taken it.
        ELSEWHERE: Its maker's program or its centre makes it.
    """

    LOADED = "loaded"
    READ = "read"
    ELSEWHERE = "elsewhere"


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
        warn_loads: So many loads before the counter is used up the desk says so; by default
            three years of a load a week.
        warn_cards: So many cards before the reissue count is used up the desk says so, likewise.
        volume_limits, money_limits: What a new card tells a meter of either kind to enforce.
        on_waiting_load: What becomes of a load that waits, before more is sold to its card.
        issues: A desk makes these cards from blanks, and binds them to their meters.
        reissue: What a card in the place of another carries.
        clears: What a desk makes of a card that nobody needs any more.
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
    warn_loads: int = 156
    warn_cards: int = 5
    volume_limits: Limits = _VOLUME_LIMITS
    money_limits: Limits = _MONEY_LIMITS
    on_waiting_load: WaitingLoad = WaitingLoad.TAKEN_BACK
    issues: bool = True
    reissue: Reissue = Reissue.LOADED
    clears: Clearing = Clearing.BLANK
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
