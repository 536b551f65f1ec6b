"""What the page of a bag shows: where its cards are, its way, what is being done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import HandOver, Party, Where
from cardstation.services.close_batch import hindrance
from cardstation.services.custody_state import CustodyState, Happened
from ui.messages import Problem
from ui.screens.batch.lists_state import GONE

EVENTS = ("collected", "received", "handed_over", "returned")
_MEASURED = 2
"""Papers that tell the pace of a printer."""
_TO_LOAD = (LineState.UNFUNDED, LineState.WAITING)
AT_DESK = (Where.WAITING, Where.DONE, Where.ASK, Where.UNPAID)


@dataclass(frozen=True, slots=True)
class Printing:
    """The return of one batch on its way through the printer.

    Attributes:
        done: Papers done, of `count`; `before` of them, at `began`, came out in an earlier go.
        left_s: Seconds it will still take at the pace so far, None = too early to say.
        stopped: Why it stopped; None = it runs.
    """

    done: int = 0
    count: int = 1
    before: int = 0
    began: float | None = None
    left_s: float | None = None
    stopped: Problem | None = None

    def at(self, done: int, count: int, now: float) -> Printing:
        """The same when so many are done."""
        if self.began is None:
            return Printing(done, count, before=done, began=now)
        printed = done - self.before
        left = (now - self.began) / printed * (count - done) if printed >= _MEASURED else None
        return replace(self, done=done, count=count, left_s=left)


@dataclass(frozen=True, slots=True)
class BagState:
    """The page of a bag.

    Attributes:
        batch_id: Whose bag; empty = the page is not shown.
        standing: None = not looked up yet.
        busy: Something is being recorded.
        printing: Of the return, while it runs and when it stopped.
        problem: Why the last thing did not work.
        chosen: Number of the chosen event of the timeline, 0 = the last one.
        by_floor: Receipts of the return go on a strip for each floor.
    """

    batch_id: str = ""
    standing: CustodyState | None = None
    busy: bool = False
    printing: Printing | None = None
    problem: Problem | None = None
    chosen: int = 0
    by_floor: bool = False

    @property
    def running(self) -> Printing | None:
        """The return while it is being printed."""
        printing = self.printing
        return printing if printing is not None and printing.stopped is None else None

    @property
    def events(self) -> tuple[Happened, ...]:
        """The way of the bag, oldest first."""
        return () if self.standing is None else self.standing.timeline

    @property
    def not_begun(self) -> bool:
        """No card was handed over, read or explained: nothing lacks yet."""
        found = None if self.standing is None else self.standing.custody
        return found is not None and found.tally[Where.NOT_COLLECTED] == found.cards > 0

    @property
    def to_load(self) -> int:
        """Cards at the desk that wait for money or for their load before the bag goes back."""
        if self.standing is None or self.standing.stage in GONE:
            return 0
        custody, outcomes = self.standing.custody, self.standing.batch.outcomes
        waits = sum(
            where is Where.WAITING and outcomes[place - 1].state in _TO_LOAD
            for place, where in custody.where.items()
        )
        return min(waits, custody.tally[Where.WAITING])

    @property
    def next_step(self) -> str:
        """What is most likely to be done now: `receive`, `return`, `explain`, `close` or none."""
        if self.standing is None or self.standing.stage is Stage.CLOSED:
            return ""
        custody, refused = self.standing.custody, hindrance(self.standing)
        if refused is None:
            return "close"
        if self.not_begun:
            return "receive"
        if refused.code == "cards_not_explained":
            return "explain"
        if any(custody.tally[where] for where in AT_DESK):
            return "" if self.to_load else "return"
        if custody.tally[Where.TEAM]:
            back = any(
                isinstance(one.moved, HandOver) and one.moved.giver is Party.DESK
                for one in self.events
            )
            return "return" if back else "receive"
        return "return" if custody.kept and not custody.lacking else "explain"
