"""PINs, locks, lists and tills as plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import (
    LOCKED_S,
    OpenItem,
    cash_of,
    difference,
    digest_of,
    ensure_good_pin,
    locked_for_s,
)
from cardstation.errors import Defect, Refusal
from cardstation.services.station import NoPins
from tests.kit.desk import SHANGHAI

AT = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
ITEM = OpenItem("one", "paid_not_loaded", "220104000017", "88013025000017", "", Money(100), AT)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "pin_short"),
        ("58392", "pin_short"),
        ("58392x", "pin_short"),
        ("５８３９２０", "pin_short"),
        ("583920\n", "pin_short"),
        ("5" * 33, "pin_short"),
        ("000000", "pin_simple"),
        ("121212", "pin_simple"),
        ("123123", "pin_simple"),
        ("1231231", "pin_simple"),
        ("123456", "pin_simple"),
        ("890123", "pin_simple"),
        ("654321", "pin_simple"),
        ("210987", "pin_simple"),
    ],
)
def test_a_pin_that_is_guessed_first_is_not(pin: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        ensure_good_pin(pin)
    assert refused.value.code == code
    assert not pin or pin not in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "wall_s", "monotonic_s", "same_boot", "left_s"),
    [
        (0, 0, 0, True, 0),
        (4, 0, 0, True, 0),
        (5, 0, 0, True, LOCKED_S),
        (5, 60, 60, True, LOCKED_S - 60),
        (5, 899.5, 899.5, True, 1),
        (5, 900, 900, True, 0),
        (5, 86_400, 60, True, LOCKED_S - 60),
        (5, -86_400, 900, True, 0),
        (6, 0, 0, True, 0),
        (10, 0, 0, True, LOCKED_S),
        (5, 86_400, 60, False, LOCKED_S - 60),
        (5, 60, 86_400, False, LOCKED_S - 60),
        (5, 900, 900, False, 0),
        (5, -86_400, 86_400, False, LOCKED_S),
    ],
)
def test_how_long_a_pin_stays_locked(
    wrong: int, wall_s: float, monotonic_s: float, same_boot: bool, left_s: int
) -> None:
    told = locked_for_s(wrong, wall_s=wall_s, monotonic_s=monotonic_s, same_boot=same_boot)
    assert told == left_s


def test_a_digest_is_of_what_is_open_and_of_nothing_else() -> None:
    other = replace(ITEM, subject="two")
    assert digest_of([ITEM, other]) == digest_of([other, ITEM])
    assert digest_of([]) != digest_of([ITEM]) != digest_of([ITEM, ITEM])
    for change in ({"code": "disputed"}, {"money": Money(101)}, {"subject": "three"}):
        values: dict[str, Any] = change
        assert digest_of([replace(ITEM, **values)]) != digest_of([ITEM])


def test_two_lists_differ_by_what_came_and_what_went() -> None:
    two, three = replace(ITEM, subject="two"), replace(ITEM, subject="three")
    assert difference([ITEM, two], [two, three]) == (["three"], ["one"])
    assert difference([ITEM], [ITEM]) == ([], [])
    changed = replace(ITEM, code="disputed")
    assert difference([ITEM], [changed]) == (["one"], ["one"])


def fact(kind: EntryKind, **values: Any) -> Entry:
    return Entry("id", "S001", 1, 1, "0" * 64, kind, "s", AT.isoformat(), "boot", 0, "a", **values)


@pytest.mark.parametrize(
    ("entry", "fen"),
    [
        (fact(EntryKind.PAID, fen=9744, balance_fen=256, tender="cash"), 10_000),
        (fact(EntryKind.PAID, fen=9744, balance_fen=256, tender="qr_code"), 0),
        (fact(EntryKind.PAID, fen=9744, tender="batch", batch="b"), 0),
        (fact(EntryKind.RECEIVED, fen=77_000, tender="cash", batch="b"), 77_000),
        (fact(EntryKind.RECEIVED, fen=77_000, tender="bank_transfer", batch="b"), 0),
        (fact(EntryKind.REFUNDED, fen=9744, balance_fen=256, tender="cash"), -10_000),
        (fact(EntryKind.REFUNDED, fen=9744, tender="qr_code"), 0),
        (fact(EntryKind.SEALED, fen=9744, tender="cash"), 0),
        (fact(EntryKind.SHIFT_OPENED, fen=50_000, tender="cash"), 0),
    ],
)
def test_the_cash_of_a_fact(entry: Entry, fen: int) -> None:
    assert cash_of([entry]) == Money(fen)
    assert cash_of([entry, entry]) == Money(2 * fen)
    assert cash_of([]) == NO_MONEY


def test_a_station_without_pins_lets_nobody_in() -> None:
    assert not NoPins().matches("", "")
    with pytest.raises(Defect):
        NoPins().hash("583920")
