"""Reconciliation for the command line: the books of a data folder or of an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardstation.central.serve import key_file_in, open_books
from cardstation.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection


def reconcile_day(
    home: Path,
    dsn: str,
    key_file: Path | None,
    day: date | None,
    schools: dict[str, str],
    checkpoint: bytes | None = None,
) -> tuple[bool, dict[str, Any]]:
    """Run the nightly reconciliation; returns whether nothing disagrees, and the report.

    Args:
        home: The data folder of an embedded ledger, running or not; its key is there too.
        dsn: Another ledger instead.
        key_file: The centre's key when it is elsewhere.
        day: None = yesterday.
        schools: The counter school of each maker.
        checkpoint: A station's own copy of the centre's word, JSON, looked up as well.

    Raises:
        Refusal: `day_not_over`, `reconcile_runs`, `checkpoint_unreadable`, `secret_unreadable`.
    """
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.reconcile.nightly import reconcile

    file = key_file or key_file_in(home)
    if dsn and not file.exists():
        # A key made here and now would sign for a centre whose stations never heard of it.
        raise Refusal("secret_unreadable", file=str(file))
    key = load_or_create_centre_key(file)
    with open_books(home, dsn) as engine:
        kept = [] if checkpoint is None else _checkpoint(engine, key.public, checkpoint)
        run = reconcile(engine, key, day, schools=schools)
    report = {**run.report, "sealed_now": run.sealed, "checkpoint": kept}
    return run.ok and not kept, report


def _checkpoint(engine: Any, public: bytes, raw: bytes) -> list[str]:
    import json

    from cardstation.central.engine import transaction
    from cardstation.central.reconcile.sealed_books import broken_checkpoint
    from cardstation.domain.checkpoint import Checkpoint

    try:
        said = json.loads(raw)
        signature = bytes.fromhex(said.pop("signature"))
        known = Checkpoint(**said)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refusal("checkpoint_unreadable") from error
    with transaction(engine) as connection:
        return broken_checkpoint(connection, public, known, signature)


def take_and_accept(
    home: Path, dsn: str, kind: str, source: str, file: Path, *, by: str, approved_by: str
) -> dict[str, Any]:
    """Take a file that two people of the centre stand for; returns what it brought.

    Args:
        home: The data folder of an embedded ledger, running or not.
        dsn: Another ledger instead.
        kind: `channel` or `bank`.
        source: Name of the channel, or of the account.
        file: The file.
        by: Who brings it.
        approved_by: A treasurer, somebody else.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `right_missing`, and those of
            `files.take_file`.
    """
    from datetime import UTC, datetime

    from cardstation.central.console.audit import record_act
    from cardstation.central.reconcile.files import FileKind, accept_file, look_at, take_file
    from cardstation.central.reconcile.matching import match_all

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Refusal("file_unreadable") from error
    with _transaction(home, dsn) as connection:
        _ensure_may(connection, by, approved_by)
        taken = take_file(connection, FileKind(kind), source, file.name, raw, by=by)
        looked = look_at(connection, taken)
        accept_file(connection, taken.number, by=approved_by)
        matched = match_all(connection, datetime.now(UTC))
        said = f"{taken.kind} {taken.source}: {looked.rows} rows, {len(looked.bad)} bad"
        for name, act in ((by, "file_taken"), (approved_by, "approved")):
            record_act(connection, name, act, f"file {taken.number}", said)
        return {
            "file": taken.number,
            "rows": looked.rows,
            "known": looked.known,
            "new_source": taken.source if looked.new_source else "",
            "fen": looked.fen,
            "bad": [{"line": one.line, "code": one.code, "said": one.said} for one in looked.bad],
            "gaps": matched.gaps,
            "orders": matched.orders,
            "transfers": matched.transfers,
        }


def _ensure_may(connection: Connection, by: str, approved_by: str) -> None:
    from cardstation.central.console.people import person
    from cardstation.central.console.roles import Right

    if by == approved_by:
        raise Refusal("two_persons_needed")
    for name, right in ((by, Right.RECONCILE), (approved_by, Right.SETTLE)):
        found = person(connection, name)
        if found is None:
            raise Refusal("name_unknown", name=name[:40])
        if right not in found.rights:
            raise Refusal("right_missing")


@contextmanager
def _transaction(home: Path, dsn: str) -> Iterator[Connection]:
    from cardstation.central.engine import transaction

    with open_books(home, dsn) as engine, transaction(engine, deadline_s=600) as connection:
        yield connection
