"""How far a desk goes without its ledger: a local ceiling from the settings.

A ceiling and no grant: it is the desk's own word, beside what the ledger grants (`offline_grant`).
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import Volume

STEP = Money(10_000)
"""What is shown is rounded down to whole hundreds of yuan: the exact sum of unsent sales would
tell a till's expected total before it is counted."""


@dataclass(frozen=True, slots=True)
class OfflineLimit:
    """Most that is sold before the ledger has heard of it; 0 = no limit.

    Attributes:
        money: Of all sales the ledger has not confirmed.
        hours: Age of the oldest entry it has not confirmed.
    """

    money: Money = NO_MONEY
    hours: int = 0

    def __bool__(self) -> bool:
        return bool(self.money or self.hours)

    def allows(self, money: Money, age_min: int) -> bool:
        """Whether so much may be unconfirmed, the oldest of it for so many minutes."""
        if self.money and money > self.money:
            return False
        return not self.hours or age_min < self.hours * 60


@dataclass(frozen=True, slots=True)
class OfflineQuota:
    """What is left, for people to see; None where there is no such limit.

    Attributes:
        limit: As set. left: Rounded down to `STEP`. hours_left: Whole hours.
    """

    limit: OfflineLimit
    left: Money | None
    hours_left: int | None

    @property
    def used_up(self) -> bool:
        """Nothing more can be sold (or next to nothing)."""
        return self.left == NO_MONEY or self.hours_left == 0


@dataclass(frozen=True, slots=True)
class GrantCover:
    """How far a grant reaches over the rows of a batch, where not over all of them.

    Attributes:
        rows: To be loaded for money. covered: Of them, without the ledger. money, volume: Of the
            covered ones; what money meters buy has no volume.
    """

    rows: int
    covered: int
    money: Money
    volume: Volume


def shown_left(money: Money) -> Money:
    """What is left as people see it."""
    return Money(max(0, money.fen) // STEP.fen * STEP.fen)


def quota_of(limit: OfflineLimit, unconfirmed: Money, age_min: int) -> OfflineQuota:
    """What is left of a limit."""
    left = hours = None
    if limit.money:
        left = shown_left(limit.money - unconfirmed)
    if limit.hours:
        hours = max(0, limit.hours * 60 - age_min) // 60
    return OfflineQuota(limit, left, hours)
