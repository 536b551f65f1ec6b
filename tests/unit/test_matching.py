"""Whom a row means: three witnesses that agree, and none that points elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.matching import Directory, community_of, identify
from cardstation.domain.money import Money
from cardstation.domain.preflight import preflight
from cardstation.domain.volume import Volume
from tests.kit.neighbours import BOOK, COMMUNITIES, FAR, MENG, OU, row, terms


@pytest.mark.parametrize(
    ("changed", "ground", "forgiven"),
    [
        ({}, "account_card_name", ()),
        ({"door": ""}, "account_card_name", ()),
        ({"door": "601室"}, "account_card_name", ()),
        ({"name": ""}, "account_card_door", ()),
        ({"name": "孟先生"}, "account_card_door", ("name_abbreviated",)),
        ({"card_no": ""}, "account_name_door", ("no_card_number",)),
        ({"card_no": "88017482005683"}, "account_name_door", ("card_mistyped",)),
        ({"card_no": "8.80175E+13"}, "account_name_door", ("card_mistyped",)),
        ({"account_no": ""}, "card_name_door", ("no_account_number",)),
        ({"account_no": "220103005687"}, "card_name_door", ("account_mistyped",)),
        ({"account_no": "0220103005686"}, "account_card_name", ()),
    ],
)
def test_three_witnesses_are_certain(
    changed: dict[str, str], ground: str, forgiven: tuple[str, ...]
) -> None:
    match = identify(row(**changed), BOOK)
    assert (match.household, match.ground, match.slips) == (MENG, ground, forgiven)
    (line,) = preflight([row(**changed)], BOOK, terms())
    assert (line.verdict, line.reasons) == (Verdict.READY, forgiven)
    assert (line.account_no, line.card_no) == (MENG.account_no, MENG.card_no)
    assert (line.money, line.volume) == (Money(10_000), Volume.of_m3("35"))


@pytest.mark.parametrize(
    ("changed", "doubts"),
    [
        ({"card_no": OU.card_no}, ("card_differs",)),
        ({"account_no": OU.account_no}, ("card_differs", "name_differs", "door_differs")),
        ({"account_no": OU.account_no, "card_no": OU.card_no}, ("name_differs", "door_differs")),
        ({"name": OU.name}, ("name_differs",)),
        ({"door": "12-4-1004"}, ("door_differs",)),
        ({"door": "阳光花园3-2-601"}, ("community_differs",)),
        ({"door": "3-2-601东"}, ("door_not_readable",)),
        ({"card_no": "88017482115692"}, ("household_not_certain", "check_digit_wrong")),
        ({"account_no": "220199999990"}, ("household_not_certain",)),
        ({"card_no": "1.23456E+13"}, ("household_not_certain", "check_digit_wrong")),
        ({"name": "孟先生", "door": ""}, ("household_not_certain", "name_abbreviated")),
        ({"name": "", "door": ""}, ("household_not_certain",)),
        ({"card_no": "", "door": ""}, ("household_not_certain", "no_card_number")),
        (
            {"card_no": "", "account_no": ""},
            ("household_not_certain", "no_account_number", "no_card_number"),
        ),
        (
            {"card_no": "", "name": "孟女士"},
            ("household_not_certain", "no_card_number", "name_abbreviated"),
        ),
    ],
)
def test_less_than_that_is_a_question(changed: dict[str, str], doubts: tuple[str, ...]) -> None:
    match = identify(row(**changed), BOOK)
    assert match.household is None
    assert (*match.doubts, *match.slips) == doubts
    (line,) = preflight([row(**changed)], BOOK, terms())
    assert line.verdict is Verdict.HUMAN
    assert line.volume is None
    assert line.account_no == changed.get("account_no", MENG.account_no)


def test_another_community_is_elsewhere() -> None:
    match = identify(
        row(account_no=FAR.account_no, card_no=FAR.card_no, name=FAR.name, door="3-2-601"), BOOK
    )
    assert match.doubts == ("community_differs",)
    anywhere = Directory.of((MENG, OU, FAR), "", COMMUNITIES)
    assert identify(row(), anywhere).household is MENG


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"account_no": "220199999990", "card_no": "88", "name": "无", "door": ""}, 2),
        ({"account_no": "220199999990", "card_no": "", "name": "无", "door": "9-9-9"}, 1),
        ({"account_no": "", "card_no": "", "name": "无", "door": "3-2-601"}, 1),
        ({"account_no": "", "card_no": "", "name": "", "door": "?"}, 1),
    ],
)
def test_an_unknown_household_is_blocked(changed: dict[str, str], reasons: int) -> None:
    (line,) = preflight([row(**changed)], BOOK, terms())
    assert line.verdict is Verdict.BLOCKED
    assert line.reasons == ("unknown_household", "check_digit_wrong")[:reasons]
    assert line.money == Money(10_000)


def test_a_card_number_two_households_share_proves_nothing_alone() -> None:
    twin = replace(OU, card_no=MENG.card_no)
    book = Directory.of((MENG, twin), "净月新城", COMMUNITIES)
    assert identify(row(), book).household is MENG
    assert identify(row(account_no=""), book).household is MENG
    assert identify(row(account_no="", door=""), book).household is None


def test_where_a_list_comes_from() -> None:
    assert community_of([MENG, MENG, OU, OU, FAR], (), COMMUNITIES) == "净月新城"
    assert community_of([MENG, OU, FAR, FAR], ("净月新城",), COMMUNITIES) == ""
    assert community_of([], ("净月新城11月收卡",), COMMUNITIES) == "净月新城"
    assert community_of([], ("", "铁北二路"), COMMUNITIES) == "铁北二路家属楼"
    assert community_of([], ("净月新城与阳光花园",), COMMUNITIES) == ""
    assert community_of([], (), COMMUNITIES) == ""
