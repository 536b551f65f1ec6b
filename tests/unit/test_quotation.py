"""The payment reference: short, with a check digit, found again in what a bank prints."""

from __future__ import annotations

import pytest

from cardstation.domain.check_digit import luhn_digit, luhn_ok
from cardstation.domain.quotation import (
    grouped,
    payment_reference,
    references_in,
    signed_order,
)

REFERENCE = payment_reference(1, "2026-11-24-01", 2)


def test_a_reference_names_station_day_batch_and_quote() -> None:
    assert REFERENCE[:-1] == "0012611240102"
    assert luhn_ok(REFERENCE)
    assert grouped(REFERENCE) == f"001 261124 01 02 {REFERENCE[-1]}"


@pytest.mark.parametrize("at", range(14))
def test_one_wrong_digit_is_noticed(at: int) -> None:
    for digit in "0123456789":
        written = REFERENCE[:at] + digit + REFERENCE[at + 1 :]
        assert references_in(written) == ((REFERENCE,) if written == REFERENCE else ())


@pytest.mark.parametrize(
    "text",
    [REFERENCE, grouped(REFERENCE), f"附言：{grouped(REFERENCE)}，物业", f"CS {REFERENCE} 11月"],
)
def test_a_reference_is_found_in_a_transfers_text(text: str) -> None:
    assert references_in(text) == (REFERENCE,)


@pytest.mark.parametrize("text", ["", "4200001234202611241234567890", "00126", "转账"])
def test_a_banks_own_number_is_no_reference(text: str) -> None:
    assert references_in(text) == ()


def test_every_number_has_one_check_digit() -> None:
    for number in ("1", "79", "0012611240102"):
        assert [d for d in "0123456789" if luhn_ok(number + d)] == [luhn_digit(number)]


def test_the_signed_order_comes_first_and_the_list_after() -> None:
    assert signed_order((5, 2, 9), (1, 2, 3, 5)) == (5, 2, 1, 3)
