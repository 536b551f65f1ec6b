"""However a number was typed or scanned: one envelope is one number."""

from __future__ import annotations

import pytest

from cardstation.domain.envelopes import envelope_key

SAME = (
    "A1",
    "a1",
    "\uff21\uff11",
    "A 1",
    "A\u3000 1",
    "A1\u200b",
    "\ufeffA1",
    "\x02A1\r",
    "A1\ufe0f",
)


@pytest.mark.parametrize("written", SAME)
def test_one_number_in_all_its_widths_and_spaces(written: str) -> None:
    assert envelope_key(written) == "a1"


@pytest.mark.parametrize("written", ["A-1", "A11", "1A", "甲1", "A1/2"])
def test_other_numbers_stay_others(written: str) -> None:
    assert envelope_key(written) != "a1"


@pytest.mark.parametrize("written", ["", "  ", "\u3000", "\u200b\u2060", "\u3164"])
def test_nothing_that_is_seen_is_no_number(written: str) -> None:
    assert envelope_key(written) == ""
