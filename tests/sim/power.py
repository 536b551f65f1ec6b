"""Power cuts at a station: every effect is a boundary, and one of them may be the last.

A boundary is a store commit, an anchor write, an exchange with the card, a payment call or a
message to the ledger. What is cut here dies whole: the process is gone, its memory with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from cardstation.errors import CardRemoved
from cardstation.ports.reader import Link
from cardstation.store import Store, Unit
from cardstation.store.anchor import Anchor
from drivers.virtual import VirtualCard
from drivers.virtual.tear import Moment, Tear


class PowerCut(BaseException):
    """The process is gone; nothing may catch this."""


@dataclass
class Fuse:
    """Counts boundaries down; at zero the station dies before, inside or after the effect.

    Attributes:
        left: Boundaries still passed, None = the power holds.
        lost: Only the confirmation is lost: the process lives on without it, where it can.
    """

    left: int | None = None
    moment: Moment = Moment.BEFORE
    lost: bool = False
    seed: int = 0

    def light(self, chance: Random, most: int) -> None:
        """Set the fuse somewhere within the next effects."""
        self.left = chance.randrange(most)
        self.moment = chance.choice((Moment.BEFORE, Moment.INSIDE, Moment.AFTER))
        self.lost = chance.random() < 0.3
        self.seed = chance.randrange(1 << 16)

    def out(self) -> None:
        """No cut is planned any more."""
        self.left = None

    @property
    def due(self) -> bool:
        """Count one boundary; True at the one that is cut."""
        if self.left is None:
            return False
        self.left -= 1
        if self.left >= 0:
            return False
        self.left = None
        return True

    @contextmanager
    def effect(self, lost: BaseException | None = None) -> Iterator[None]:
        """An effect: cut before or after it, or with its confirmation lost."""
        due = self.due
        if due and self.moment is Moment.BEFORE:
            raise PowerCut
        yield
        if due and lost is not None and self.lost:
            raise lost
        if due:
            raise PowerCut


def store_under(fuse: Fuse) -> type[Store]:
    """A store whose commits and anchor writes are boundaries."""

    class UnitUnderFuse(Unit):
        def commit(self) -> None:
            with fuse.effect():
                super().commit()

    class AnchorUnderFuse(Anchor):
        def write(self, *args: Any, **named: Any) -> None:
            with fuse.effect():
                super().write(*args, **named)

    class StoreUnderFuse(Store):
        unit_kind = UnitUnderFuse
        anchor_kind = AnchorUnderFuse

        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self._readers = quick(self._readers, kept=True)
            self._provers = quick(self._provers)

        def _begin_writing(self) -> None:
            super()._begin_writing()
            assert self._writer is not None
            self._writer = quick(self._writer)

    return StoreUnderFuse


_COMPILED: LRUCache[Any, Any] = LRUCache(2_000)
_DIALECT: list[Any] = []


def quick(engine: Engine, *, kept: bool = False) -> Engine:
    """The same engine for stores that are opened by the thousand: what one compiled serves all.

    Args:
        engine: Of the product. kept: Keep its connections for the next look.
    """
    if not _DIALECT:
        with engine.connect():
            _DIALECT.append(engine.dialect)
    engine.dialect = _DIALECT[0]
    if kept:
        pool = engine.pool
        engine.pool = QueuePool(
            pool._creator, pool_size=3, dialect=_DIALECT[0], _dispatch=pool.dispatch
        )
    engine._has_events = False
    made = engine.execution_options(compiled_cache=_COMPILED)
    made._connection_cls = QuickConnection
    return made


class QuickConnection(Connection):
    """A connection that tells nobody what it does, but where a transaction begins."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, _has_events=False)

    def _begin_impl(self, transaction: Any) -> None:  # noqa: ARG002
        for begin in self.engine.dispatch.begin:
            begin(self)

    def exec_driver_sql(self, statement: str, *how: Any, **named: Any) -> Any:
        """As always; what begins a transaction has no answer to wrap."""
        if statement.startswith("BEGIN"):
            assert self._dbapi_connection is not None
            return self._dbapi_connection.dbapi_connection.execute(statement)
        return super().exec_driver_sql(statement, *how, **named)


class LinkUnderFuse:
    """A link whose every exchange is a boundary; inside it the chip stops at any sub-step."""

    def __init__(self, link: Link, fuse: Fuse, card: VirtualCard) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._fuse, self._card = link, fuse, card
        self._dead = False

    def exchange(self, command: bytes) -> bytes:
        if self._dead:
            raise CardRemoved(reader=self.reader)
        if not self._fuse.due:
            return self._link.exchange(command)
        moment, lost = self._fuse.moment, self._fuse.lost
        if moment is Moment.BEFORE:
            raise PowerCut
        if moment is Moment.INSIDE:
            self._card.chip.arm(Tear(self._fuse.seed % 24, Moment.INSIDE, self._fuse.seed))
        try:
            self._link.exchange(command)
        except CardRemoved:
            self._dead = True
            if lost:
                raise
            raise PowerCut from None
        if lost:
            self._dead = True
            raise CardRemoved(reader=self.reader)
        raise PowerCut

    def close(self) -> None:
        self._link.close()
