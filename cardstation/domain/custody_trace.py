"""What the steps of a bag tell a desk that has neither its list nor its cards: who has how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.custody import Explanation, HandOver, Moved, Party, Why


@dataclass(frozen=True, slots=True)
class TracedStep:
    """One step of a bag's way.

    Attributes:
        moved: The hand-over or explanation; None for steps of another kind.
        clerk: Who recorded it, at the bag's own station.
    """

    at: datetime
    step: Step
    stage: Stage
    clerk: str
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class BagTrace:
    """A bag as the utility knows it.

    Attributes:
        station: Whose batch it is, by its name in the ledger; by its number while it has told
            nothing, and whoever collected its bag has.
        ours: It is a batch of this desk, told from its own records.
        stage: How far the batch has come.
        counts: Cards with the team, at the desk, and back with manager and residents, as they were
            counted at the hand-overs; what lay in no counted hand-over is in none of them.
        steps: Oldest first.
    """

    seal_no: str
    station: str
    batch_id: str
    ours: bool
    stage: Stage
    counts: Mapping[Party, int]
    steps: tuple[TracedStep, ...]

    @property
    def last(self) -> TracedStep | None:
        """The last hand-over: who has the bag now. A resident took a card of it, not the bag."""
        moves = [
            one
            for one in self.steps
            if isinstance(one.moved, HandOver) and one.moved.taker is not Party.RESIDENT
        ]
        return moves[-1] if moves else None


def counts_of(steps: Sequence[TracedStep]) -> dict[Party, int]:
    """How many cards are with whom by the counts: the taker's count moves, never the list's."""
    counts = dict.fromkeys(Party, 0)
    for one in steps:
        if isinstance(one.moved, HandOver):
            told = one.moved
            if told.giver is not Party.MANAGER:
                left = counts[told.giver] - max(told.expected, told.arrived)
                counts[told.giver] = max(0, left)
            counts[told.taker] += told.arrived
        elif isinstance(one.moved, Explanation) and one.moved.why is Why.COUNTED_AGAIN:
            counts[Party.DESK] = one.moved.counted
    return counts
