"""What the batch screen shows: the lists taken in, or one of them and how far its cards are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cardstation.domain.batch import LineOutcome, LineState, Verdict
from cardstation.domain.topup import Step
from cardstation.services.batch_state import BatchState
from ui.messages import Problem
from ui.screens.counter.state import Phase
from ui.unfinished import Torn

RECENT = 8
"""How many cards the time left is reckoned from."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines: `todo` = every line a card can be loaded for; `needs` = waits for a person."""

    todo: int = 0
    done: int = 0
    left: int = 0
    needs: int = 0
    unfunded: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Batches.

    Attributes:
        batches: Known lists, the latest first; None = not looked up yet.
        standing: The one that is open, None = the lists are shown.
        counts: How many of its lines stand where.
        running: Cards are taken one after another.
        busy: A list is being read or money being recorded.
        phase, step: Of the card in the reader.
        place: Line of the card in the reader, counted from 1; 0 = none.
        shown: Line the table shows; stays when the card is gone, as the list is not the card.
        seconds: Place → seconds its card took, in this run.
        cycles: Seconds from card to card, latest last, for the time left.
        torn: The card that was pulled half-way and goes first.
    """

    batches: tuple[BatchState, ...] | None = None
    standing: BatchState | None = None
    counts: Counts = Counts()
    running: bool = False
    busy: bool = False
    phase: Phase = Phase.EMPTY
    step: Step = Step.READ
    place: int = 0
    shown: int = 0
    done: LineOutcome | None = None
    problem: Problem | None = None
    seconds: Mapping[int, float] = field(default_factory=dict)
    cycles: tuple[float, ...] = ()
    torn: Torn | None = None

    @property
    def may_lay_aside(self) -> bool:
        """True while a torn card keeps others from being loaded."""
        return self.torn is not None and self.phase in (Phase.PULLED, Phase.STOPPED)

    @property
    def line(self) -> LineOutcome | None:
        """The line of the card in the reader."""
        if not self.place or self.standing is None:
            return None
        return self.standing.outcomes[self.place - 1]

    @property
    def seconds_left(self) -> float | None:
        """Reckoned from the last cards, None before the second one."""
        if not self.cycles:
            return None
        recent = self.cycles[-RECENT:]
        return sum(recent) / len(recent) * self.counts.left


def counted(outcomes: tuple[LineOutcome, ...]) -> Counts:
    """Count lines by what became of them."""
    outcomes = tuple(one for one in outcomes if one.state is not LineState.WITHDRAWN)
    done = sum(one.state is LineState.DONE for one in outcomes)
    ready = sum(one.line.verdict is Verdict.READY for one in outcomes)
    waiting = sum(one.state is LineState.WAITING for one in outcomes)
    unfunded = sum(one.state is LineState.UNFUNDED for one in outcomes)
    return Counts(ready, done, waiting, len(outcomes) - done - waiting - unfunded, unfunded)


def merged(known: BatchState, found: BatchState) -> BatchState:
    """`found`, keeping the lines of `known` that are the same: only others are drawn again."""
    if known.batch.batch_id != found.batch.batch_id or known.batch.lines != found.batch.lines:
        return found
    outcomes = tuple(
        old if old == new else new for old, new in zip(known.outcomes, found.outcomes, strict=True)
    )
    return replace(found, batch=known.batch, outcomes=outcomes)
