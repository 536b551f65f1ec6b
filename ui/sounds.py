"""Sounds: wait, take the card, done, needs you; and a sentence, where something here can speak."""

from __future__ import annotations

import shutil
import sys
from typing import Protocol

from PySide6.QtCore import QProcess, QTimer

import resources

NAMES = ("ok", "stop", "remove-card", "wait")
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"))
SPEAKERS = (
    ("spd-say", "-w", "-l", "{language}", "{text}"),
    ("espeak-ng", "-v", "{voice}", "{text}"),
)
VOICES = {"zh_CN": ("zh", "cmn"), "en": ("en", "en")}
PATIENCE_MS = 20_000
"""A voice that says one sentence for longer than this hangs: it is ended for the next one."""


class Sounds(Protocol):
    """Says a state aloud."""

    @property
    def has_voice(self) -> bool:
        """Whether sentences are heard, too."""

    def play(self, name: str) -> None:
        """Start one of `NAMES` and return at once. Never raises."""

    def speak(self, text: str, language: str, source: str) -> None:
        """Say a sentence aloud, after those before it, and return at once. Never raises.

        Args:
            text: The sentence.
            language: It is in.
            source: Who says it, a reader: its sentence that still waits is said no more.
        """

    def hush(self, source: str) -> None:
        """What this one had to say, and still waits, is said no more."""


class Silence:
    """Says nothing, and nobody misses a voice."""

    has_voice = True

    def play(self, name: str) -> None:
        """Nothing."""

    def speak(self, text: str, language: str, source: str) -> None:
        """Nothing."""

    def hush(self, source: str) -> None:
        """Nothing."""


class SystemSounds:
    """Plays with the system's own player, or not at all where there is none.

    Qt's own sound classes are in QtMultimedia, which is not in the wheel we use.
    """

    def __init__(self, *, on: bool = True) -> None:
        self._player = next((one for one in PLAYERS if shutil.which(one[0])), None)
        self._speaker = next((one for one in SPEAKERS if shutil.which(one[0])), None)
        self.on = on
        self._waiting: dict[str, list[str]] = {}
        self._voice, self._patience = QProcess(), QTimer(singleShot=True)
        for stream in (self._voice.setStandardOutputFile, self._voice.setStandardErrorFile):
            stream(QProcess.nullDevice())
        self._voice.finished.connect(self._say_next)
        self._voice.errorOccurred.connect(self._went_wrong)
        self._patience.timeout.connect(self._voice.kill)

    @property
    def has_voice(self) -> bool:
        """See `Sounds`."""
        return self._speaker is not None

    def play(self, name: str) -> None:
        """Start a sound."""
        if not self.on:
            return
        place = str(resources.path(f"sounds/{name}.wav"))
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(place, winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif self._player is not None:
            QProcess.startDetached(self._player[0], [*self._player[1:], place])

    @property
    def speaking(self) -> bool:
        """A sentence is being said."""
        return self._voice.state() is not QProcess.ProcessState.NotRunning

    def speak(self, text: str, language: str, source: str) -> None:
        """With the system's own voice, one sentence at a time; see `Sounds`."""
        if not self.on or self._speaker is None:
            return
        short, voice = VOICES.get(language, VOICES["en"])
        told = {"{language}": short, "{voice}": voice, "{text}": text}
        self._waiting[source] = [told.get(word, word) for word in self._speaker]
        if not self.speaking:
            self._say_next()

    def hush(self, source: str) -> None:
        """See `Sounds`."""
        self._waiting.pop(source, None)

    def _say_next(self) -> None:
        self._patience.stop()
        if not self.on:
            self._waiting.clear()
        if self._waiting:
            program, *words = self._waiting.pop(next(iter(self._waiting)))
            self._patience.start(PATIENCE_MS)
            self._voice.start(program, words)

    def _went_wrong(self, error: QProcess.ProcessError) -> None:
        """A voice that never started does not end either."""
        if error is QProcess.ProcessError.FailedToStart:
            self._say_next()
