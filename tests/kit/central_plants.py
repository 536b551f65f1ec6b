"""Faults as somebody in a hurry would write them, planted into the real central ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, Uuid
from sqlalchemy.dialects.postgresql import insert

from cardstation.central import following, heads, ledger, posting, precedents
from cardstation.central.copying import Copied

Patch = pytest.MonkeyPatch


def ack_before_commit(patch: Patch) -> None:
    """The answer is given, and what it confirms never committed."""
    honest = ledger.transaction

    @contextmanager
    def forgetful(engine: Engine, **named: Any) -> Iterator[Connection]:
        with honest(engine, **named) as connection:
            yield connection
            begun = connection.get_transaction()
            assert begun is not None
            begun.rollback()

    patch.setattr(ledger, "transaction", forgetful)


class Skipping:
    """Writes what is copied, and passes over what is there already."""

    def __init__(self, honest: Copied) -> None:
        self._honest = honest

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        table, names = self._honest.table, self._honest.names
        for row in rows:
            said = dict(zip(names, row, strict=True))
            said |= {
                name: str(UUID(bytes=said[name]))
                for name in names
                if isinstance(table.c[name].type, Uuid) and said[name]
            }
            connection.execute(insert(table).values(said).on_conflict_do_nothing())


def conflicts_do_nothing(patch: Patch) -> None:
    """ON CONFLICT DO NOTHING: an entry that is there already, whatever it says, is skipped."""
    patch.setattr(following, "contradicts", lambda *_: False)
    for statement in ("_JOURNAL", "_POSTINGS"):
        patch.setattr(posting, statement, Skipping(getattr(posting, statement)))


def raced_loads_do_nothing(patch: Patch) -> None:
    """ON CONFLICT DO NOTHING: a load that another station posted meanwhile is skipped."""
    patch.setattr(precedents, "_LOADS", Skipping(precedents._LOADS))


def second_writer_of_a_head(patch: Patch) -> None:
    """Whoever posts only looks at the head of the station, and locks nobody out."""
    patch.setattr(ledger, "locked_head", heads._head)


def first_seal_forgotten(patch: Patch) -> None:
    """A return that names one desk's seal is not looked up for the other desk's."""
    patch.setattr(precedents, "_sealed_again", lambda *_: {})
