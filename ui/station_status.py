"""What is always visible: reader, printer, ledger and clerk; looked up every few seconds."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cardstation.i18n import Translator
from cardstation.sentences import brief
from ui.card_place import CardPlace
from ui.desk_services import (
    DeskServices,
    LedgerStanding,
    PrinterStanding,
    ReaderStanding,
)
from ui.lane import Lane
from ui.parts.header import ChipState

OLD_MIN = 60
"""Minutes after which something unsent is worth a warning."""


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the chips show; None = not looked up yet."""

    readers: tuple[ReaderStanding, ...] | None = None
    printer: PrinterStanding | None = None
    ledger: LedgerStanding | None = None


class StationStatus(QObject):
    """Owns the status."""

    changed = Signal()

    def __init__(self, services: DeskServices, place: CardPlace, lane: Lane) -> None:
        super().__init__()
        self._services, self._place, self._lane = services, place, lane
        self._state = Status()
        self._asking = False
        place.changed.connect(self.changed)

    @property
    def state(self) -> Status:
        """What is known."""
        return self._state

    def refresh(self) -> None:
        """Look everything up on the lane; one look-up at a time."""
        if not self._asking:
            self._asking = True
            self._lane.ask(self._look_up, self._known, self._unknown)

    def chips(self, t: Translator) -> tuple[ChipState, ...]:
        """The chips in words."""
        clerk = t("Clerk {name}", name=self._services.clerk)
        return (
            self._reader(t),
            self._printer(t),
            self._ledger(t),
            ChipState(clerk, "idle", dot=False),
        )

    def _look_up(self) -> Status:
        services = self._services
        return Status(services.readers(), services.printer(), services.ledger())

    def _known(self, status: Status) -> None:
        self._asking = False
        if status != self._state:
            self._state = status
            self.changed.emit()

    def _unknown(self, _error: object) -> None:
        self._asking = False
        self._known(Status())

    def _reader(self, t: Translator) -> ChipState:
        trouble, readers = self._place.trouble, self._state.readers
        if trouble is not None:
            return ChipState(brief(trouble.code, t), "error")
        if readers is None:
            return ChipState(t("Reader …"), "idle")
        if not readers:
            return ChipState(t("No reader"), "error")
        if len(readers) > 1:
            return ChipState(t("{n} readers", n=len(readers)), "ok")
        return ChipState(t("Reader {name}", name=short_name(readers[0].name)), "ok")

    def _printer(self, t: Translator) -> ChipState:
        printer = self._state.printer
        if printer is None:
            return ChipState(t("Printer …"), "idle")
        if not printer.name:
            return ChipState(t("Papers to folder"), "ok")
        said = t("Printer {name}", name=short_name(printer.name))
        return ChipState(said, "ok" if printer.ready else "error")

    def _ledger(self, t: Translator) -> ChipState:
        ledger = self._state.ledger
        if ledger is None:
            return ChipState(t("Ledger …"), "idle")
        if not ledger.configured:
            return ChipState(t("No ledger set"), "warn")
        if ledger.unsent:
            said = t("Unsent {n}, oldest {minutes} min", n=ledger.unsent, minutes=ledger.oldest_min)
            calm = ledger.connected and ledger.oldest_min < OLD_MIN
            return ChipState(said, "idle" if calm else "warn")
        if not ledger.connected:
            return ChipState(t("Ledger offline, all sent"), "warn")
        return ChipState(t("Ledger: all sent"), "ok")


def short_name(name: str) -> str:
    """A device's name without the counters PC/SC appends, at most 18 characters."""
    plain = name.removesuffix(" 00 00").removesuffix(" 00").strip()
    return plain if len(plain) <= 18 else f"{plain[:17]}…"
