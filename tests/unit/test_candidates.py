"""Whom a row may mean: what speaks for a household, and who is no candidate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.matching import Directory, candidates
from tests.kit.neighbours import BOOK, MENG, OU, row


@pytest.mark.parametrize(
    ("changed", "agrees", "partly", "differs"),
    [
        ({}, ("account", "card", "name", "door"), (), ()),
        ({"name": "别人"}, ("account", "card", "door"), (), ("name",)),
        ({"account_no": "", "card_no": ""}, ("name", "door"), (), ()),
        ({"account_no": "220103005687", "card_no": "", "name": ""}, ("door",), ("account",), ()),
        ({"account_no": "", "card_no": "", "name": "孟先生"}, ("door",), ("name",), ()),
        (
            {"account_no": "", "card_no": "", "name": "孟先生", "door": "3-601"},
            (),
            ("name", "door"),
            (),
        ),
    ],
)
def test_what_speaks_for_a_household(
    changed: dict[str, str],
    agrees: tuple[str, ...],
    partly: tuple[str, ...],
    differs: tuple[str, ...],
) -> None:
    first = candidates(row(**changed), BOOK)[0]
    assert first.household == MENG
    assert (first.agrees, first.partly, first.differs) == (agrees, partly, differs)


@pytest.mark.parametrize(
    "changed",
    [
        {"account_no": "", "card_no": "", "name": "孟先生", "door": ""},
        {"account_no": "220103005687", "card_no": "", "name": "", "door": ""},
        {"account_no": "", "card_no": "", "name": "", "door": ""},
    ],
)
def test_one_near_miss_is_no_candidate(changed: dict[str, str]) -> None:
    assert candidates(row(**changed), BOOK) == ()


def test_who_agrees_more_comes_first_and_nine_are_enough() -> None:
    doubles = [
        replace(OU, account_no=f"2201030050{at:02d}", name=MENG.name) for at in range(20, 40)
    ]
    book = Directory.of((MENG, *doubles), "净月新城")
    found = candidates(row(), book)
    assert (found[0].household, len(found)) == (MENG, 9)
