"""The batch's verbs: take in a list, open it, take the lump sum, print the sheet.

The run is beside it (`run_model`), and the cards themselves are the lanes' (`lane`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from cardstation.domain.batch import Batch
from cardstation.errors import CardStationError
from cardstation.services.lease_batch import RowLease
from ui.screens.batch.custody_model import BagModel
from ui.screens.batch.envelope_model import EnvelopeModel
from ui.screens.batch.money_model import MoneyModel
from ui.screens.batch.pay_dialog import Handed
from ui.screens.batch.run_model import Looked, RunModel
from ui.screens.kind import Tools


class BatchModel(RunModel):
    """The whole batch screen: its run, and what is done about the batch beside it.

    Attributes:
        unread: A list whose headings nobody understood; with its path.
    """

    unread = Signal(Path)

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.bag = BagModel(tools)
        self.money = MoneyModel(tools)
        self.money.moved.connect(self._look_at_open)

    def look(self) -> None:
        """Look the lists and the open batch up again."""
        self._ask(self._services.batches, lambda found: self._set(batches=found))
        self._look_at_open()

    def import_list(self) -> None:
        """Ask for a file and take it in."""
        path = self._tools.ask_file("")
        if path is not None:
            self.take_in(path)

    def take_in(self, path: Path) -> None:
        """Take in a list; it is opened when that worked."""
        if self._state.busy:
            return
        self._set(busy=True)

        def taken(batch: Batch) -> None:
            self._set(busy=False)
            self.open(batch.batch_id)

        def refused(error: CardStationError) -> None:
            self._refused(error)
            if error.code == "list_without_header":
                self.unread.emit(path)

        self._tools.desk.ask(lambda: self._services.import_list(path), taken, refused)

    def open(self, batch_id: str) -> None:
        """Show a batch."""
        self._ask(lambda: self._looked_up(batch_id), self._opened)

    def choose(self, batch_id: str) -> None:
        """Mark a list; it is not opened."""
        self._set(chosen=batch_id)

    def leave(self) -> None:
        """Esc: pause first, then back to the lists."""
        if self._state.running:
            self.pause()
        elif self._state.standing is not None and not self._tools.place.present:
            self._state = self._state.closed
            self.changed.emit()
            self.look()

    def pay(self, handed: Handed) -> None:
        """Record a lump sum, or what lay in a row's envelope."""
        standing = self._state.standing
        if standing is not None and not self._state.busy and not self.at_work:
            self.money.pay(standing.batch.batch_id, handed)

    def show_bag(self) -> None:
        """The bag of the open batch."""
        standing = self._state.standing
        if standing is not None and not self._state.running:
            self.bag.open(standing.batch.batch_id)

    def show_money(self) -> None:
        """The money page of the open batch; not over a card that is at work."""
        standing = self._state.standing
        if standing is not None and not self._state.running and not self.at_work:
            self.money.open(standing.batch.batch_id)

    def envelopes(self) -> EnvelopeModel | None:
        """The giving of envelope numbers to the rows of the open batch; not over a run."""
        standing = self._state.standing
        if standing is None or self._state.running or self._state.busy:
            return None
        return EnvelopeModel(self._tools, standing)

    def hold_orders(self, left: Callable[[tuple[RowLease, ...]], None]) -> None:
        """Hold the paid orders of the open batch for this desk; `left` is told of the others."""
        standing, state = self._state.standing, self._state
        if standing is None or state.running or state.busy or self.at_work:
            return
        self._set(busy=True)

        def told(rows: tuple[RowLease, ...]) -> None:
            self._set(busy=False)
            held, others = sum(one.held for one in rows), [one for one in rows if not one.held]
            said = "Paid orders held for this desk: {held} of {n}"
            tone = "warn" if others else "ok"
            self._tools.board.say(said, tone, held=held, n=len(rows))
            if others:
                left(tuple(others))

        batch_id = standing.batch.batch_id
        self._ask(lambda: self._services.orders.lease_batch(batch_id), told)

    def print_sheet(self) -> None:
        """Make, file and print the sheet for the way back."""
        standing = self._state.standing
        if standing is None:
            return

        def printed(path: Path) -> None:
            self._tools.board.say("Hand-over sheet filed as {file}.", "ok", file=path.name)

        made = partial(self._services.handover, standing.batch.batch_id)
        self._tools.paper.ask(made, printed, self._tools.board.tell)

    def _opened(self, looked: Looked) -> None:
        self._state = self._state.closed
        self._stand(*looked)
