"""The verbs at the door: a card in the reader or a typed number adds its household."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.errors import CardStationError
from cardstation.services.read_card import CardFacts
from ui.messages import Problem
from ui.screens.batch.lists_state import DoorState, money_of
from ui.screens.batch.row_model import Lists
from ui.screens.kind import Tools


class DoorModel(QObject):
    """Owns what is shown at the door; takes cards while that page is open (see `CardTaker`).

    Attributes:
        changed: Emitted after every change of `state`.
        refused: What was typed and not taken: the number and the amount.
    """

    changed = Signal()
    refused = Signal(str, str)

    def __init__(self, tools: Tools, lists: Lists) -> None:
        super().__init__()
        self._tools, self._services, self._lists = tools, tools.services.lists, lists
        self._state = DoorState()

    @property
    def state(self) -> DoorState:
        """What is shown."""
        return self._state

    def forget(self) -> None:
        """The page is closed; a card that lies there is not added."""
        self._show(DoorState())

    def add(self, number: str, amount: str) -> None:
        """Enter at the door: the card in the reader, or the typed number, with this amount."""
        door = self._state
        if door.household is not None:
            self._add(door.household.account_no, door.card_no, typed=(number, amount))
        elif number.strip():
            self._add(number.strip(), "", typed=(number, amount))

    def _add(self, number: str, card_no: str, typed: tuple[str, str] = ("", "")) -> None:
        standing = self._lists.state.standing
        if standing is None:
            return
        batch_id, money = standing.batch.batch_id, money_of(typed[1])

        def add() -> ManifestLine:
            place = self._services.add_row(batch_id, number, money, card_no)
            return self._services.look(batch_id, place).line

        def added(line: ManifestLine) -> None:
            doubts = [code for code in line.reasons if code != "no_amount"]
            waits = line.verdict is not Verdict.READY and bool(doubts)
            self._tools.sounds.play("stop" if waits else "ok")
            self._show(DoorState(problem=_doubt(line, doubts[0]) if waits else None))
            self._lists.look()

        def refused(error: CardStationError) -> None:
            self._tools.sounds.play("stop")
            in_hand = self._state if any(typed) else DoorState()
            self._show(replace(in_hand, problem=Problem.of(error)))
            self.refused.emit(*typed)

        self._tools.desk.ask(add, added, refused)

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._show(DoorState(reading=True))

    def card_opened(self) -> None:
        """See `CardTaker`: the household is shown; Enter adds it with an amount."""
        services = self._tools.services
        self._tools.place.work(services.read_card, self._card_read)

    def _card_read(self, facts: CardFacts) -> None:
        home, identity = facts.household, facts.content.identity
        if home is None:
            problem = Problem("unknown_household", {"account_no": identity.account_no})
            self._show(DoorState(problem=problem))
        else:
            self._show(DoorState(home, identity.card_no))

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        self._tools.sounds.play("stop")
        self._show(DoorState(problem=Problem.of(error)))

    def card_gone(self) -> None:
        """See `CardTaker`: taken out before Enter, it is added with its amount left for later."""
        door = self._state
        if door.household is not None:
            self._add(door.household.account_no, door.card_no)
        else:
            self._show(DoorState(problem=door.problem.bare() if door.problem else None))

    def _show(self, state: DoorState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()


def _doubt(line: ManifestLine, code: str) -> Problem:
    """Why a household that was added does not count yet."""
    facts = {"account_no": line.account_no, "card_no": line.card_no}
    return Problem(code, facts, tone="warn")
