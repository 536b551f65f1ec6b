"""The keyboard map fits the smallest screen: columns of about one length, no key cut."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from cardstation.i18n import translator
from tests.gui.conftest import Open
from tests.kit.window_stage import application
from ui.parts.key_map import in_columns
from ui.parts.keys import key_groups


def test_columns_keep_the_reading_order_and_leave_none_out() -> None:
    groups = list(key_groups(translator("en")))
    parts = in_columns(groups)
    assert [group for part in parts for group in part] == groups
    assert all(parts)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_key_has_its_full_height(open_desk: Open, language: str) -> None:
    shown = open_desk(language).window.show_keys()
    caps = [one for one in shown.findChildren(QLabel) if one.property("keycap")]
    assert len(caps) == sum(len(group.keys) for group in shown.groups)
    application().processEvents()
    assert all(one.height() >= one.sizeHint().height() for one in caps)
    words = [one for one in shown.findChildren(QLabel) if one.isVisible()]
    cut = [one.text() for one in words if one.width() < one.sizeHint().width()]
    assert not cut, "a column is too narrow for its keys and words"
    shown.close_map()
