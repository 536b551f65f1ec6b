"""Messages: anything may say a code; one board holds what is said, one strip draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.i18n import Field


@dataclass(frozen=True, slots=True)
class Problem:
    """A code with its facts: what a screen keeps of an error.

    Attributes:
        tone: `warn` when the rules said no, `error` when the world or we failed.
    """

    code: str
    values: Mapping[str, Field] = field(default_factory=dict)
    advice: str = ""
    tone: str = "error"

    @classmethod
    def of(cls, error: CardStationError) -> Problem:
        """What happened, as a value."""
        tone = "warn" if isinstance(error, Refusal) else "error"
        return cls(error.code, dict(error.values), error.advice, tone)

    def bare(self) -> Problem:
        """The same without facts: nothing in it names a household or a card."""
        return Problem(self.code, {}, self.advice, self.tone)

    def as_error(self) -> CardStationError:
        """An error that `sentences.of_error` can put into words."""
        known = {k: v for k, v in self.values.items() if v is None or isinstance(v, str | int)}
        return Defect(self.code, advice=self.advice, **known)


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the message strip.

    Attributes:
        text: English sentence of the catalogue, or empty when `problem` says it all.
        tone: `ok`, `warn`, `error` or `idle`.
    """

    text: str = ""
    tone: str = "idle"
    fields: Mapping[str, Field] = field(default_factory=dict)
    problem: Problem | None = None


class MessageBoard(QObject):
    """Holds the one message that is shown; a newer one takes its place."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._note: Note | None = None

    @property
    def note(self) -> Note | None:
        """What is said now."""
        return self._note

    def say(self, text: str, tone: str = "ok", **fields: Field) -> None:
        """Say an English sentence of the catalogue."""
        self.show(Note(text, tone, fields))

    def tell(self, error: CardStationError) -> None:
        """Say what happened."""
        problem = Problem.of(error)
        self.show(Note("", problem.tone, {}, problem))

    def clear(self) -> None:
        """Say nothing."""
        self.show(None)

    def show(self, note: Note | None) -> None:
        """Say what was said elsewhere already."""
        if note != self._note:
            self._note = note
            self.changed.emit()
