"""What one reader shows while a batch is open: one frozen value, blank when no card lies there."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch import LineOutcome
from cardstation.domain.preflight import IMPLAUSIBLE
from cardstation.domain.topup import Step
from cardstation.domain.trays import OF_THE_STATION, Tray
from ui.messages import Problem
from ui.screens.counter.state import Phase
from ui.unfinished import Torn


@dataclass(frozen=True, slots=True)
class LaneState:
    """One reader.

    Attributes:
        reader, number: Its name, and its place at the desk from 1.
        trouble: Why it takes no card.
        phase, step: Of the card that lies there.
        place: Line of that card, counted from 1; 0 = none.
        envelope: The one it came out of, as scanned.
        tray: Where it goes; None while that is not known.
        torn: The card that was pulled out of this reader half-way.
    """

    reader: str = ""
    number: int = 1
    trouble: Problem | None = None
    phase: Phase = Phase.EMPTY
    step: Step = Step.READ
    place: int = 0
    done: LineOutcome | None = None
    problem: Problem | None = None
    envelope: str = ""
    tray: Tray | None = None
    torn: Torn | None = None

    @property
    def asks(self) -> bool:
        """A stopped card lies there: it waits for a tray."""
        return self.phase is Phase.STOPPED and not self.waits_for_station

    @property
    def waits_for_station(self) -> bool:
        """What stops the station stopped this card: it lies here until cards are taken again."""
        return self.phase is Phase.STOPPED and self.code in OF_THE_STATION

    @property
    def too_much(self) -> bool:
        """Only its unusual amount keeps this card's row back: a supervisor may release it."""
        problem = self.problem
        kept = "" if problem is None else str(problem.values.get("reason", ""))
        return self.asks and self.code == "line_needs_human" and kept == IMPLAUSIBLE

    @property
    def needs_reading(self) -> bool:
        """Others loaded this card since its list: two people may go by the meter's reading."""
        return self.asks and self.code == "loaded_since_list"

    @property
    def waits_for_scan(self) -> bool:
        """The card is loaded as soon as its envelope was scanned."""
        return self.phase is Phase.QUESTION

    @property
    def may_lay_aside(self) -> bool:
        """True while a torn card keeps others from being loaded here."""
        return self.torn is not None and self.phase in (Phase.PULLED, Phase.STOPPED)

    @property
    def code(self) -> str:
        """Why the card was stopped."""
        return "" if self.problem is None else self.problem.code
