"""Seals days: what a station had told by then, under the centre's signature, chained day by day.

A seal covers a part of a station's chain, from one entry to another. What comes later for a sealed
day changes nothing: it is a correction after the seal, named as one, and is covered by the next.
Who keeps a seal can prove later that the books still begin with what it covers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select

from cardstation.central.centre_key import CentreKey
from cardstation.central.console.tables import station_states
from cardstation.central.console.visit import ZONE, ends
from cardstation.central.days import business_day
from cardstation.central.reconcile.tables import after_seal, day_seals
from cardstation.central.tables import journal, postings, stations
from cardstation.domain.ledger import GENESIS

_PAGE = 2_000
ONE_DAY = timedelta(days=1)
_NOTHING_MORE = ("centre", "revoked")
"""Of whom nothing is outstanding: the centre itself, and what is out of service for good."""


@dataclass(frozen=True, slots=True)
class DaySeal:
    """A day of a station, closed.

    Attributes:
        from_seq, to_seq: The entries it covers; none where the second is before the first.
        hash: Of the last entry of the chain by then, hex.
        late: How many of them are of a day that was sealed before.
        heard: The station was heard after the day and kept nothing back; also one out of service
            for good. One that is suspended may still have entries.
        sums: Fen by class of account, as JSON in order of names.
        before: Fingerprint of the station's seal before this one, hex; `GENESIS` at the first.
    """

    station: str
    day: date
    from_seq: int
    to_seq: int
    hash: str
    late: int
    heard: bool
    sums: str
    before: str

    @property
    def message(self) -> bytes:
        """The bytes that are signed: each fact after its length."""
        facts = (
            *(self.station, self.day.isoformat(), str(self.from_seq), str(self.to_seq), self.hash),
            *(str(self.late), "heard" if self.heard else "not heard", self.sums, self.before),
        )
        lines = (f"{len(fact.encode())}:{fact}" for fact in facts)
        return "\n".join(("cardstation day seal", *lines)).encode()

    def fingerprint(self, signature: bytes) -> str:
        """SHA-256 of the seal with its signature, hex."""
        return hashlib.sha256(self.message + signature).hexdigest()

    @property
    def entries(self) -> int:
        """How many entries it covers."""
        return self.to_seq - self.from_seq + 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A seal with its signature."""

    seal: DaySeal
    signature: bytes
    sealed_at: datetime

    @property
    def fingerprint(self) -> str:
        """What the next seal and the root of the day name."""
        return self.seal.fingerprint(self.signature)


@dataclass(frozen=True, slots=True)
class _Late:
    entry_id: str
    seq: int
    day: date


def kept(row: Row[Any]) -> Kept:
    """A row of `day_seals` as a value."""
    seal = DaySeal(
        station=row.station,
        day=row.day,
        from_seq=row.from_seq,
        to_seq=row.to_seq,
        hash=row.hash.hex(),
        late=row.late,
        heard=row.heard,
        sums=row.sums,
        before=row.before.hex(),
    )
    return Kept(seal, bytes(row.signature), row.sealed_at)


def seals_of(connection: Connection, day: date) -> tuple[Kept, ...]:
    """The seals of a day, by station."""
    query = select(day_seals).where(day_seals.c.day == day).order_by(day_seals.c.station)
    return tuple(map(kept, connection.execute(query)))


def root_of(seals: tuple[Kept, ...]) -> str:
    """One fingerprint over all seals of a day, hex; whoever keeps it can prove all of them."""
    lines = sorted(f"{one.seal.station} {one.fingerprint}" for one in seals)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def last_seal(connection: Connection, station: str) -> Kept | None:
    """A station's newest seal."""
    query = select(day_seals).where(day_seals.c.station == station)
    row = connection.execute(query.order_by(day_seals.c.day.desc()).limit(1)).one_or_none()
    return None if row is None else kept(row)


def seal_until(connection: Connection, key: CentreKey, day: date, proven: Mapping[str, int]) -> int:
    """Seal a day of every station, and every day before it that was left out.

    Args:
        connection: The books; nothing in them may disagree.
        key: The centre's.
        day: That is over.
        proven: The last entry of each chain that was proved; nothing after it is sealed.

    Returns:
        How many seals were made; none when all of it was sealed before.
    """
    made = 0
    known = connection.execute(
        select(stations.c.station, stations.c.status)
        .where(stations.c.enrolled_at < ends(day))
        .order_by(stations.c.station)
    ).all()
    for station, status in known:
        before = last_seal(connection, station)
        due = day if before is None else before.seal.day + ONE_DAY
        while due <= day:
            heard = status in _NOTHING_MORE or _heard(connection, station, due)
            last = proven.get(station, 0)
            before = _seal(connection, key, station, due, before, last=last, heard=heard)
            due, made = due + ONE_DAY, made + 1
    return made


def _seal(
    connection: Connection,
    key: CentreKey,
    station: str,
    day: date,
    before: Kept | None,
    *,
    last: int,
    heard: bool,
) -> Kept:
    last_seq, last_hash = (before.seal.to_seq, before.seal.hash) if before else (0, GENESIS)
    late: list[_Late] = []
    to_seq = last_seq
    for row in _unsealed(connection, station, last_seq):
        own = business_day(bytes(row.raw), row.posted_at)
        if own > day or row.seq > last:
            break
        to_seq, last_hash = row.seq, row.hash.hex()
        if before is not None and own <= before.seal.day:
            late.append(_Late(row.entry_id, row.seq, own))
    seal = DaySeal(
        station=station,
        day=day,
        from_seq=last_seq + 1,
        to_seq=to_seq,
        hash=last_hash,
        late=len(late),
        heard=heard,
        sums=json.dumps(sums_of(connection, station, last_seq + 1, to_seq), sort_keys=True),
        before=before.fingerprint if before else GENESIS,
    )
    signature = key.sign(seal.message)
    _keep(connection, seal, signature, late)
    return Kept(seal, signature, datetime.now(ZONE))


def _keep(connection: Connection, seal: DaySeal, signature: bytes, late: list[_Late]) -> None:
    connection.execute(
        insert(day_seals).values(
            station=seal.station,
            day=seal.day,
            from_seq=seal.from_seq,
            to_seq=seal.to_seq,
            hash=bytes.fromhex(seal.hash),
            late=seal.late,
            heard=seal.heard,
            sums=seal.sums,
            before=bytes.fromhex(seal.before),
            signature=signature,
        )
    )
    if late:
        same = {"station": seal.station, "sealed_with": seal.day}
        told = [{"entry_id": one.entry_id, "seq": one.seq, "day": one.day} | same for one in late]
        connection.execute(insert(after_seal), told)


def _unsealed(connection: Connection, station: str, seq: int) -> Iterator[Any]:
    """What of a station no seal covers, in order, a page at a time."""
    columns = (journal.c.entry_id, journal.c.seq, journal.c.hash, journal.c.raw)
    query = select(*columns, journal.c.posted_at).where(journal.c.station == station)
    while True:
        page = connection.execute(
            query.where(journal.c.seq > seq).order_by(journal.c.seq).limit(_PAGE)
        ).all()
        yield from page
        if len(page) < _PAGE:
            return
        seq = page[-1].seq


def _heard(connection: Connection, station: str, day: date) -> bool:
    """Whether a station was heard after a day, and kept nothing of it back."""
    state = station_states.c
    nothing_kept = or_(state.unsent == 0, state.oldest_at >= ends(day))
    return bool(
        connection.scalar(
            select(func.count()).where(
                and_(state.station == station, state.seen_at >= ends(day), nothing_kept)
            )
        )
    )


def sums_of(connection: Connection, station: str, from_seq: int, to_seq: int) -> dict[str, int]:
    """Fen by class of account of a part of a chain."""
    name = func.split_part(postings.c.account, ":", 1)
    rows = connection.execute(
        select(name, func.sum(postings.c.fen))
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .where(journal.c.station == station, journal.c.seq.between(from_seq, to_seq))
        .group_by(name)
    )
    return {account: int(fen) for account, fen in rows if fen}


def corrections(connection: Connection, day: date) -> tuple[Row[Any], ...]:
    """Entries of a day that came after its seal, and were covered by a later one."""
    query = (
        select(
            *(journal.c.station, journal.c.seq, journal.c.kind, journal.c.account_no),
            *(journal.c.fen, journal.c.posted_at, after_seal.c.sealed_with),
        )
        .join(journal, journal.c.entry_id == after_seal.c.entry_id)
        .where(after_seal.c.day == day)
        .order_by(journal.c.station, journal.c.seq)
    )
    return tuple(connection.execute(query))


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Entries of a station that no seal covers yet; `late` of them are of sealed days."""

    station: str
    entries: int
    late: int


def uncovered(connection: Connection, station: str, most: int = 5_000) -> Uncovered:
    """What of a station came since its last seal; looks at `most` entries at the most."""
    before = last_seal(connection, station)
    since = before.seal.to_seq if before else 0
    entries = late = 0
    for row in _unsealed(connection, station, since):
        own = business_day(bytes(row.raw), row.posted_at)
        late += before is not None and own <= before.seal.day
        entries += 1
        if entries >= most:
            break
    return Uncovered(station, entries, late)
