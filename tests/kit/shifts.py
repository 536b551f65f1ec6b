"""Clerks for tests: PINs that cost nothing, a clock that starts anew, a desk with a shift."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cardstation.domain.money import Money
from cardstation.domain.shift import Role
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve
from cardstation.services.open_shift import open_shift
from tests.kit.desk import StandingClock
from tests.kit.station import Desk, open_desk

CHIEF, ANNA, BEN, EYES = "chief", "anna", "ben", "eyes"
PINS = {CHIEF: "280391", ANNA: "583920", BEN: "719204", EYES: "904617"}
FLOAT = Money.of_yuan("500")


class PlainPins:
    """Hashes that only look like some: tests do not wait for Argon2."""

    def hash(self, pin: str) -> str:
        return f"kept {pin[::-1]}"

    def matches(self, kept: str, pin: str) -> bool:
        return kept == self.hash(pin)


@dataclass
class RestartableClock(StandingClock):
    """A clock with both hands: wall time may be set, the other one only runs."""

    ran_ns: int = 0
    boot: int = 1

    def monotonic_ns(self) -> int:
        return self.ran_ns

    @property
    def boot_id(self) -> str:
        return f"boot {self.boot}"

    def run(self, **spent: float) -> None:
        self.at += timedelta(**spent)
        self.ran_ns += int(timedelta(**spent).total_seconds() * 1e9)

    def restart(self) -> None:
        self.boot += 1
        self.ran_ns = 0


def desk_with_clerks(home: Path, **how: Any) -> Desk:
    """A training desk where four people have PINs; nobody is on duty."""
    clock = how.pop("clock", None) or RestartableClock()
    desk = open_desk(home, clock=clock, **how)
    desk.station = replace(desk.station, pins=PlainPins())
    with desk.station.store.reading() as reading:
        if reading.shifts.clerks():
            return desk
    add_clerk(desk.station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None, display="班长")
    for name, role in ((ANNA, Role.TELLER), (BEN, Role.TELLER), (EYES, Role.AUDITOR)):
        by = approve(desk.station, CHIEF, PINS[CHIEF])
        add_clerk(desk.station, name, PINS[name], {role}, by=by)
    return desk


def desk_on_duty(home: Path, **how: Any) -> Desk:
    """As `desk_with_clerks`, and Anna has opened a shift."""
    desk = desk_with_clerks(home, **how)
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    return desk
