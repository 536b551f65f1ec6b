"""Looks into the books: totals per class, what happened to a card, a station's own entries."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ARRAY, Engine, and_, bindparam, func, literal, or_, select, text, union_all

from cardstation.central.batch import MOST_ENTRIES
from cardstation.central.engine import transaction
from cardstation.central.forks import claims
from cardstation.central.tables import class_totals, entry_index, exceptions, journal, stations
from cardstation.domain.ledger import EntryKind
from cardstation.domain.seal_number import read_seal
from cardstation.errors import Refusal

MOST_LOADS = 200
MOST_STEPS = 2_000

OF_A_CARD = (
    *(EntryKind.ARMED, EntryKind.SEALED, EntryKind.NOT_LOADED, EntryKind.RETURNED),
    *(EntryKind.NOT_RETURNED, EntryKind.ELSEWHERE, EntryKind.REFUNDED),
    *(EntryKind.CARD_ARMED, EntryKind.CARD_WRITTEN, EntryKind.CARD_GIVEN_UP),
    EntryKind.ACCOUNT_CLOSED,
)
"""Facts of a card that decide what became of an intent, wherever it was begun or finished; and
that its account was closed."""
_IS_STEP = journal.c.kind == text("'batch'")


@dataclass(frozen=True, slots=True)
class Totals:
    """Fen per account class: over all, per station, and what the centre itself posted.

    Attributes:
        branches: What other branches of forked stations claim, per station, booked nowhere; with
            the number of their `entries`.
    """

    entries: int
    exceptions: int
    classes: dict[str, int]
    stations: dict[str, dict[str, int]]
    branches: dict[str, dict[str, int]]


def totals(engine: Engine) -> Totals:
    """The books in one view."""
    with transaction(engine) as connection:
        per: dict[str, dict[str, int]] = {}
        whole: dict[str, int] = {}
        rows = connection.execute(
            select(class_totals).order_by(class_totals.c.station, class_totals.c.account_class)
        )
        for row in rows:
            per.setdefault(row.station, {})[row.account_class] = row.fen
            whole[row.account_class] = whole.get(row.account_class, 0) + row.fen
        return Totals(
            entries=connection.scalar(select(func.count()).select_from(journal)) or 0,
            exceptions=connection.scalar(select(func.count()).select_from(exceptions)) or 0,
            classes=dict(sorted(whole.items())),
            stations=per,
            branches=claims(connection),
        )


def loads_of(engine: Engine, card_no: str) -> tuple[bytes, ...]:
    """The facts of a card that decide its intents, of every station, oldest first, exact bytes."""
    with transaction(engine) as connection:
        rows = connection.scalars(
            select(journal.c.raw)
            .where(
                journal.c.card_no == card_no,
                journal.c.card_no != "",
                journal.c.kind.in_(OF_A_CARD),
            )
            .order_by(journal.c.posted_at.desc(), journal.c.station, journal.c.seq.desc())
            .limit(MOST_LOADS)
        )
        return tuple(reversed([bytes(raw) for raw in rows]))


def bag_steps(engine: Engine, seal_no: str) -> tuple[bytes, ...]:
    """The steps of the batch that a seal is of, exact bytes, oldest first.

    A seal has no room for the station's name: whose it is, the hand-over under this seal tells.
    What a station without the list recorded of it has the seal for its subject.
    """
    try:
        _, short = read_seal(seal_no)
    except Refusal:
        return ()
    called = literal(short)
    named = union_all(select(called), select(called + "-" + stations.c.station))
    steps = (_IS_STEP, journal.c.subject.in_(named))
    sealed = text("position(:seal in raw) > 0").bindparams(seal=seal_no.encode())
    with transaction(engine) as connection:
        whose = select(journal.c.station).where(*steps, sealed)
        rows = connection.scalars(
            select(journal.c.raw)
            .where(
                or_(
                    and_(*steps, journal.c.station.in_(whose)),
                    and_(_IS_STEP, journal.c.subject == seal_no),
                )
            )
            .order_by(journal.c.station, journal.c.seq)
            .limit(MOST_STEPS)
        )
        return tuple(bytes(raw) for raw in rows)


def sealed_hand_overs(engine: Engine, first: str, last: str) -> tuple[bytes, ...]:
    """What stations without the list recorded of bags, by seal, the highest numbers first."""
    with transaction(engine) as connection:
        rows = connection.scalars(
            select(journal.c.raw)
            .where(_IS_STEP, journal.c.subject.between(first, last))
            .where(journal.c.subject.regexp_match("^[0-9]{16}$"))
            .order_by(journal.c.subject.desc(), journal.c.station, journal.c.seq)
            .limit(MOST_STEPS)
        )
        return tuple(bytes(raw) for raw in rows)


def entries_after(engine: Engine, station: str, seq: int) -> tuple[bytes, ...]:
    """A station's own entries that follow a number, oldest first, one batch at the most.

    Their ids come first, for these say in which months they lie: no other one is read.
    """
    lies = entry_index.c
    with transaction(engine) as connection:
        ids = connection.scalars(
            select(lies.entry_id)
            .where(lies.station == station, lies.seq > seq)
            .order_by(lies.seq)
            .limit(MOST_ENTRIES)
        ).all()
        rows = connection.scalars(
            select(journal.c.raw)
            .where(
                journal.c.entry_id
                == func.any(bindparam("ids", type_=ARRAY(journal.c.entry_id.type)))
            )
            .order_by(journal.c.seq),
            {"ids": ids},
        )
        return tuple(bytes(raw) for raw in rows)
