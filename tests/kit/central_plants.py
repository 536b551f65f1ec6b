"""Faults as somebody in a hurry would write them, planted into the real central ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from cardstation.central import following, heads, ledger, posting, precedents

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


def conflicts_do_nothing(patch: Patch) -> None:
    """ON CONFLICT DO NOTHING: an entry that is there already, whatever it says, is skipped."""
    patch.setattr(following, "contradicts", lambda *_: False)
    for statement in ("_JOURNAL", "_POSTINGS"):
        patch.setattr(posting, statement, getattr(posting, statement).on_conflict_do_nothing())


def raced_loads_do_nothing(patch: Patch) -> None:
    """ON CONFLICT DO NOTHING: a load that another station posted meanwhile is skipped."""
    patch.setattr(precedents, "_LOADS", precedents._LOADS.on_conflict_do_nothing())


def second_writer_of_a_head(patch: Patch) -> None:
    """Whoever posts only looks at the head of the station, and locks nobody out."""
    patch.setattr(ledger, "locked_head", heads._head)


def first_seal_forgotten(patch: Patch) -> None:
    """A return that names one desk's seal is not looked up for the other desk's."""
    patch.setattr(precedents, "_sealed_again", lambda *_: {})
