"""The verbs of the bag's page: hand over, give back, explain, close, print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, HandOver
from cardstation.domain.custody_trace import BagTrace
from cardstation.domain.seal_number import bare_seal
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import HandOverRequest
from ui.approver import Approver
from ui.bag_services import ReturnMade
from ui.messages import Problem
from ui.screens.batch.custody_state import BagState, Printing
from ui.screens.kind import Tools

T = TypeVar("T")


class BagModel(QObject):
    """Owns the state of the bag's page.

    Attributes:
        changed: Emitted after every change of `state`.
        printed_already: F7 found that the whole return came out: whether and why once more?
    """

    changed = Signal()
    printed_already = Signal()
    _printed = Signal(str, int, int)

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._services = tools, tools.services.bag
        self._state = BagState()
        self._printing: dict[str, Printing] = {}
        self._printed.connect(self._progressed)

    @property
    def state(self) -> BagState:
        """What is shown."""
        return self._state

    def open(self, batch_id: str) -> None:
        """Show the bag of a batch."""
        self._state = BagState(batch_id=batch_id, printing=self._printing.get(batch_id))
        self.changed.emit()
        self.look()

    def leave(self) -> None:
        """Back to the batch; what is being printed goes on."""
        self._state = BagState()
        self.changed.emit()

    def look(self) -> None:
        """Look the bag up again."""
        batch_id = self._state.batch_id
        if batch_id:
            self._tools.desk.ask(lambda: self._services.state(batch_id), self._seen, self._refused)

    def choose(self, number: int) -> None:
        """Choose an event of the timeline by its number."""
        self._set(chosen=number)

    def hand_over(self, asked: HandOverRequest) -> None:
        """Record cards that came, or went on."""
        self._record(lambda batch_id: self._services.hand_over(batch_id, asked), "Recorded.")

    def give_back(self, asked: HandOverRequest) -> None:
        """Record cards that went back; with the last of them the batch may be closed."""
        self._record(lambda batch_id: self._services.give_back(batch_id, asked), "Recorded.")

    def photograph(self, picture: bytes) -> None:
        """The photo of the chosen hand-over's paper, or of the oldest that waits for one."""
        standing, chosen = self._state.standing, self._state.chosen
        due = () if standing is None else standing.photos_due
        number = chosen if chosen in due else 0
        self._record(
            lambda batch_id: self._services.photograph(batch_id, number, picture), "Recorded."
        )

    @property
    def approver(self) -> Approver:
        """The way to the second person."""
        return self._tools.approver

    def explain(self, told: Explanation, approval: Approval | None = None) -> None:
        """Say why cards are missing, left over or kept."""
        self._record(lambda batch_id: self._services.explain(batch_id, told, approval), "Recorded.")

    def trace(
        self,
        seal_no: str,
        then: Callable[[BagTrace], None],
        failed: Callable[[CardStationError], None],
    ) -> None:
        """Ask who has the bag with a seal; no batch needs to be open."""
        self._tools.desk.ask(lambda: self._services.trace(seal_no), then, failed)

    def collect(
        self,
        asked: HandOverRequest,
        then: Callable[[BagTrace], None],
        failed: Callable[[CardStationError], None],
    ) -> None:
        """Record a sealed bag whose list lies at another desk."""
        self._tools.desk.ask(lambda: self._services.collect(asked), self._said(then), failed)

    def collected(
        self,
        seal_no: str,
        then: Callable[[HandOver | None], None],
        failed: Callable[[CardStationError], None],
    ) -> None:
        """Ask whether a sealed bag was collected here, and how many cards."""
        self._tools.desk.ask(lambda: self._services.collected(seal_no), then, failed)

    def count_again(
        self,
        seal_no: str,
        arrived: int,
        reason: str,
        expected: int | None,
        then: Callable[[BagTrace], None],
        failed: Callable[[CardStationError], None],
    ) -> None:
        """Put the count of a bag right that was collected here."""
        self._tools.desk.ask(
            lambda: self._services.count_again(seal_no, arrived, reason, expected),
            self._said(then),
            failed,
        )

    def slip_of(self, seal_no: str) -> None:
        """File and print the slip of a bag that was collected here."""
        self._paper(lambda number: self._services.slip(number, 0), bare_seal(seal_no))

    def photograph_of(
        self,
        seal_no: str,
        picture: bytes,
        then: Callable[[], None],
        failed: Callable[[CardStationError], None],
    ) -> None:
        """The photo of the paper on which the last hand-over of a bag was signed here."""

        def kept(_found: CustodyState) -> None:
            then()
            self._tools.board.say("Recorded.", "ok")

        def keep() -> CustodyState:
            bag = bare_seal(seal_no)
            due = self._services.state(bag).photos_due
            return self._services.photograph(bag, due[-1] if due else 0, picture)

        self._tools.desk.ask(keep, kept, failed)

    def _said(self, then: Callable[[BagTrace], None]) -> Callable[[BagTrace], None]:
        def recorded(found: BagTrace) -> None:
            then(found)
            self._tools.board.say("Recorded.", "ok")

        return recorded

    def close_batch(self) -> None:
        """End the batch."""
        self._record(self._services.close, "The batch is closed.")

    def print_label(self) -> None:
        """File and print the label of the next bag."""
        self._paper(self._services.label)

    def print_annex(self) -> None:
        """File and print the annex on personal data."""
        self._paper(self._services.annex)

    def print_slip(self) -> None:
        """File and print the slip of the chosen hand-over, or of the last one."""
        found = [one for one in self._state.events if isinstance(one.moved, HandOver)]
        chosen = [one for one in found if one.step.seq == self._state.chosen] or found[-1:]
        if chosen:
            number = chosen[0].step.seq
            self._paper(lambda batch_id: self._services.slip(batch_id, number))

    def other_receipts(self) -> None:
        """A strip of receipts for each floor, or one receipt for each household."""
        self._set(by_floor=not self._state.by_floor)

    def print_return(self, again: str = "") -> None:
        """Print all that goes back; after the paper ran out, what did not come out yet.

        Args:
            again: Why all of it once more, when all of it came out.
        """
        batch_id, by_floor = self._state.batch_id, self._state.by_floor
        if not batch_id or self._state.running is not None:
            return
        self._set(problem=None)
        self._show_printing(batch_id, Printing())

        def progress(done: int, count: int) -> None:
            self._printed.emit(batch_id, done, count)

        self._tools.paper.ask(
            lambda: self._services.print_return(batch_id, by_floor, again, progress),
            partial(self._return_made, batch_id),
            partial(self._return_stopped, batch_id),
        )

    def _return_made(self, batch_id: str, made: ReturnMade) -> None:
        self._show_printing(batch_id, None)
        n = len(made.paths)
        if made.printed:
            self._tools.board.say("{n} papers of the return printed.", "ok", n=n)
        else:
            said = "{n} papers of the return filed; no printer is set."
            self._tools.board.say(said, "warn", n=n)

    def _return_stopped(self, batch_id: str, error: CardStationError) -> None:
        shown = batch_id == self._state.batch_id
        if error.code == "return_printed":
            self._show_printing(batch_id, None)
        else:
            stopped = replace(self._printing[batch_id], stopped=Problem.of(error))
            self._show_printing(batch_id, stopped)
        if not shown:
            self._tools.board.tell(error)
        elif error.code == "return_printed":
            self.printed_already.emit()

    def _progressed(self, batch_id: str, done: int, count: int) -> None:
        printing = self._printing.get(batch_id)
        if printing is not None:
            self._show_printing(batch_id, printing.at(done, count, self._tools.tick()))

    def _show_printing(self, batch_id: str, printing: Printing | None) -> None:
        """Keep how far a return is, whatever page is shown."""
        if printing is None:
            self._printing.pop(batch_id, None)
        else:
            self._printing[batch_id] = printing
        if batch_id == self._state.batch_id:
            self._set(printing=printing)

    def _paper(self, make: Callable[[str], Path], other: str = "") -> None:
        """Of the open batch, or of another bag."""
        batch_id = other or self._state.batch_id
        if not batch_id:
            return

        def filed(path: Path) -> None:
            self._tools.board.say("Paper filed as {file}.", "ok", file=path.name)

        self._tools.paper.ask(lambda: make(batch_id), filed, self._tools.board.tell)

    def _record(self, work: Callable[[str], CustodyState], said: str) -> None:
        batch_id = self._state.batch_id
        if not batch_id or self._state.busy:
            return
        self._set(busy=True, problem=None)
        if self._state.running is None:
            self._show_printing(batch_id, None)

        def recorded(found: CustodyState) -> None:
            self._seen(found)
            done = found.stage is Stage.CLOSED
            self._tools.board.say("The batch is closed." if done else said, "ok")

        self._tools.desk.ask(lambda: work(batch_id), recorded, self._refused)

    def _seen(self, found: CustodyState) -> None:
        if found.batch.batch.batch_id == self._state.batch_id:
            self._set(standing=found, busy=False)

    def _refused(self, error: CardStationError) -> None:
        """The banner says it while the page is shown, else the board does."""
        if self._state.batch_id:
            self._set(busy=False, problem=Problem.of(error))
        else:
            self._tools.board.tell(error)

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of BagState
        if state != self._state:
            self._state = state
            self.changed.emit()
