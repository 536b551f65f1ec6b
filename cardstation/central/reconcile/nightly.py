"""The nightly run: prove the books, match what came, seal the day, and say how much is explained.

Nothing is sealed while anything disagrees: a signature over wrong books would be a lie, and nothing
is sealed that was not proved. A day may be run again; what is sealed stays sealed. Old parts of
large books are proved anew by turns (`scope`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from cardstation.central import proving
from cardstation.central.centre_key import CentreKey
from cardstation.central.console.audit import record_act
from cardstation.central.console.tables import COMMAND_LINE, explanations
from cardstation.central.console.visit import ZONE, ends
from cardstation.central.days import revenue_of
from cardstation.central.engine import transaction
from cardstation.central.months import keep_months
from cardstation.central.reconcile.audit_list import audit_list
from cardstation.central.reconcile.cash import cash_counts, count_cash
from cardstation.central.reconcile.counters import counters
from cardstation.central.reconcile.figure import Figure, figure_of
from cardstation.central.reconcile.matching import match_all
from cardstation.central.reconcile.scope import Scope, keep_whole, scope_of, whole_since
from cardstation.central.reconcile.sealed_books import broken_rewinds, broken_seals
from cardstation.central.reconcile.seals import corrections, root_of, seal_until, seals_of
from cardstation.central.reconcile.tables import day_runs
from cardstation.central.tables import exceptions, journal, postings, stations
from cardstation.errors import Refusal

DEADLINE_S = 3_600.0
_ONE_RUN = text("SELECT pg_try_advisory_xact_lock(7239003)")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found and did.

    Attributes:
        wrong: What disagrees, in an engineer's words; then nothing was sealed.
        sealed: How many seals were made now.
        report: The figures, as they are kept and as `--json` prints them.
    """

    day: date
    wrong: tuple[str, ...]
    sealed: int
    report: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Nothing disagrees."""
        return not self.wrong


def reconcile(
    engine: Engine,
    key: CentreKey,
    day: date | None = None,
    *,
    asked_by: str = COMMAND_LINE,
    schools: dict[str, str] | None = None,
) -> Run:
    """Reconcile a day that is over.

    Args:
        engine: The books, as the service's role.
        key: The centre's; the seals are signed with it.
        day: Which, at the utility; None = yesterday there.
        asked_by: Whose name the run is kept under.
        schools: The counter school of each maker, as far as known.

    Raises:
        Refusal: `day_not_over`, `reconcile_runs` (another run is at it).
    """
    began = datetime.now(UTC)
    due = day or began.astimezone(ZONE).date() - timedelta(days=1)
    if ends(due) > began:
        raise Refusal("day_not_over", day=due.isoformat())
    keep_months(engine)
    proven, scope = _begun(engine, began)
    wrong = proving.disagreements(engine, scope.starts)
    with transaction(
        engine.execution_options(isolation_level="REPEATABLE READ"), deadline_s=DEADLINE_S
    ) as connection:
        _alone(connection)
        wrong += (*broken_seals(connection, key.public), *broken_rewinds(connection, key.public))
    # Each on its own: what waits for the chain of the centre, or for a file, waits for one step.
    with transaction(engine, deadline_s=DEADLINE_S) as connection:
        matched, counted = match_all(connection, began), count_cash(connection)
    with transaction(engine, deadline_s=DEADLINE_S) as connection:
        _alone(connection)
        sealed = 0 if wrong else seal_until(connection, key, due, proven)
        if not wrong:
            keep_whole(connection, scope.whole)
    with transaction(engine, deadline_s=DEADLINE_S) as connection:
        report = {
            "day": due.isoformat(),
            "wrong": list(wrong),
            "proved": _proved(connection, scope, len(proven)),
            "matched": asdict(matched),
            "shifts_counted": counted,
            **_told(connection, due, began, schools or {}),
        }
        _keep(connection, due, asked_by, began, report)
    return Run(due, wrong, sealed, report)


def _keep(
    connection: Connection, day: date, asked_by: str, began: datetime, report: Mapping[str, Any]
) -> None:
    wrong = report["wrong"]
    record_act(connection, asked_by, "day_reconciled", day.isoformat(), f"{len(wrong)}")
    connection.execute(
        insert(day_runs).values(
            day=day,
            asked_by=asked_by,
            began_at=began,
            ok=not wrong,
            report=json.dumps(report, ensure_ascii=False),
        )
    )


def _begun(engine: Engine, now: datetime) -> tuple[dict[str, int], Scope]:
    """The last entry of every chain, which is in the proof for certain, and what it begins with."""
    with transaction(engine) as connection:
        rows = connection.execute(select(stations.c.station, stations.c.last_seq))
        return {row.station: row.last_seq for row in rows}, scope_of(connection, now)


def _proved(connection: Connection, scope: Scope, chains: int) -> dict[str, Any]:
    since = whole_since(connection)
    return {
        "entries": scope.entries,
        "whole": len(scope.whole),
        "chains": chains,
        "all_whole_since": since.isoformat() if since else "",
    }


def _alone(connection: Connection) -> None:
    if not connection.scalar(_ONE_RUN):
        raise Refusal("reconcile_runs")


def _told(
    connection: Connection, day: date, now: datetime, schools: dict[str, str]
) -> dict[str, Any]:
    """Everything about a day that people and programs read."""
    seals = seals_of(connection, day)
    open_items = audit_list(connection, now)
    return {
        "seals": [_seal_told(one) for one in seals],
        "root": root_of(seals) if seals else "",
        "corrections": len(corrections(connection, day)),
        "revenue": revenue_of(connection, day),
        "counters": [asdict(one) for one in counters(connection, schools)],
        "suspense": _suspense(connection),
        "cash": _cash(connection, day),
        "audit": _by_code([(one.code, one.fen) for one in open_items]),
        "explained": figure_told(figure_of(connection, day, now)),
        "explained_before": figure_told(figure_of(connection, day - timedelta(days=1), now)),
    }


def _seal_told(one: Any) -> dict[str, Any]:
    seal = one.seal
    return {
        "station": seal.station,
        "from_seq": seal.from_seq,
        "to_seq": seal.to_seq,
        "entries": seal.entries,
        "hash": seal.hash,
        "late": seal.late,
        "heard": seal.heard,
        "sums": json.loads(seal.sums),
        "fingerprint": one.fingerprint,
        "signature": one.signature.hex(),
    }


def figure_told(figure: Figure) -> dict[str, Any]:
    """A figure for a report."""
    return {
        "day": figure.day.isoformat(),
        "percent": figure.percent,
        "fen": figure.fen,
        "in_time_fen": figure.in_time_fen,
        "final": figure.final,
        "by_tender": {
            one.tender: {"fen": one.fen, "in_time_fen": one.in_time_fen} for one in figure.by_tender
        },
    }


def _by_code(items: list[tuple[str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, fen in items:
        one = found.setdefault(code, {"items": 0, "fen": 0})
        one["items"] += 1
        one["fen"] += fen
    return dict(sorted(found.items()))


def _suspense(connection: Connection) -> dict[str, int]:
    """Items with money in suspense: how many, how many of them nobody explained, and their fen."""
    said = connection.execute(
        select(func.count(), func.count(explanations.c.exception))
        .select_from(exceptions)
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(exceptions.c.suspended)
    ).one()
    fen = connection.scalar(
        select(func.sum(func.abs(postings.c.fen)))
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .join(exceptions, exceptions.c.entry_id == journal.c.entry_id)
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(
            exceptions.c.suspended,
            explanations.c.exception.is_(None),
            postings.c.account.like("suspense:%"),
        )
    )
    items, explained = said
    return {"items": items, "open": items - explained, "open_fen": int(fen or 0)}


def _cash(connection: Connection, day: date) -> dict[str, int]:
    """Shifts that were closed on a day: how many, what was over and short, whose sum is wrong."""
    counts = cash_counts(connection, day)
    return {
        "shifts": len(counts),
        "over_fen": sum(max(0, one.over_short_fen) for one in counts),
        "short_fen": sum(min(0, one.over_short_fen) for one in counts),
        "disagree": sum(not one.agrees for one in counts),
    }
