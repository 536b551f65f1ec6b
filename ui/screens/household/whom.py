"""Whom the page serves: somebody is found, shown and forgotten."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cardstation.domain.household import Household
from cardstation.errors import CardStationError
from cardstation.services.household_state import HouseholdState
from ui.messages import Problem
from ui.screens.household.acts.kind import Facts
from ui.screens.household.state import Phase, State
from ui.screens.kind import Tools


class Whom(QObject):
    """Owns the page's state.

    Attributes:
        tools: What it works with.
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self.tools = tools
        self._services, self._place = tools.services, tools.place
        self._state = State()
        self._asked = 0

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def find(self, text: str) -> None:
        """Look for a household; whoever was shown is forgotten."""
        if not text.strip() or self._state.phase is Phase.WORKING:
            return
        self._asked += 1
        self._show(State(facts=Facts(lying=self._lying)))
        ticket = self._asked
        self.tools.desk.ask(
            lambda: self._services.household.find(text),
            lambda found: self._found(ticket, found),
            lambda error: self._unknown(ticket, error),
        )

    def take(self, account_no: str) -> None:
        """Show one of those that were found, or look at the same one again."""
        ticket = self._asked
        self.tools.desk.ask(
            lambda: self._services.household.look(account_no),
            lambda of: self._known(ticket, of),
            lambda error: self._unknown(ticket, error),
        )

    def forget(self) -> None:
        """Nothing of a household stays; what is under way goes on, and a message tells its end."""
        self._asked += 1
        torn = self.tools.unfinished.torn
        if torn is None or self._place.present:
            self._show(State(facts=Facts(lying=self._lying)))
        else:
            problem = Problem("card_removed")
            self._show(State(Phase.PULLED, step=torn.step, problem=problem))

    @property
    def _lying(self) -> str:
        """Why the card that lies there is not read; it is nobody's."""
        return self._state.facts.lying if self._place.present else ""

    def _found(self, ticket: int, found: tuple[Household, ...]) -> None:
        if ticket != self._asked:
            return
        if len(found) == 1:
            self.take(found[0].account_no)
        else:
            self._show(replace(self._state, found=found))

    def _known(self, ticket: int, of: HouseholdState) -> None:
        if ticket == self._asked:
            facts = replace(self._state.facts, of=of)
            self._show(replace(self._state, found=(), facts=facts, problem=None))

    def _unknown(self, ticket: int, error: CardStationError) -> None:
        if ticket == self._asked:
            self._show(replace(self._state, problem=Problem.of(error)))

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
