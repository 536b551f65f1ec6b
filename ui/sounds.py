"""Sounds: wait, take the card, done, needs you; and a sentence, where something here can speak."""

from __future__ import annotations

import shutil
import sys
from typing import Protocol

from PySide6.QtCore import QProcess

import resources

NAMES = ("ok", "stop", "remove-card", "wait")
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"))
SPEAKERS = (("spd-say", "-l", "{language}", "{text}"), ("espeak-ng", "-v", "{voice}", "{text}"))
VOICES = {"zh_CN": ("zh", "cmn"), "en": ("en", "en")}


class Sounds(Protocol):
    """Says a state aloud."""

    @property
    def has_voice(self) -> bool:
        """Whether sentences are heard, too."""

    def play(self, name: str) -> None:
        """Start one of `NAMES` and return at once. Never raises."""

    def speak(self, text: str, language: str) -> None:
        """Say a sentence aloud and return at once, where this system can. Never raises."""


class Silence:
    """Says nothing, and nobody misses a voice."""

    has_voice = True

    def play(self, name: str) -> None:
        """Nothing."""

    def speak(self, text: str, language: str) -> None:
        """Nothing."""


class SystemSounds:
    """Plays with the system's own player, or not at all where there is none.

    Qt's own sound classes are in QtMultimedia, which is not in the wheel we use.
    """

    def __init__(self, *, on: bool = True) -> None:
        self._player = next((one for one in PLAYERS if shutil.which(one[0])), None)
        self._speaker = next((one for one in SPEAKERS if shutil.which(one[0])), None)
        self.on = on

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

    def speak(self, text: str, language: str) -> None:
        """Start to speak with the system's own voice."""
        if not self.on or self._speaker is None:
            return
        short, voice = VOICES.get(language, VOICES["en"])
        told = {"{language}": short, "{voice}": voice, "{text}": text}
        words = [told.get(word, word) for word in self._speaker]
        QProcess.startDetached(words[0], words[1:])
