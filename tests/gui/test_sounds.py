"""Sounds tell three things apart without looking, and a stop is spoken where a voice is there."""

from __future__ import annotations

import itertools
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
        ("spd-say", "zh_CN", ["-l", "zh", "卡不在清单上。"]),
        ("espeak-ng", "zh_CN", ["-v", "cmn", "卡不在清单上。"]),
        ("spd-say", "en", ["-l", "en", "卡不在清单上。"]),
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
    sounds.speak("卡不在清单上。", language)
    sounds.on = True
    sounds.speak("卡不在清单上。", language)
    until(heard.exists)
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
    monkeypatch.setattr(QProcess, "startDetached", lambda program, _words: started.append(program))
    SystemSounds().speak("x", "en")
    assert started == voices


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
