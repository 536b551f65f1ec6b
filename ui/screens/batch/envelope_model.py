"""The verbs of envelope numbers: row after row gets the one scanned; and the rule of the bag."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import ManifestLine
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.batch_state import BatchState
from ui.approver import Approver
from ui.messages import Problem
from ui.screens.batch.lists_state import order_of
from ui.screens.kind import Tools


@dataclass(frozen=True, slots=True)
class EnvelopeState:
    """Rows of a batch and their envelopes.

    Attributes:
        places: Of the rows that can have one, as the list shows them.
        lines: Of the batch, all of them.
        at: Which of `places` the next scan is for.
        must: No card is loaded before its envelope was scanned.
        busy: A number is being stored. problem: Why the last one was not.
    """

    batch_id: str = ""
    places: tuple[int, ...] = ()
    lines: tuple[ManifestLine, ...] = ()
    at: int = 0
    must: bool = False
    busy: bool = False
    problem: Problem | None = None

    @property
    def line(self) -> ManifestLine | None:
        """The row the next scan is for."""
        return self.lines[self.places[self.at] - 1] if self.places else None

    @property
    def missing(self) -> int:
        """Rows without a number."""
        return sum(not self.lines[place - 1].envelope for place in self.places)


class EnvelopeModel(QObject):
    """Owns the state of one giving of numbers.

    Attributes:
        changed: Emitted after every change of `state`.
        second_needed: Cards were compared with the number: a supervisor says why it is another.
    """

    changed = Signal()
    second_needed = Signal()

    def __init__(self, tools: Tools, standing: BatchState) -> None:
        super().__init__()
        self._tools, batch = tools, standing.batch
        places = tuple(at for at in order_of(batch.lines) if not batch.lines[at - 1].withdrawn)
        self._state = EnvelopeState(batch.batch_id, places, batch.lines, must=batch.scan_envelopes)
        self._state = replace(self._state, at=self._next(0))
        self._wanted: tuple[int, str] | None = None

    @property
    def state(self) -> EnvelopeState:
        """What is shown."""
        return self._state

    def choose(self, at: int) -> None:
        """Another row is the next."""
        if 0 <= at < len(self._state.places):
            self._set(at=at, problem=None)

    def scanned(self, envelope: str) -> None:
        """This row's envelope; the next row without one follows."""
        if envelope_key(envelope):
            self._want(envelope)

    def take_out(self) -> None:
        """This row's card is in no envelope."""
        self._want("")

    def confirm(self, approval: Approval, reason: str) -> None:
        """What was refused last, with a supervisor: cards were compared with the number."""
        if self._wanted is not None and not self._state.busy:
            self._store(*self._wanted, approval, reason)

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._tools.approver

    def require(self) -> None:
        """Every envelope must be scanned from now on."""
        batch_id, lanes = self._state.batch_id, self._tools.services.lanes
        self._rule(lambda: lanes.require_scans(batch_id), must=True)

    def lift(self, approval: Approval, reason: str) -> None:
        """None need be: a supervisor says why."""
        batch_id, lanes = self._state.batch_id, self._tools.services.lanes
        self._rule(lambda: lanes.lift_scans(batch_id, approval, reason), must=False)

    def _rule(self, work: Callable[[], None], *, must: bool) -> None:
        if self._state.busy:
            return
        self._set(busy=True, problem=None)
        self._tools.desk.ask(work, lambda _none: self._set(busy=False, must=must), self._refused)

    def _want(self, envelope: str) -> None:
        state = self._state
        if state.places and not state.busy:
            self._wanted = (state.places[state.at], envelope)
            self._store(*self._wanted)

    def _store(
        self, place: int, envelope: str, approval: Approval | None = None, reason: str = ""
    ) -> None:
        batch_id, services = self._state.batch_id, self._tools.services
        self._set(busy=True, problem=None)

        def put() -> tuple[ManifestLine, bool]:
            line = services.lanes.put_in_envelope(batch_id, place, envelope, approval, reason)
            return line, services.batch_state(batch_id).batch.scan_envelopes

        def refused(error: CardStationError) -> None:
            self._refused(error)
            if error.code == "envelope_change_needs_two":
                self.second_needed.emit()

        self._tools.desk.ask(put, lambda now: self._put(place, *now), refused)

    def _put(self, place: int, line: ManifestLine, must: bool) -> None:
        """With the first number the rule is set by itself."""
        self._set(busy=False, lines=self._with(place, line), must=must)
        self._set(at=self._next(self._state.at))

    def _with(self, place: int, line: ManifestLine) -> tuple[ManifestLine, ...]:
        lines = self._state.lines
        return (*lines[: place - 1], line, *lines[place:])

    def _next(self, at: int) -> int:
        """From this row on, the next one without a number; the same when all have one."""
        state, count = self._state, len(self._state.places)
        ahead = [step % count for step in range(at, at + count)] if count else []
        free = (one for one in ahead if not state.lines[state.places[one] - 1].envelope)
        return next(free, at)

    def _refused(self, error: CardStationError) -> None:
        self._set(busy=False, problem=Problem.of(error))

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of it
        self.changed.emit()
