"""What is always visible: reader, printer, ledger and clerk; looked up every few seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from cardstation.i18n import Translator
from cardstation.sentences import brief
from cardstation.services.sync_state import SyncState
from ui.card_places import CardPlaces
from ui.desk_services import DeskServices, PrinterStanding, ReaderStanding
from ui.lane import Lane
from ui.parts.header import ChipState

_NOISE = re.compile(
    r"( \[[^]]*\]| \([^)]*\)| (ICC|PICC|CCID|Smart ?Card|SmartCard|USB|Contact|Interface|Reader)\b"
    r"| [0-9A-F]{2} [0-9A-F]{2}$)",
    re.IGNORECASE,
)
OLD_MIN = 60
"""Minutes after which something unsent is worth a warning."""


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the chips show; None = not looked up yet.

    Attributes:
        clerk: Who is on duty; empty = nobody, None = not looked up yet.
        people: Somebody has a PIN here.
        answered: The ledger answered the last time it was asked.
    """

    readers: tuple[ReaderStanding, ...] | None = None
    printer: PrinterStanding | None = None
    sync: SyncState | None = None
    clerk: str | None = None
    people: bool = False
    answered: bool = True


class StationStatus(QObject):
    """Owns the status."""

    changed = Signal()

    def __init__(self, services: DeskServices, place: CardPlaces, lane: Lane) -> None:
        super().__init__()
        self._services, self._place, self._lane = services, place, lane
        self._state = Status()
        self._asking = self._sending = False
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

    def send(self) -> None:
        """Have the ledger told what it does not know yet."""
        sync = self._state.sync
        if sync is not None and sync.configured and not self._sending:
            self._sending = True
            self._lane.ask(self._services.sync, self._sent, self._unsent)

    @property
    def hindrance(self) -> str:
        """Why nothing can be sold now, as a code; empty = it can, as far as is known."""
        state = self._state
        if state.sync is not None and state.sync.verdict:
            return state.sync.verdict
        if state.clerk != "":
            return ""
        if state.people:
            return "no_shift"
        return "" if self._services.training else "no_clerks"

    def chips(self, t: Translator) -> tuple[ChipState, ...]:
        """The chips in words."""
        training = (ChipState(t("Training"), "warn", dot=False),)
        return (
            *(training if self._services.training else ()),
            self._reader(t),
            self._printer(t),
            self._ledger(t),
            *self._quota(t),
            self._clerk(t),
        )

    def _look_up(self) -> Status:
        services = self._services
        readers, printer = services.readers(), services.printer()
        found = services.shifts.state()
        return Status(
            readers,
            printer,
            services.sync_state(),
            found.open.clerk if found.open else "",
            bool(found.clerks),
            self._state.answered,
        )

    def _known(self, status: Status) -> None:
        self._asking = False
        if status != self._state:
            self._state = status
            self.changed.emit()

    def _sent(self, sync: SyncState) -> None:
        self._sending = False
        self._known(replace(self._state, sync=sync, answered=True))

    def _unsent(self, _error: object) -> None:
        self._sending = False
        self._known(replace(self._state, answered=False))

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

    def _clerk(self, t: Translator) -> ChipState:
        clerk = self._state.clerk
        if clerk is None:
            return ChipState(t("Clerk …"), "idle", dot=False)
        if not clerk:
            return ChipState(t("No shift"), "warn")
        return ChipState(t("Clerk {name}", name=clerk), "idle", dot=False)

    def _ledger(self, t: Translator) -> ChipState:
        sync, answered = self._state.sync, self._state.answered
        if sync is None:
            return ChipState(t("Ledger …"), "idle")
        if not sync.configured:
            return ChipState(t("No ledger set"), "warn")
        if sync.verdict:
            return ChipState(brief(sync.verdict, t), "error")
        if sync.unsent:
            said = t("Unsent {n}, oldest {minutes} min", n=sync.unsent, minutes=sync.oldest_min)
            return ChipState(said, "idle" if answered and sync.oldest_min < OLD_MIN else "warn")
        if not answered:
            return ChipState(t("Ledger offline, all sent"), "warn")
        return ChipState(t("Ledger: all sent"), "ok")

    def _quota(self, t: Translator) -> tuple[ChipState, ...]:
        """What may still be sold offline: under a grant always, it is looked at before one leaves.

        A ceiling of the desk's own is seen while the ledger has not heard of everything.
        """
        sync = self._state.sync
        if sync is None:
            return ()
        offline = bool(sync.unsent) or not self._state.answered
        own = sync.quota if offline else None
        granted = None if sync.grant is None else sync.grant.quota
        quotas = [one for one in (own, granted) if one is not None]
        if not quotas:
            return ()
        left = min((one.left for one in quotas if one.left is not None), default=None)
        hours = [one.hours_left for one in quotas if one.hours_left is not None]
        parts = [] if left is None else [f"¥{left.fen // 100:,}"]
        parts += [t("{n} h", n=min(hours))] if hours else []
        said = t("Offline quota: {left} left", left=" · ".join(parts))
        used_up = any(one.used_up for one in quotas)
        kind = "error" if used_up and offline else "warn" if used_up or offline else "idle"
        return (ChipState(said, kind),)


def short_name(name: str) -> str:
    """A device's name without the counters PC/SC appends, at most 18 characters."""
    plain = _NOISE.sub("", name).strip()
    return plain if len(plain) <= 18 else f"{plain[:17]}…"
