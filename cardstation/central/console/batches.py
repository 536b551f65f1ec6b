"""What the journal tells of batches: their steps, the last of each kind, and their money."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select, tuple_

from cardstation.central.tables import journal, postings
from cardstation.domain.ledger import Entry

UNALLOCATED = "unallocated:"


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a batch, as its station told it.

    Attributes:
        said: Counts and places behind it, empty when there are none.
    """

    station: str
    batch: str
    seq: int
    step: str
    stage: str
    clerk: str
    approver: str
    at: datetime
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """How far a batch has come.

    Attributes:
        rows: Of its list. collected: Cards counted into our hands. returned: Counted back.
        received_fen, used_fen: Of its lump sums: what came, and what went into loads, arrears and
            back.
        loaded: Cards with gas on them out of its money.
    """

    station: str
    batch: str
    stage: str
    team: str
    zone: str
    rows: int
    collected: int
    returned: int
    loaded: int
    received_fen: int
    used_fen: int
    began_at: datetime
    last_at: datetime

    @property
    def left_fen(self) -> int:
        """What of its money is still free."""
        return self.received_fen - self.used_fen


def steps(connection: Connection, which: Sequence[tuple[str, str]]) -> tuple[Told, ...]:
    """Every step of some batches (station, batch), oldest first; what is not readable is not."""
    rows = connection.execute(
        select(journal.c.station, journal.c.subject, journal.c.seq, journal.c.raw)
        .add_columns(journal.c.posted_at)
        .where(
            journal.c.kind == "batch",
            tuple_(journal.c.station, journal.c.subject).in_(list(which)),
        )
        .order_by(journal.c.station, journal.c.seq)
    )
    read = (_told(row.station, row.subject, row.seq, row.raw, row.posted_at) for row in rows)
    return tuple(one for one in read if one is not None)


def recent(connection: Connection, most: int) -> tuple[tuple[str, str], ...]:
    """The batches (station, batch) that were heard of last.

    A seal is none: its bag's batch is its own station's.
    """
    last = func.max(journal.c.posted_at)
    rows = connection.execute(
        select(journal.c.station, journal.c.subject)
        .where(journal.c.kind == "batch", ~journal.c.subject.regexp_match("^[0-9]{16}$"))
        .group_by(journal.c.station, journal.c.subject)
        .order_by(last.desc(), journal.c.station, journal.c.subject)
        .limit(most)
    )
    return tuple((row.station, row.subject) for row in rows)


def lives(connection: Connection, which: Sequence[tuple[str, str]]) -> tuple[Life, ...]:
    """How far some batches have come, in the order given."""
    if not which:
        return ()
    told: dict[tuple[str, str], list[Told]] = {}
    for one in steps(connection, which):
        told.setdefault((one.station, one.batch), []).append(one)
    money = _money(connection, which)
    return tuple(_life(key, told[key], money.get(key, (0, 0, 0))) for key in which if key in told)


def _told(station: str, batch: str, seq: int, raw: bytes, posted_at: datetime) -> Told | None:
    try:
        entry = Entry.from_bytes(bytes(raw))
        found = json.loads(entry.detail)
        said = json.loads(found["detail"]) if found["detail"] else {}
        step, stage = str(found["step"]), str(found["stage"])
    except (ValueError, TypeError, KeyError):
        return None
    said = said if isinstance(said, dict) else {}
    said = said["told"] if isinstance(said.get("told"), dict) else said
    who = entry.clerk, entry.approver
    return Told(station, batch, seq, step, stage, *who, posted_at, said)


def _life(key: tuple[str, str], told: Sequence[Told], money: tuple[int, int, int]) -> Life:
    received, used, loaded = money
    rows = max((number(one.said, "rows") for one in told), default=0)
    came = [one for one in told if one.step in ("collected", "received")]
    back = [one for one in told if one.said.get("taker") in ("manager", "resident")]
    return Life(
        station=key[0],
        batch=key[1],
        stage=told[-1].stage,
        team=_last(told, "team"),
        zone=_last(told, "zone"),
        rows=rows,
        collected=max((number(one.said, "arrived") for one in came), default=0),
        returned=sum(number(one.said, "arrived") for one in back),
        loaded=loaded,
        received_fen=received,
        used_fen=used,
        began_at=told[0].at,
        last_at=told[-1].at,
    )


def number(said: Mapping[str, Any], name: str) -> int:
    """A count of a step, 0 when it has none of this name."""
    found = said.get(name, 0)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _last(told: Iterable[Told], name: str) -> str:
    found = ""
    for one in told:
        said = one.said.get(name, "")
        found = said if isinstance(said, str) and said else found
    return found


def _money(
    connection: Connection, which: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Received, used, and loads that were sealed, by (station, batch)."""
    names = {f"{UNALLOCATED}{batch}" for _, batch in which}
    sealed = journal.alias()
    came = case((postings.c.fen < 0, -postings.c.fen), else_=0)
    went = case((postings.c.fen > 0, postings.c.fen), else_=0)
    on_card = (
        select(sealed.c.subject)
        .where(sealed.c.subject == journal.c.subject, sealed.c.kind == "sealed")
        .where(sealed.c.verdict != "sealed_before")
        .exists()
    )
    loaded = case(((journal.c.kind == "paid") & on_card, 1), else_=0)
    rows = connection.execute(
        select(
            journal.c.station,
            postings.c.account,
            *(func.sum(came).label("came"), func.sum(went).label("went")),
            func.sum(loaded).label("loaded"),
        )
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .where(postings.c.account.in_(names))
        .group_by(journal.c.station, postings.c.account)
    )
    return {
        (row.station, row.account.removeprefix(UNALLOCATED)): (
            int(row.came),
            int(row.went),
            int(row.loaded),
        )
        for row in rows
    }
