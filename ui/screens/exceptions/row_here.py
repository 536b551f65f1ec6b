"""One row of a batch, decided where it stands among the exceptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cardstation.services.batch_state import BatchState
from cardstation.services.intent.cases import Case
from ui.screens.batch.lists_state import ListsState, Page
from ui.screens.batch.row_model import RowModel
from ui.screens.kind import Tools


class RowHere(QObject):
    """Lends the page of one row the batch it belongs to.

    Attributes:
        changed: Emitted after every change of `state` and of the row's.
        row: The page of the row.
    """

    changed = Signal()

    def __init__(self, tools: Tools, look_again: Callable[[], None]) -> None:
        super().__init__()
        self._tools, self._look_again = tools, look_again
        self._state = ListsState()
        self.row = RowModel(tools, self)
        self.row.changed.connect(self.changed)

    @property
    def state(self) -> ListsState:
        """The batch of the row, and whether its page is shown."""
        return self._state

    def open(self, item: Case) -> None:
        """Show the row of a case in full."""

        def found(standing: BatchState) -> None:
            self._set(replace(self._state, standing=standing))
            self.row.begin_at(item.place)

        self._ask(item.batch_id, found)

    def show_row(self) -> None:
        """Bring the page to the front."""
        self._set(replace(self._state, page=Page.ROW))

    def look(self) -> None:
        """Look the batch up again."""
        standing = self._state.standing
        if standing is not None:
            batch_id = standing.batch.batch_id
            self._ask(batch_id, lambda now: self._set(replace(self._state, standing=now)))

    def close(self) -> None:
        """Back to what waits; nothing of the household stays."""
        self.row.forget()
        self._set(ListsState())
        self._look_again()

    def _ask(self, batch_id: str, then: Callable[[BatchState], None]) -> None:
        tools = self._tools
        tools.desk.ask(lambda: tools.services.batch_state(batch_id), then, tools.board.tell)

    def _set(self, state: ListsState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
