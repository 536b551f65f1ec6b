"""The journal: entries as exact bytes in one hash chain, appended only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, bindparam, cast, func, select

from cardstation.domain.ledger import GENESIS, Entry, EntryKind, entry_hash
from cardstation.domain.payment import NO_GRANT_NEEDED
from cardstation.errors import ensure
from cardstation.sql.asked import Asked, adding, newest
from cardstation.store.tables import journal

FIRST_EPOCH = 1
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The last entry; seq 0 and `GENESIS` when there is none."""

    epoch: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry as it lies in the journal."""

    seq: int
    hash: str
    raw: bytes

    @property
    def entry(self) -> Entry:
        """The fact itself."""
        return Entry.from_bytes(self.raw)

    @property
    def written_at(self) -> datetime | None:
        """When it was written, None when its bytes are no entry."""
        try:
            return datetime.fromisoformat(self.entry.at)
        except (ValueError, KeyError, TypeError):
            return None


_LAST = Asked(select(journal).where(newest(journal.c.seq)))
_AT = Asked(select(journal).where(journal.c.seq == bindparam("seq")))
_ABOUT = Asked(
    select(journal).where(
        newest(
            journal.c.seq,
            journal.c.subject == bindparam("subject"),
            journal.c.kind == bindparam("kind"),
        )
    )
)
_PUT = adding(journal)
"""Asked several times for every card: made once."""


class Journal:
    """The journal of one unit of work or reading; its last entry is looked up once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looked = False
        self._last: StoredEntry | None = None
        self._epoch = FIRST_EPOCH

    def head(self) -> JournalHead:
        """The last entry."""
        last = self.last()
        if last is None:
            return JournalHead(FIRST_EPOCH, 0, GENESIS)
        return JournalHead(self._epoch, last.seq, last.hash)

    def last(self) -> StoredEntry | None:
        """The last entry itself."""
        if not self._looked:
            row = _LAST.first(self._connection)
            if row is not None:
                self._last, self._epoch = _stored(row), row.epoch
            self._looked = True
        return self._last

    def append(self, entry: Entry) -> StoredEntry:
        """Add the next entry of the chain.

        Raises:
            Defect: the entry does not follow the head.
        """
        head = self.head()
        ensure(entry.seq == head.seq + 1, "an entry follows the head without a gap")
        ensure(entry.prev_hash == head.hash, "an entry carries the hash of the one before")
        raw = entry.to_bytes()
        stored = StoredEntry(entry.seq, entry_hash(raw), raw)
        filed = {
            "epoch": entry.epoch,
            "entry_id": entry.entry_id,
            "subject": entry.subject,
            "kind": entry.kind.value,
            "batch_id": entry.batch,
        }
        return self._put(stored, filed)

    def adopt(self, raw: bytes) -> StoredEntry:
        """Add exact bytes of ours that the ledger holds and this journal lost.

        Bytes that are no entry keep their place too.

        Raises:
            Defect: they do not follow the head.
        """
        head = self.head()
        stored = StoredEntry(head.seq + 1, entry_hash(raw), raw)
        filed: dict[str, Any] = {"epoch": head.epoch, "entry_id": stored.hash}
        filed |= {"subject": "", "batch_id": "", "kind": UNREADABLE}
        try:
            entry = stored.entry
        except (ValueError, KeyError, TypeError):
            entry = None
        if entry is not None:
            ensure(entry.seq == stored.seq, "an entry follows the head without a gap")
            ensure(entry.prev_hash == head.hash, "an entry carries the hash of the one before")
            filed = {
                "epoch": entry.epoch,
                "entry_id": entry.entry_id,
                "subject": entry.subject,
                "kind": entry.kind.value,
                "batch_id": entry.batch,
            }
        return self._put(stored, filed)

    def _put(self, stored: StoredEntry, filed: dict[str, Any]) -> StoredEntry:
        row = {**filed, "seq": stored.seq, "hash": stored.hash, "raw": stored.raw}
        _PUT.write(self._connection, row)
        self._last, self._epoch, self._looked = stored, filed["epoch"], True
        return stored

    def at(self, seq: int) -> StoredEntry | None:
        """One entry by number."""
        row = _AT.first(self._connection, seq=seq)
        return None if row is None else _stored(row)

    def last_about(self, subject: str, kind: EntryKind) -> StoredEntry | None:
        """The latest fact of one kind about a top-up or payment."""
        row = _ABOUT.first(self._connection, subject=subject, kind=kind.value)
        return None if row is None else _stored(row)

    def first_about(self, subject: str, kind: EntryKind) -> StoredEntry | None:
        """The first fact of one kind about a top-up or payment."""
        of = (journal.c.subject == subject, journal.c.kind == kind.value)
        query = select(journal).where(*of).order_by(journal.c.seq).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else _stored(row)

    def since(self, seq: int, limit: int) -> tuple[StoredEntry, ...]:
        """Entries after `seq`, oldest first."""
        query = select(journal).where(journal.c.seq > seq).order_by(journal.c.seq).limit(limit)
        return tuple(map(_stored, self._connection.execute(query)))

    def every(self) -> Iterator[StoredEntry]:
        """The whole journal, oldest first."""
        return map(_stored, self._connection.execute(select(journal).order_by(journal.c.seq)))

    def misfiled(self) -> Iterator[int]:
        """Numbers of the entries whose columns say something else than their bytes."""
        for row in self._connection.execute(select(journal)):
            filed = (row.epoch, row.entry_id, row.subject, row.kind, row.batch_id)
            try:
                said = _stored(row).entry
            except (ValueError, KeyError, TypeError):
                continue
            if filed != (said.epoch, said.entry_id, said.subject, said.kind.value, said.batch):
                yield row.seq

    def has_more_than(self, count: int, kind: EntryKind) -> bool:
        """Whether more than `count` entries are of one kind; reads no further than it must."""
        query = select(journal.c.seq).where(journal.c.kind == kind.value)
        return self._connection.execute(query.limit(1).offset(count)).first() is not None

    def fen_since(self, seq: int, kind: EntryKind) -> int:
        """Sum of the money of the entries of one kind after `seq`."""
        fen = func.json_extract(cast(journal.c.raw, Text), "$.fen")
        query = select(func.sum(fen)).where(journal.c.seq > seq, journal.c.kind == kind.value)
        return int(self._connection.execute(query).scalar() or 0)

    def armed_since(self, seq: int) -> dict[str, tuple[int, str]]:
        """Own loads for money that were armed after `seq`: fen and card number by top-up.

        What takes a load back, a paid order, gas due, and what another station began are none.
        """
        said = cast(journal.c.raw, Text)
        fen, card_no = func.json_extract(said, "$.fen"), func.json_extract(said, "$.card_no")
        none_of = ("$.corrects", "$.origin")
        own = [func.coalesce(func.json_extract(said, name), "") == "" for name in none_of]
        query = select(journal.c.subject, fen, card_no).where(
            journal.c.seq > seq,
            journal.c.kind == EntryKind.ARMED.value,
            *own,
            func.json_extract(said, "$.tender").not_in(sorted(NO_GRANT_NEEDED)),
        )
        return {row[0]: (int(row[1]), row[2]) for row in self._connection.execute(query)}

    def granted_since(self, seq: int) -> int:
        """Litres of the gas that was granted after `seq`; what was withdrawn counts as well.

        And what tool cards may let through that were given out.
        """
        said = cast(journal.c.raw, Text)
        query = select(func.sum(func.json_extract(said, "$.litres"))).where(
            journal.c.seq > seq,
            journal.c.kind.in_((EntryKind.GAS_DUE.value, EntryKind.TOOL_CARD.value)),
            func.json_extract(said, "$.corrects") == "",
        )
        return int(self._connection.execute(query).scalar() or 0)

    def count_since(self, seq: int) -> int:
        """How many entries follow `seq`."""
        query = select(func.count()).select_from(journal).where(journal.c.seq > seq)
        return self._connection.execute(query).scalar_one()


def _stored(row: Row[Any]) -> StoredEntry:
    return StoredEntry(row.seq, row.hash, row.raw)
