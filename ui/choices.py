"""What the operator chose for this desk: language, theme, sound, and the rest of the settings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from cardstation.errors import CardStationError
from ui.desk_services import DeskServices, DeskSettings
from ui.lane import Lane
from ui.messages import MessageBoard


class Choices(QObject):
    """Owns the settings; every change holds at once and is kept.

    Attributes:
        changed: Something else was chosen. look_changed: Language or theme was.
    """

    changed = Signal()
    look_changed = Signal()

    def __init__(self, services: DeskServices, lane: Lane, board: MessageBoard) -> None:
        super().__init__()
        self._services, self._lane, self._board = services, lane, board
        self._state = services.settings

    @property
    def state(self) -> DeskSettings:
        """What holds now."""
        return self._state

    def choose_language(self, language: str) -> None:
        """`zh_CN` or `en`."""
        self._take(replace(self._state, language=language))

    def choose_theme(self, theme: str) -> None:
        """`light` or `dark`."""
        self._take(replace(self._state, theme=theme))

    def choose_scale(self, scale: int) -> None:
        """Per cent; takes effect at the next start."""
        self._take(replace(self._state, scale=scale))

    def choose_sound(self, *, on: bool) -> None:
        """Whether states are also heard."""
        self._take(replace(self._state, sound=on))

    def choose_printer(self, printer: str) -> None:
        """Name of a queue, empty = papers go to the folder only."""
        self._take(replace(self._state, printer=printer))

    def choose_pace(self, pace_s: float) -> None:
        """Seconds between two cards of the training rack."""
        self._take(replace(self._state, pace_s=pace_s))

    def choose_dialect(self, reader: str, dialect: str) -> None:
        """How a reader is spoken to; empty = by its name."""
        dialects = dict(self._state.dialects or {})
        dialects[reader] = dialect
        self._take(replace(self._state, dialects=dialects))

    def _take(self, chosen: DeskSettings) -> None:
        before, self._state = self._state, chosen
        if chosen == before:
            return
        self._lane.ask(lambda: self._services.save_settings(chosen), _kept, self._refused)
        if (chosen.language, chosen.theme) != (before.language, before.theme):
            self.look_changed.emit()
        self.changed.emit()

    def _refused(self, error: CardStationError) -> None:
        self._board.tell(error)


def _kept(_result: object) -> None:
    """Nothing to say."""
