"""Rows that another source told before: same number, amount and day under another name of it.

Names of channels and accounts are typed by people. What is told twice explains nothing twice: it
stands on the audit list until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Table, Text, any_, literal, select

from cardstation.central.console.visit import ZONE
from cardstation.central.reconcile.tables import bank_lines, channel_rows

_SAME_PURCHASE = ("card_no", "meter_no", "counter", "order_id")

Named = tuple[str, str]
"""Channel or account, and its own number of the row."""


def echoed_rows(connection: Connection, rows: Sequence[Row[Any]]) -> set[Named]:
    """Of rows of channels, those that an older file of another channel has."""
    return _echoed(connection, channel_rows, "channel", [row.ref for row in rows])


def echoed_lines(connection: Connection, refs: Sequence[str]) -> set[Named]:
    """Of lines of statements with these numbers, those an older file of another account has."""
    return _echoed(connection, bank_lines, "account", refs)


def _echoed(connection: Connection, table: Table, source: str, refs: Sequence[str]) -> set[Named]:
    among = any_(literal(sorted(set(refs)), ARRAY(Text)))
    query = select(table).where(table.c.ref == among).order_by(table.c.file)
    told: dict[tuple[str, int], list[Row[Any]]] = {}
    found: set[Named] = set()
    for row in connection.execute(query):
        before = told.setdefault((row.ref, row.fen), [])
        name = getattr(row, source)
        if any(getattr(one, source) != name and _same(one, row) for one in before):
            found.add((name, row.ref))
        before.append(row)
    return found


def _same(one: Row[Any], other: Row[Any]) -> bool:
    """Whether two rows may be the same movement: what only one of them says is no difference."""
    pairs: list[tuple[object, object]] = [(_day(one.at), _day(other.at))]
    pairs += [(getattr(one, n, ""), getattr(other, n, "")) for n in _SAME_PURCHASE]
    return all(left == right or left in (None, "") or right in (None, "") for left, right in pairs)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(ZONE).date()
