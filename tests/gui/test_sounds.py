"""Sounds tell three things apart without looking, and a stop is spoken where a voice is there."""

from __future__ import annotations

import itertools
import os
import struct
import wave
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import resources
from tests.kit.window_stage import Stage
from tests.kit.window_torn import until
from ui.screens.settings import SettingsModel, SettingsView
from ui.sounds import NAMES, SystemSounds

SLICES = 12
LOUD = 2000


def bursts(name: str) -> tuple[int, float]:
    """How often a sound swells, and how long it lasts, in seconds."""
    with wave.open(str(resources.path(f"sounds/{name}.wav"))) as file:
        raw, rate = file.readframes(file.getnframes()), file.getframerate()
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    step = max(1, len(samples) // SLICES)
    peaks = [max(map(abs, samples[at : at + step])) for at in range(0, len(samples), step)]
    swells = sum(later > 1.15 * before > 0 for before, later in itertools.pairwise([LOUD, *peaks]))
    return swells, len(samples) / rate


def test_each_sound_has_a_shape_of_its_own() -> None:
    shapes = {name: bursts(name) for name in NAMES}
    lengths = sorted(length for _, length in shapes.values())
    assert all(later > 1.1 * before for before, later in itertools.pairwise(lengths)), shapes
    assert shapes["wait"][1] < 0.5 * min(shapes[name][1] for name in NAMES if name != "wait")
    assert len({data_of(name) for name in NAMES}) == len(NAMES)


def data_of(name: str) -> bytes:
    return resources.path(f"sounds/{name}.wav").read_bytes()


@pytest.mark.parametrize(
    ("program", "language", "said"),
    [
        ("spd-say", "zh_CN", ["-w", "-l", "zh", "卡不在清单上。"]),
        ("espeak-ng", "zh_CN", ["-v", "cmn", "卡不在清单上。"]),
        ("spd-say", "en", ["-w", "-l", "en", "卡不在清单上。"]),
    ],
)
def test_a_stop_is_spoken_with_the_voice_of_this_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, language: str, said: list[str]
) -> None:
    heard, voice = tmp_path / "heard", tmp_path / program
    voice.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{heard}.part && mv {heard}.part {heard}\n')
    voice.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    sounds = SystemSounds(on=False)
    sounds.speak("卡不在清单上。", language, "1")
    sounds.on = True
    sounds.speak("卡不在清单上。", language, "1")
    until(lambda: heard.exists() and not sounds.speaking)
    assert heard.read_text("utf-8").splitlines() == said


@pytest.mark.parametrize("voices", [["spd-say"], []])
def test_without_a_voice_nothing_is_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voices: list[str]
) -> None:
    """No program is started, not even by a shell that would say that it knows none."""
    started: list[str] = []
    for voice in voices:
        (tmp_path / voice).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(QProcess, "start", lambda _own, program, _words: started.append(program))
    SystemSounds().speak("x", "en", "1")
    assert started == voices


class Voice:
    """A voice that says each sentence until it is let go on."""

    def __init__(self, folder: Path) -> None:
        self._said, self._gate, self.program = folder / "said", folder / "gate", folder / "spd-say"
        os.mkfifo(self._gate)
        said = f'for last; do :; done; echo "$last" >>{self._said}; read _ <{self._gate}'
        self.program.write_text(f"#!/bin/sh\n{said}\n")
        self.program.chmod(0o755)

    def says(self, *sentences: str) -> None:
        """Wait until so much was said, and hold that it was this."""
        until(lambda: self._said.exists() and len(self.said) >= len(sentences))
        assert self.said == list(sentences)

    @property
    def said(self) -> list[str]:
        return self._said.read_text("utf-8").splitlines()

    def go_on(self) -> None:
        self._gate.write_text("\n")


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voice:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    return Voice(tmp_path)


def test_sentences_are_heard_one_after_another_and_the_newest_of_each_reader(voice: Voice) -> None:
    sounds = SystemSounds()
    for who, text in (("1", "a"), ("2", "b"), ("3", "c"), ("1", "d"), ("2", "e"), ("4", "f")):
        sounds.speak(text, "en", who)
    sounds.hush("4")
    told = ("a", "e", "c", "d")
    for at in range(1, len(told) + 1):
        voice.says(*told[:at])
        voice.go_on()
    sounds.speak("g", "en", "1")
    voice.says(*told, "g")
    sounds.speak("never", "en", "1")
    sounds.on = False
    voice.go_on()
    until(lambda: not sounds.speaking)
    assert voice.said[-1] == "g"


def test_a_voice_that_hangs_or_does_not_start_keeps_no_other_sentence_back(
    voice: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds = SystemSounds()
    monkeypatch.setattr("ui.sounds.PATIENCE_MS", 50)
    sounds.speak("a", "en", "1")
    sounds.speak("b", "en", "2")
    voice.says("a", "b")
    until(lambda: not sounds.speaking)
    works = voice.program.read_text("utf-8")
    voice.program.write_text("#!/no/such/shell\n")
    sounds.speak("unheard", "en", "1")
    until(lambda: not sounds.speaking)
    voice.program.write_text(works)
    sounds.speak("c", "en", "1")
    voice.says("a", "b", "c")
    voice.go_on()
    until(lambda: not sounds.speaking)


@pytest.mark.parametrize("voices", [["spd-say"], []])
def test_settings_say_where_stops_are_tones_only(
    desk: Stage,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    voices: list[str],
) -> None:
    for name in voices:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    tools = replace(desk.session.tools, sounds=SystemSounds(on=True))
    view = SettingsView(SettingsModel(tools), desk.window.look)
    qtbot.addWidget(view)
    words = [one.text() for one in view.findChildren(QLabel)]
    assert any("没有语音" in one for one in words) is not bool(voices)
