"""A card pulled mid-write, by the real services: what the window says, and what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from cardstation.ports.reader import Link
from tests.kit.cards import content
from tests.kit.window_torn import (
    BYTES,
    FINISHED,
    PULLED,
    REFUSED,
    WRITING,
    TornDesk,
    people,
    play,
    torn_desk,
    until,
)
from ui.screens.counter.state import Phase

WORDS = {
    "zh_CN": {
        WRITING: ("writing", "正在写卡，请勿取卡", "欧阳喆"),
        PULLED: (
            "needs_you",
            "写到一半卡被取走，请放回同一张卡",
            "卡号尾数 0017，放回去会接着写完，不会重复收钱。",
        ),
        FINISHED: ("done", "上次没写完的已写完，请取卡", "收据已打印"),
        REFUSED: (
            "needs_you",
            "这是另一张卡，请先放回刚才那张",
            "放回尾号 0017 的卡接着写；那张卡不在手边，按 F8 先放一边。",
        ),
    },
    "en": {
        WRITING: ("writing", "Writing, do not remove the card", "欧阳喆"),
        PULLED: (
            "needs_you",
            "The card was pulled out half-way: put the same card back",
            "Card ending in 0017: it will be finished, nothing is charged twice.",
        ),
        FINISHED: ("done", "Finished what was open: take the card", "receipt printed"),
        REFUSED: (
            "needs_you",
            "Finish the torn card first",
            "Put the card ending in 0017 back, or lay it aside with F8.",
        ),
    },
}


def texts_of(torn: TornDesk) -> str:
    window = torn.window
    labels, fields = window.findChildren(QLabel), window.findChildren(QLineEdit)
    banner = window.banner
    names = [one.accessibleName() for one in (*labels, *fields, banner)]
    said = [banner.state.title, banner.state.line, banner.accessibleDescription()]
    return "\n".join([*(one.text() for one in (*labels, *fields)), *names, *said])


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_pulled_put_back_finished_and_another_card_refused(tmp_path: Path, language: str) -> None:
    seen: dict[str, tuple[str, str, str]] = {}
    first, second = people()
    with torn_desk(tmp_path, language) as torn:

        def look(name: str) -> None:
            banner = torn.window.banner.state
            seen[name] = (banner.kind, banner.title, banner.line)
            if name in (PULLED, REFUSED):
                blank = texts_of(torn)
                for known in (first.name, first.account_no, first.card_no, "3-2-1201", "300"):
                    assert known not in blank, name
                assert second.name not in blank

        play(torn, look)
        assert first.name not in texts_of(torn)
        assert torn.desk.kinds() == ["clerk", "shift_opened", "paid", "armed", "sealed"]
        credit = content(torn.torn).credit
        assert credit is not None
        assert credit.purchase_counter == torn.desk.household().purchase_counter == 51
    assert list(seen) == [WRITING, PULLED, REFUSED, FINISHED]
    for name, (kind, title, line) in WORDS[language].items():
        assert seen[name][:2] == (kind, title), name
        assert line in seen[name][2], name


def test_the_torn_card_is_laid_aside_with_one_key_and_the_next_is_served(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with torn_desk(tmp_path) as torn:
        torn.sell_until_torn("300", lambda _name: None)
        before = torn.other.image
        torn.put_in(torn.other, Phase.STOPPED)
        assert torn.other.image == before
        torn.window.activateWindow()
        qtbot.waitUntil(torn.window.isActiveWindow)
        [aside] = [
            one
            for one in torn.window.view("counter").findChildren(QPushButton)
            if one.accessibleName() == "先放一边"
        ]
        assert aside.isVisible()
        qtbot.keyClick(torn.window, Qt.Key.Key_F8)
        until(lambda: torn.phase is Phase.READY)
        assert people()[1].name in texts_of(torn)
        assert not aside.isVisible()
        torn.window.session.look_round()
        until(lambda: torn.window.session.screens["exceptions"].badge == 1)
        torn.take_out(Phase.EMPTY)
        torn.put_in(torn.torn, Phase.DONE)
        torn.take_out(Phase.EMPTY)
        assert torn.desk.kinds() == ["clerk", "shift_opened", "paid", "armed", "sealed"]


class Swap:
    """A link before whose next exchange another card takes the first one's place."""

    def __init__(self, link: Link, torn: TornDesk) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self.close = link.close
        self._link, self._torn = link, torn

    def exchange(self, command: bytes) -> bytes:
        torn = self._torn
        if torn.torn.chip.changed_bytes >= BYTES:
            torn.desk.reader.wrap = None
            torn.torn.chip.arm(None)
            torn.desk.reader.pull()
            torn.desk.reader.insert(torn.other)
        return self._link.exchange(command)


def test_a_card_swapped_between_two_exchanges_is_not_written(tmp_path: Path) -> None:
    """The other card is in the reader before the window knows that the first one left."""
    with torn_desk(tmp_path) as torn:
        before = torn.other.image
        torn.desk.reader.wrap = lambda link: Swap(link, torn)
        torn.torn.chip.arm(None)
        torn.put_in(torn.torn, Phase.READY)
        torn.counter.model.type_amount("300")
        until(lambda: torn.counter.model.state.may_confirm)
        torn.counter.model.confirm()
        until(lambda: torn.phase is Phase.STOPPED)
        assert torn.window.banner.state.title == "这是另一张卡，请先放回刚才那张"
        assert torn.other.image == before
        assert torn.desk.kinds() == ["clerk", "shift_opened", "paid", "armed"]
