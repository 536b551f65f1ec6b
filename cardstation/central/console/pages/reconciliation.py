"""Reconciliation: what agrees in the books, what does not, and how much of it is explained."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Select, and_, func, insert, select

from cardstation.central import proving
from cardstation.central.console.audit import record_act
from cardstation.central.console.pages import (
    audit_list_page,
    day_reconciled,
    files_page,
    revenue_sheet,
)
from cardstation.central.console.pages.audit_list_page import AuditShown, audit_shown
from cardstation.central.console.pages.day_reconciled import DayShown, day_shown
from cardstation.central.console.pages.files_page import FileShown, files_shown, sources
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import explanations, proofs
from cardstation.central.console.visit import Act, Cell, Done, Export, Page, Sheet, Visit, yuan
from cardstation.central.console.words import ACCOUNTS
from cardstation.central.engine import transaction
from cardstation.central.tables import balances, class_totals, exceptions, journal, postings
from cardstation.errors import CardStationError, Refusal

WINDOW = timedelta(days=30)
IN_TIME = timedelta(hours=24)
RECENT = 10
MOST_WRONG = 200
_RUNS = threading.Lock()


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold; `off_fen` by how much it does not."""

    name: str
    off_fen: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof of the whole books, from the exact bytes."""

    asked_by: str
    began_at: datetime
    ended_at: datetime
    entries: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The page's value.

    Attributes:
        checks: What is looked at on every visit. runs: A proof runs in this process now.
        doubt_fen: In suspense, not explained within `IN_TIME`, of the last `WINDOW`.
        shown: The day. audit: What nobody has explained. files: The newest ones.
        sources: Names that channels and accounts have gone by.
        per_station: Fen by class of account. classes: Every class there is.
    """

    checks: tuple[Check, ...]
    doubt_fen: int
    shown: DayShown
    audit: AuditShown
    files: tuple[FileShown, ...]
    sources: tuple[str, ...]
    per_station: dict[str, dict[str, int]]
    classes: tuple[str, ...]
    proofs: tuple[Proof, ...]
    runs: bool


def show(visit: Visit) -> Reconciled:
    """What can be looked at while somebody waits; the whole proof runs when asked for."""
    connection = visit.connection
    per = per_station(connection)
    return Reconciled(
        checks=checks(connection, visit.now),
        doubt_fen=_doubt(connection, visit.now),
        shown=day_shown(visit),
        audit=audit_shown(visit),
        files=files_shown(visit),
        sources=sources(visit),
        per_station=per,
        classes=tuple(sorted({name for one in per.values() for name in one})),
        proofs=_last_proofs(connection),
        runs=_RUNS.locked(),
    )


def per_station(connection: Connection) -> dict[str, dict[str, int]]:
    """Fen by class of account, for every station and the centre."""
    rows = connection.execute(
        select(class_totals).order_by(class_totals.c.station, class_totals.c.account_class)
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row.station, {})[row.account_class] = row.fen
    return found


def checks(connection: Connection, now: datetime) -> tuple[Check, ...]:
    """Sums that must be nothing: of all accounts, and of what was posted in a day."""
    day = and_(journal.c.posted_at > now - timedelta(days=1), journal.c.posted_at <= now)
    lately = (
        select(func.sum(postings.c.fen))
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .where(day)
    )
    kept = _fen(connection, select(func.sum(balances.c.fen)))
    summed = _fen(connection, select(func.sum(class_totals.c.fen)))
    suspense = balances.c.account.like("suspense:%")
    return (
        Check("Postings of the last 24 hours sum to nothing", _fen(connection, lately)),
        Check("Balances of all accounts sum to nothing", kept),
        Check("Totals of all classes sum to nothing", summed),
        Check(
            "Suspense by account is suspense by class",
            _fen(connection, select(func.sum(balances.c.fen)).where(suspense))
            - _fen(
                connection,
                select(func.sum(class_totals.c.fen)).where(
                    class_totals.c.account_class == "suspense"
                ),
            ),
        ),
    )


def _fen(connection: Connection, query: Select[tuple[int]]) -> int:
    return int(connection.scalar(query) or 0)


def _doubt(connection: Connection, now: datetime) -> int:
    """Money in suspense of items that nobody explained within the time they had."""
    late = (explanations.c.exception.is_(None) & (exceptions.c.opened_at < now - IN_TIME)) | (
        explanations.c.explained_at - exceptions.c.opened_at > IN_TIME
    )
    return _fen(
        connection,
        select(func.sum(func.abs(postings.c.fen)))
        .join(exceptions, exceptions.c.entry_id == postings.c.entry_id)
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(postings.c.account.like("suspense:%"), exceptions.c.opened_at > now - WINDOW, late),
    )


def _last_proofs(connection: Connection) -> tuple[Proof, ...]:
    rows = connection.execute(select(proofs).order_by(proofs.c.number.desc()).limit(RECENT))
    return tuple(
        Proof(row.asked_by, row.began_at, row.ended_at, row.entries, tuple(row.wrong))
        for row in rows
    )


def ask_proof(visit: Visit) -> Done:
    """Begin to prove the whole books; the result is kept when it has ended.

    Raises:
        Refusal: `proof_runs`.
    """
    if not _RUNS.acquire(blocking=False):
        raise Refusal("proof_runs")
    asked = visit.engine, visit.who.name
    threading.Thread(target=_prove, args=asked, name="proof", daemon=True).start()
    return Done("proof_asked", "", "", "reconciliation")


def _prove(engine: Engine, asked_by: str) -> None:
    began = datetime.now(UTC)
    try:
        try:
            wrong = proving.disagreements(engine)
        except CardStationError as error:
            wrong = (f"not ended: {error}",)
        with transaction(engine) as connection:
            entries = connection.scalar(select(func.count()).select_from(journal))
            kept = list(wrong[:MOST_WRONG])
            connection.execute(
                insert(proofs).values(
                    asked_by=asked_by, began_at=began, entries=entries, wrong=kept
                )
            )
            record_act(connection, asked_by, "proof_ended", "", f"{len(wrong)}")
    finally:
        _RUNS.release()


def sheet(visit: Visit) -> Sheet:
    """The books per station to take along."""
    t, per = visit.t, per_station(visit.connection)
    classes = sorted({name for one in per.values() for name in one})
    headings = [t("Station"), *(t(ACCOUNTS.get(name, name)) for name in classes), t("Sum")]
    rows: list[list[Cell]] = [
        [station, *(yuan(sums.get(name, 0)) for name in classes), yuan(sum(sums.values()))]
        for station, sums in per.items()
    ]
    return Sheet(headings, rows)


PAGES = (
    Page("reconciliation", "Reconciliation", Right.LOOK, show, icon="ledger", key="r"),
    *files_page.PAGES,
)
ACTS = (
    Act("reconciliation", "reconciliation", Right.PROVE, ask_proof),
    *files_page.ACTS,
    *audit_list_page.ACTS,
)
EXPORTS = (
    Export("books", "Reconciliation", Right.LOOK, sheet),
    *day_reconciled.EXPORTS,
    revenue_sheet.EXPORT,
    *audit_list_page.EXPORTS,
)
