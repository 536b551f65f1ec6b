"""Takes the files of channels and banks: one person brings a file, a treasurer accepts it.

Until it is accepted a file counts for nothing. The same file again changes nothing, whatever it is
called, and a row that another file brought already is the same purchase: it is known by the
channel's own number. A source is known by its letters and digits; its first file makes it known.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, Connection, Text, any_, insert, literal, select, text

from cardstation.central.console.audit import plain
from cardstation.central.reconcile.bank_file import BankFile, BankLine, read_bank_file
from cardstation.central.reconcile.channel_file import ChannelFile, ChannelRow, read_channel_file
from cardstation.central.reconcile.rows import BadRow
from cardstation.central.reconcile.tables import (
    accepted_files,
    bad_rows,
    bank_lines,
    channel_rows,
    taken_files,
)
from cardstation.errors import Refusal

MOST_SAID = 20
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7239001)")


class FileKind(StrEnum):
    """Whose file it is."""

    CHANNEL = "channel"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file as it was brought.

    Attributes:
        source: Name of the channel, or of the account at the bank.
        raw: Its exact bytes.
    """

    number: int
    kind: FileKind
    source: str
    name: str
    raw: bytes
    taken_by: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would bring, before anybody accepts it.

    Attributes:
        rows: That can be read. known: Of them, brought by another file before.
        bad: Rows that are not taken. fen: Of all that can be read.
        new_source: No file of this channel or account was ever accepted.
    """

    rows: int
    known: int
    fen: int
    bad: tuple[BadRow, ...]
    new_source: bool

    def body(self, file: TakenFile) -> dict[str, object]:
        """The values of a proposal."""
        return {
            "kind": file.kind.value,
            "source": file.source,
            "new_source": self.new_source,
            "name": file.name,
            "rows": self.rows,
            "known": self.known,
            "fen": self.fen,
            "bad": len(self.bad),
            "said": [[one.line, one.code, one.said] for one in self.bad[:MOST_SAID]],
        }


def take_file(
    connection: Connection, kind: FileKind, source: str, name: str, raw: bytes, *, by: str
) -> TakenFile:
    """Keep a file with its exact bytes; it counts for nothing yet.

    Args:
        connection: The books.
        kind: Of the file.
        source: Name of the channel, or of the account at the bank.
        name: Of the file.
        raw: Its bytes.
        by: Who brings it, a person of the centre.

    Raises:
        Refusal: `file_known` (it was accepted before, under any name: nothing changes),
            `file_source_missing`, `file_unreadable`, `file_too_large`, `file_columns`,
            `file_empty`.
    """
    said = " ".join(plain(source).split()).lower()[:60]
    if not _letters(said):
        raise Refusal("file_source_missing")
    if not (read := _read(kind, raw)).rows and not read.bad:
        raise Refusal("file_empty")
    connection.execute(_ONE_AT_A_TIME)
    digest = hashlib.sha256(raw).digest()
    _refuse_known(connection, digest)
    said = _as_known(connection, kind, said)
    same = (taken_files.c.kind == kind, taken_files.c.source == said)
    number = connection.scalar(
        select(taken_files.c.number).where(*same, taken_files.c.digest == digest)
    )
    if number is None:
        made = insert(taken_files).values(
            kind=kind, source=said, name=plain(name)[:120], digest=digest, raw=raw, taken_by=by
        )
        number = connection.execute(made.returning(taken_files.c.number)).scalar_one()
    return taken_file(connection, number)


def _letters(source: str) -> str:
    """What of a name is the same however people spell it."""
    plainly = unicodedata.normalize("NFKC", source).casefold()
    return "".join(sign for sign in plainly if sign.isalnum())


def _as_known(connection: Connection, kind: FileKind, said: str) -> str:
    """The source as it was spelled at first."""
    query = select(taken_files.c.source).where(taken_files.c.kind == kind)
    spelled = map(str, connection.scalars(query.order_by(taken_files.c.number)))
    return next((known for known in spelled if _letters(known) == _letters(said)), said)


def _refuse_known(connection: Connection, digest: bytes) -> None:
    accepted = select(accepted_files.c.file).join(
        taken_files, taken_files.c.number == accepted_files.c.file
    )
    number = connection.scalar(accepted.where(taken_files.c.digest == digest).limit(1))
    if number is not None:
        raise Refusal("file_known", number=number)


def taken_file(connection: Connection, number: int) -> TakenFile:
    """A file that was brought.

    Raises:
        Refusal: `file_unknown`.
    """
    row = connection.execute(
        select(taken_files).where(taken_files.c.number == number)
    ).one_or_none()
    if row is None:
        raise Refusal("file_unknown", number=number)
    kind = FileKind(row.kind)
    return TakenFile(
        row.number, kind, row.source, row.name, bytes(row.raw), row.taken_by, row.taken_at
    )


def look_at(connection: Connection, file: TakenFile) -> Looked:
    """What a file would bring now."""
    read = _read(file.kind, file.raw)
    new, known, bad = _sorted(connection, file, read)
    accepted = select(taken_files.c.number).join(
        accepted_files, accepted_files.c.file == taken_files.c.number
    )
    mine = (taken_files.c.kind == file.kind, taken_files.c.source == file.source)
    unheard = connection.scalar(accepted.where(*mine).limit(1)) is None
    return Looked(len(new) + known, known, read.fen, bad, unheard)


def accept_file(connection: Connection, number: int, *, by: str) -> TakenFile:
    """Let a file count; what its rows explain is found out by `matching.match_all`.

    Raises:
        Refusal: `file_unknown`, `file_known`, `two_persons_needed`.
    """
    connection.execute(_ONE_AT_A_TIME)
    file = taken_file(connection, number)
    _refuse_known(connection, hashlib.sha256(file.raw).digest())
    if by == file.taken_by:
        raise Refusal("two_persons_needed")
    new, known, bad = _sorted(connection, file, _read(file.kind, file.raw))
    counted = {"rows": len(new), "known": known}
    who = {"taken_by": file.taken_by, "accepted_by": by}
    connection.execute(insert(accepted_files).values(file=number, **counted, **who))
    if new:
        table = channel_rows if file.kind is FileKind.CHANNEL else bank_lines
        connection.execute(insert(table), [_stored(file, one) for one in new])
    if bad:
        said = [
            {"file": number, "line": one.line, "code": one.code, "said": one.said} for one in bad
        ]
        connection.execute(insert(bad_rows), said)
    return file


def _read(kind: FileKind, raw: bytes) -> ChannelFile | BankFile:
    return read_channel_file(raw) if kind is FileKind.CHANNEL else read_bank_file(raw)


def _sorted(
    connection: Connection, file: TakenFile, read: ChannelFile | BankFile
) -> tuple[list[ChannelRow | BankLine], int, tuple[BadRow, ...]]:
    """New rows, how many are known, and what is not taken: also a known number that says else."""
    known = _known(connection, file, read)
    new: list[ChannelRow | BankLine] = []
    bad, same = list(read.bad), 0
    for row in read.rows:
        before = known.get(row.ref)
        if before is None:
            new.append(row)
        elif before == _said(row):
            same += 1
        else:
            bad.append(BadRow(row.line, "row_differs", row.ref))
    return new, same, tuple(sorted(bad, key=lambda one: one.line))


def _said(row: ChannelRow | BankLine) -> tuple[object, ...]:
    """What of a row must be the same when its number comes again."""
    if isinstance(row, BankLine):
        return (row.fen,)
    return (row.fen, row.card_no, row.meter_no, row.counter, row.order_id)


def _known(
    connection: Connection, file: TakenFile, read: ChannelFile | BankFile
) -> Mapping[str, tuple[object, ...]]:
    among = any_(literal([row.ref for row in read.rows], ARRAY(Text)))
    if file.kind is FileKind.BANK:
        line = bank_lines.c
        lines = select(line.ref, line.fen).where(line.account == file.source, line.ref == among)
        found = connection.execute(lines)
    else:
        row = channel_rows.c
        rows = select(row.ref, row.fen, row.card_no, row.meter_no, row.counter, row.order_id)
        found = connection.execute(rows.where(row.channel == file.source, row.ref == among))
    return {ref: tuple(said) for ref, *said in found}


_OF_CHANNEL = ("ref", "line", "at", "card_no", "meter_no", "counter", "fen", "litres", "order_id")
_OF_BANK = ("ref", "line", "at", "fen", "payer", "remark")


def _stored(file: TakenFile, row: ChannelRow | BankLine) -> dict[str, object]:
    bank = isinstance(row, BankLine)
    source = {"account" if bank else "channel": file.source, "file": file.number}
    return source | {name: getattr(row, name) for name in (_OF_BANK if bank else _OF_CHANNEL)}
