"""Asks who may be the second person, and lets that person confirm."""

from __future__ import annotations

from collections.abc import Callable

from cardstation.domain.shift import Approval, Role
from cardstation.services.shift_state import ShiftState
from ui.desk_services import DeskServices, ShiftServices
from ui.lane import Failed, Lane


class Approver:
    """The window's way to a second person; a PIN passes through and is kept nowhere."""

    def __init__(self, services: DeskServices, lane: Lane) -> None:
        self._shifts, self._lane = services.shifts, lane

    def people(self, then: Callable[[tuple[str, ...]], None], failed: Failed) -> None:
        """Names of the supervisors who are not the clerk on duty."""
        self._lane.ask(lambda: others_of(self._shifts.state()), then, failed)

    def both(
        self, then: Callable[[tuple[str, ...], tuple[str, ...]], None], failed: Failed
    ) -> None:
        """Who may be the first person, nobody while somebody is on duty; and the supervisors."""

        def told(found: ShiftState) -> None:
            then(firsts_of(found), others_of(found))

        self._lane.ask(self._shifts.state, told, failed)

    def come_forward(
        self, name: str, pin: str, then: Callable[[Approval], None], failed: Failed
    ) -> None:
        """Have the first person say who they are, where no shift is open."""
        self._lane.ask(lambda: self._shifts.come_forward(name, pin), then, failed)

    def approve(
        self, name: str, pin: str, then: Callable[[Approval], None], failed: Failed
    ) -> None:
        """Have this person confirm; a refusal says how many tries are left."""
        self._lane.ask(lambda: self._shifts.approve(name, pin), then, failed)

    def of_pin(self, whom: str, names: tuple[str, ...]) -> Approver:
        """The way to whoever may confirm a person's PIN: these, and nobody else."""
        return _Voucher(self._shifts, self._lane, whom, names)


class _Voucher(Approver):
    def __init__(
        self, shifts: ShiftServices, lane: Lane, whom: str, names: tuple[str, ...]
    ) -> None:
        self._shifts, self._lane = shifts, lane
        self._whom, self._names = whom, names

    def people(self, then: Callable[[tuple[str, ...]], None], failed: Failed) -> None:
        then(self._names)

    def approve(
        self, name: str, pin: str, then: Callable[[Approval], None], failed: Failed
    ) -> None:
        self._lane.ask(lambda: self._shifts.vouch(name, pin, self._whom), then, failed)


def others_of(found: ShiftState) -> tuple[str, ...]:
    """Supervisors who may be the second person now."""
    on_duty = found.open.clerk if found.open else ""
    return tuple(
        one.name
        for one in found.clerks
        if Role.SUPERVISOR in one.roles and one.active and one.name != on_duty
    )


def firsts_of(found: ShiftState) -> tuple[str, ...]:
    """Who may act without a shift; nobody needs to while one is open."""
    return () if found.open else tuple(one.name for one in found.clerks if one.active)
