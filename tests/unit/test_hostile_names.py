"""A name from a list that would be code somewhere is ink on a paper, letter by letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cardstation.papers import receipt_80mm, receipt_a5
from tests.kit.papers import RECEIPT, pdftotext

NAMES = ("<b>李</b>&amp;", "{{7*7}}%s%n", "'; DROP TABLE x;--", "=1+1|cmd")
ACTIVE = (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/OpenAction")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm], ids=["A5", "80 mm"])
def test_a_hostile_name_is_printed_as_it_is(draw: object, name: str) -> None:
    assert callable(draw)
    pdf = draw(replace(RECEIPT, name=name), "zh_CN")
    assert re.sub(r"\s", "", name) in re.sub(r"\s", "", pdftotext(pdf))
    assert [one for one in ACTIVE if one in pdf] == []
