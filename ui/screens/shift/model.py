"""The shift's verbs: a first supervisor, open with a float, count blind, sign, see how it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.money import Money
from cardstation.domain.shift import Approval, Clerk, Role, Shift, ShiftClose, moved_between
from cardstation.errors import CardStationError, Refusal
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.shift_state import ShiftState
from cardstation.services.vouchers import Vouchers
from ui.approver import Approver
from ui.messages import Problem
from ui.screens.kind import Tools
from ui.screens.shift.state import Count, Phase, State, yuan_of

T = TypeVar("T")


class ShiftModel(QObject):
    """Owns the shift screen's state; PINs pass through and are kept nowhere.

    Attributes:
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._shifts = tools, tools.services.shifts
        self._state = State()

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._tools.approver

    def look(self) -> None:
        """Look up who is on duty and what is open."""
        services = self._tools.services

        def found() -> tuple[ShiftState, tuple[OpenIntent, ...]]:
            return self._shifts.state(), services.open_intents()

        self._tools.desk.ask(found, lambda both: self._seen(*both), self._tools.board.tell)

    # ── people ──

    def add_first(self, name: str, pin: str) -> None:
        """The first person of a station is a supervisor, who may sell too."""
        self.add(name, pin, supervisor=True, by=None)

    def add(self, name: str, pin: str, *, supervisor: bool, by: Approval | None) -> None:
        """One more person; `by` is the supervisor who agreed."""
        roles = (Role.TELLER, Role.SUPERVISOR) if supervisor else (Role.TELLER,)

        def added(person: Clerk) -> None:
            self._tools.board.say("{name} has a PIN here now.", "ok", name=person.name)
            self._show(replace(self._state, busy=False, problem=None))
            self.look()

        self._ask(lambda: self._shifts.add_clerk(name.strip(), pin, roles, by), added)

    def ask_vouchers(self, name: str, then: Callable[[Vouchers], None]) -> None:
        """Who may confirm that a person gets a PIN."""

        def told(found: Vouchers) -> None:
            self._show(replace(self._state, busy=False, problem=None))
            then(found)

        self._ask(lambda: self._shifts.vouchers(name), told)

    # ── the shift ──

    def open(self, name: str, pin: str, float_text: str, *, signs: bool = False) -> None:
        """Begin a shift with the change in the till; `signs` for what one alone closed over."""
        money = yuan_of(float_text)
        if money is None:
            self._refused(Refusal("not_an_amount", text=float_text.strip()))
            return

        def opened(shift: Shift) -> None:
            found = self._state.found
            last = found.last if found else None
            moved = moved_between(last, shift)
            if last is not None and moved:
                differs = (
                    "Counted at the last close: {counted}; the float differs from it by {moved}."
                )
                self._tools.board.say(differs, "warn", counted=last.counted, moved=moved)
            else:
                self._tools.board.say("{name} is on duty.", "ok", name=shift.clerk)
            self._show(replace(self._state, busy=False, problem=None))
            self.look()

        self._ask(lambda: self._shifts.open(name, pin, money, signs), opened)

    def begin_count(self) -> None:
        """Count the till; nothing is committed before it is signed."""
        if self._state.phase is Phase.ON:
            self._tools.board.clear()
            self._show(replace(self._state, phase=Phase.COUNTING, count=Count(), problem=None))

    def leave(self) -> None:
        """Esc: back to the open shift; what was counted was not committed and goes."""
        if self._state.phase is Phase.COUNTING and not self._state.busy:
            self._show(replace(self._state, phase=Phase.ON, count=Count(), problem=None))

    def count(self, count: Count) -> None:
        """What the clerk typed so far."""
        if count != self._state.count:
            self._show(replace(self._state, count=count, problem=None))

    def close(self, pin: str, handed_to: str = "", handed_pin: str = "") -> None:
        """Sign: the count is on record first, then the shift ends."""
        if not self._state.may_sign:
            return
        counting = self._state.phase is Phase.COUNTING
        counted: Money | None = self._state.count.sum if counting else None

        def closed(result: ShiftClose) -> None:
            self._tools.sounds.play("ok" if not result.over_short else "stop")
            self._state = State(Phase.CLOSED, self._state.found, closed=result)
            self.changed.emit()

        self._ask(lambda: self._shifts.close(pin, counted, handed_to, handed_pin), closed)

    def done(self) -> None:
        """The result was read."""
        if self._state.phase is Phase.CLOSED:
            self._state = State()
            self.look()

    # ── what comes back ──

    def _seen(self, found: ShiftState, waiting: tuple[OpenIntent, ...]) -> None:
        phase = phase_of(found)
        kept = self._state.phase
        if kept is Phase.CLOSED or (kept is Phase.COUNTING and phase is Phase.ON):
            phase = kept
        self._show(replace(self._state, phase=phase, found=found, waiting=waiting))

    def _ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        if self._state.busy:
            return
        self._show(replace(self._state, busy=True, problem=None))
        self._tools.desk.ask(work, then, self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._tools.sounds.play("stop")
        self._show(replace(self._state, busy=False, problem=Problem.of(error)))
        self.look()

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()


def phase_of(found: ShiftState) -> Phase:
    """Where the desk's shift stands, by its records alone."""
    if found.open is not None:
        return Phase.COUNTED if found.counted else Phase.ON
    return Phase.OFF if found.clerks else Phase.NO_CLERKS
