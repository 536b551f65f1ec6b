"""The Luhn check digit that ends card and account numbers (ISO/IEC 7812-1, annex B)."""

from __future__ import annotations


def luhn_ok(number: str) -> bool:
    """True when the last digit fits the others: any single wrong digit is noticed.

    A valid number of a neighbour passes; this never proves who is meant (DESK-RULES 7).
    """
    if len(number) < 2 or not (number.isascii() and number.isdecimal()):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def luhn_digit(number: str) -> str:
    """The digit to put behind a number so that it passes."""
    return next(digit for digit in "0123456789" if luhn_ok(number + digit))


def slips(written: str, meant: str) -> int:
    """How many slips of the finger turn one number into the other.

    A slip replaces, loses or adds one digit, or swaps two neighbours (optimal string alignment).
    """
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, digit in enumerate(written, start=1):
        before_that, before, row = before, row, [i]
        for j, wanted in enumerate(meant, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (digit != wanted))
            if i > 1 and j > 1 and digit == meant[j - 2] and written[i - 2] == wanted:
                best = min(best, before_that[j - 2] + 1)
            row.append(best)
    return row[-1]


def is_mistyped(written: str, meant: str) -> bool:
    """True when `written` is certainly `meant` with a slip or two, and nobody's own number.

    A number with a good check digit may be another real card: only the one slip the digit does
    not notice (09 for 90) is taken as a slip then.
    """
    if not luhn_ok(written):
        return 0 < slips(written, meant) <= 2
    return sorted(written) == sorted(meant) and slips(written, meant) == 1
