"""Arrays reach the database as they are, whatever is in them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from tests.kit.postgres import Books

pytest_plugins = ("tests.kit.ledger_fixtures",)

AWKWARD = ["", "NULL", "null", "a,b", "{}", '"', "\\", "\n\t", " 长 ", "\x7f", "\N{GRINNING FACE}"]


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("text", AWKWARD),
        ("text", [word for word in AWKWARD if "\\" not in word and '"' not in word]),
        ("text", ["plain", None]),
        ("int8", [0, -1, 2**63 - 1, -(2**63)]),
        ("date", [date(2026, 11, 24), date(1, 1, 1)]),
        ("bool", [True, False]),
        ("text", []),
    ],
)
def test_an_array_comes_back_as_it_was_sent(
    ledger_books: Books, kind: str, items: list[object]
) -> None:
    asked = text(f"SELECT CAST(:items AS {kind}[])")
    with ledger_books.engine.connect() as connection:
        assert connection.scalar(asked, {"items": items}) == items
