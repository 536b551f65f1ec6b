"""The store of one station: opened once for writing, or any number of times for reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from cardstation.errors import Defect, Mishap, Refusal, StationBusy, fail
from cardstation.sql.engine import (
    BUSY_TIMEOUT_MS,
    prover_engine,
    reader_engine,
    unforced,
    writer_engine,
)
from cardstation.store.anchor import Anchor
from cardstation.store.batches import Kept
from cardstation.store.damage import Damage, damage_of
from cardstation.store.lock import StationLock
from cardstation.store.schema import VERSION, prepare, version_of
from cardstation.store.seals import UNREADABLE
from cardstation.store.unit import Reading, Unit, told_when_not_written

FILE_NAME = "station.db"


class Store:
    """Everything the station knows, in `station.db`; see `open`.

    Attributes:
        begun: Numbers of the notes of pay-outs that were begun since it was opened, in this shift.
    """

    unit_kind: type[Unit] = Unit
    anchor_kind: type[Anchor] = Anchor

    def __init__(
        self, home: Path, lock: StationLock | None, anchor_at: Callable[[], Path] | None = None
    ) -> None:
        self.home = home
        self.anchor = self.anchor_kind(home, anchor_at)
        self.begun: set[int] = set()
        self._lock, self._file = lock, home / FILE_NAME
        self._turn = threading.RLock()
        self._batches: Kept = {}
        self._readers = reader_engine(home / FILE_NAME)
        self._provers = prover_engine(home / FILE_NAME)
        self._writer: Engine | None = None

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        read_only: bool = False,
        anchor_at: Callable[[], Path] | None = None,
    ) -> Store:
        """Open a data folder's store, making or migrating it where needed.

        Args:
            home: The data folder; made when missing.
            read_only: Do not take the station's lock; `unit()` is then a defect.
            anchor_at: Says where the rollback anchor is; by default in the data folder.

        Raises:
            StationBusy: another process writes. Refusal: `store_newer`. Mishap: `store_damaged`.
        """
        home.mkdir(parents=True, exist_ok=True)
        if read_only:
            _ensure_readable(cls, home)
            return cls(home, None, anchor_at)
        lock = StationLock(home)
        store = cls(home, lock, anchor_at)
        with ExitStack() as undo:
            undo.callback(store.close)
            store._begin_writing()
            undo.pop_all()
        return store

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One unit of work, undone unless its `commit` was called.

        Raises:
            Mishap: `store_full`, `store_not_written`: the disk took nothing of it.
        """
        writer = self._writer or fail("this store was opened for reading only")
        with self._turn, told_when_not_written(), writer.connect() as connection:
            yield self.unit_kind(connection)

    @contextmanager
    def passing_unit(self) -> Iterator[Unit]:
        """As `unit`, for what may be lost in a power cut: on the disk with the next unit's commit.

        Never for money, cards or persons, but for what the card itself says again. A later unit
        never stays without an earlier one.
        """
        writer = self._writer or fail("this store was opened for reading only")
        with (
            self._turn,
            told_when_not_written(),
            writer.connect() as connection,
            unforced(connection),
        ):
            yield self.unit_kind(connection)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One consistent look; sees every commit made before it began."""
        with self._readers.connect() as connection:
            yield Reading(connection, self._batches)

    @contextmanager
    def proving(self) -> Iterator[Reading]:
        """As `reading`, to read everything: what is unreadable is damage.

        Raises:
            Mishap: `store_damaged`.
        """
        path = self.home / FILE_NAME
        try:
            with self._provers.connect() as connection:
                yield Reading(connection)
        except (*UNREADABLE, KeyError, TypeError, Defect) as error:
            raise Mishap("store_damaged", file=str(path)) from error

    def damage(self) -> tuple[Damage, ...]:
        """Everything in the file that is not as this program made and left it.

        Raises:
            Mishap: `store_damaged`: not even the schema can be read.
        """
        path = self.home / FILE_NAME
        try:
            with self._provers.connect() as connection:
                return tuple(damage_of(connection))
        except UNREADABLE as error:
            raise Mishap("store_damaged", file=str(path)) from error

    def empty_log(self) -> bool:
        """Bring the write-ahead log into the file and empty it: it still holds what was removed.

        Returns:
            False while somebody reads; the log is emptied another time then.
        """
        writer = self._writer or fail("this store was opened for reading only")
        with self._turn, closing(writer.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")  # a reader is not waited for
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            cursor.close()
        return not busy

    def forget_copies(self) -> None:
        """Remove the copies that were made before migrations: they still hold what was removed."""
        for copy in self._file.parent.glob(f"{self._file.name}.v*"):
            copy.unlink(missing_ok=True)

    def close(self) -> None:
        """Close every connection and give the lock back; may be called twice."""
        self._readers.dispose()  # before the writer: the last to close empties the log
        self._provers.dispose()
        if self._writer is not None:
            self._writer.dispose()
            self._writer = None
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin_writing(self) -> None:
        path = self.home / FILE_NAME
        self._writer = writer_engine(path)
        try:
            prepare(self._writer, path)
        except UNREADABLE as error:
            raise Mishap("store_damaged", file=str(path)) from error


def _ensure_readable(kind: type[Store], home: Path) -> None:
    path = home / FILE_NAME
    version = 0
    if path.exists():
        with prover_engine(path).connect() as connection:
            try:
                version = version_of(connection)
            except UNREADABLE as error:
                raise Mishap("store_damaged", file=str(path)) from error
    if version > VERSION:
        raise Refusal("store_newer", file=str(path), version=version)
    if version < VERSION:
        try:
            kind.open(home).close()
        except StationBusy:
            if version == 0:
                raise
