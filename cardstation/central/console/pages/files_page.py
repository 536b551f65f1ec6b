"""Files of channels and banks: taken here by one person, accepted by a treasurer, looked into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from cardstation.central.console.audit import plain
from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Act, Done, Page, Visit
from cardstation.central.reconcile.files import (
    FileKind,
    Looked,
    TakenFile,
    look_at,
    take_file,
    taken_file,
)
from cardstation.central.reconcile.rows import BadRow
from cardstation.central.reconcile.tables import (
    accepted_files,
    bad_rows,
    bank_lines,
    bank_matches,
    channel_orders,
    channel_rows,
    off_book_loads,
    taken_files,
)
from cardstation.errors import Refusal

RECENT = 20
MOST_BAD = 200


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file in the list.

    Attributes:
        accepted_by: Empty while nobody has accepted it. rows: New ones. explained: Of them.
        bad: Rows that were not taken.
    """

    number: int
    kind: str
    source: str
    name: str
    taken_by: str
    taken_at: datetime
    accepted_by: str
    rows: int
    known: int
    bad: int
    explained: int


@dataclass(frozen=True, slots=True)
class OneFile:
    """A file's own page.

    Attributes:
        looked: What it would bring, None once it counts. bad: Rows that were not taken.
        pending: The proposal that waits.
    """

    file: TakenFile
    shown: FileShown
    looked: Looked | None
    bad: tuple[BadRow, ...]
    pending: Proposal | None


def files_shown(visit: Visit) -> tuple[FileShown, ...]:
    """The newest files, with what each of them explained."""
    query = _files().order_by(taken_files.c.number.desc()).limit(RECENT)
    return tuple(FileShown(*row) for row in visit.connection.execute(query))


def sources(visit: Visit) -> tuple[str, ...]:
    """Names that channels and accounts have gone by."""
    return tuple(
        visit.connection.scalars(
            select(taken_files.c.source).distinct().order_by(taken_files.c.source)
        )
    )


def _files() -> Select[Any]:
    file = taken_files.c
    return select(
        *(file.number, file.kind, file.source, file.name, file.taken_by, file.taken_at),
        func.coalesce(accepted_files.c.accepted_by, ""),
        *(func.coalesce(accepted_files.c[name], 0) for name in ("rows", "known")),
        select(func.count()).where(bad_rows.c.file == file.number).scalar_subquery(),
        _of_channel() + _of_bank(),
    ).outerjoin(accepted_files, accepted_files.c.file == file.number)


def _of_channel() -> Any:
    row = channel_rows.c
    load, order = off_book_loads.c, channel_orders.c
    filled = select(load.ref).where(load.channel == row.channel, load.ref == row.ref).exists()
    told = select(order.ref).where(order.channel == row.channel, order.ref == row.ref).exists()
    query = select(func.count()).select_from(channel_rows)
    return query.where(row.file == taken_files.c.number, filled | told).scalar_subquery()


def _of_bank() -> Any:
    line, match = bank_lines.c, bank_matches.c
    same = (match.account == line.account) & (match.ref == line.ref)
    query = select(func.count()).select_from(bank_lines.join(bank_matches, same))
    return query.where(line.file == taken_files.c.number).scalar_subquery()


def show_file(visit: Visit) -> OneFile:
    """One file.

    Raises:
        Refusal: `file_unknown`.
    """
    connection, number = visit.connection, visit.number("number") or 0
    file = taken_file(connection, number)
    (row,) = connection.execute(_files().where(taken_files.c.number == number))
    shown = FileShown(*row)
    looked = None if shown.accepted_by else look_at(connection, file)
    said = select(bad_rows.c.line, bad_rows.c.code, bad_rows.c.said)
    kept = connection.execute(said.where(bad_rows.c.file == number).order_by(bad_rows.c.line))
    bad = tuple(BadRow(*one) for one in kept) if looked is None else looked.bad
    pending = [one for one in waiting(connection, Kind.FILE) if one.subject == str(number)]
    return OneFile(file, shown, looked, bad[:MOST_BAD], pending[0] if pending else None)


def take(visit: Visit) -> Done:
    """Take a file; it counts once a treasurer has accepted it.

    Raises:
        Refusal: `file_missing`, those of `files.take_file`, `proposed_already`.
    """
    upload = visit.upload
    if upload is None or not upload.raw:
        raise Refusal("file_missing")
    try:
        kind = FileKind(visit.get("kind"))
    except ValueError as error:
        raise Refusal("form_unreadable") from error
    source, name = visit.get("source"), plain(upload.name).strip() or kind.value
    by = visit.who.name
    file = take_file(visit.connection, kind, source, name, upload.raw, by=by)
    body = look_at(visit.connection, file).body(file)
    subject = str(file.number)
    reason = visit.get("reason") or name
    propose(visit.connection, Kind.FILE, subject, body, reason=reason, by=by)
    said = f"{file.kind} {file.source}: {name}"
    return Done("file_taken", f"file {subject}", said, f"reconciliation/files/{subject}")


PAGES = (Page("file", "File", Right.LOOK, show_file, path="reconciliation/files/{number}"),)
ACTS = (Act("reconciliation/files", "reconciliation", Right.RECONCILE, take, brings_file=True),)
