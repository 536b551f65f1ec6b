"""Keeps what a station's other branch says: facts of a clone or of a store that was restored.

Nothing of a branch is ever booked; it is evidence, and its money is named in the totals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select, update

from cardstation.central.batch import Sent
from cardstation.central.heads import Head
from cardstation.central.legs import per_class
from cardstation.central.tables import branches, journal, stations
from cardstation.domain.ledger import Entry, postings_of


def hashes_at(connection: Connection, head: Head, sent: Sequence[Sent]) -> dict[int, str]:
    """Hash by number of what the books have at the places of these entries."""
    if sent[0].seq > head.last_seq:
        return {}
    rows = connection.execute(
        select(journal.c.seq, journal.c.hash).where(
            journal.c.station == head.station, journal.c.seq.between(sent[0].seq, sent[-1].seq)
        )
    )
    return {seq: digest.hex() for seq, digest in rows}


def keep_branch(
    connection: Connection, head: Head, sent: Sequence[Sent], ours: Mapping[int, str]
) -> None:
    """Store what is not in the journal, `ours`; again is harmless."""
    stored = connection.execute(
        select(branches.c.epoch, branches.c.seq, branches.c.hash).where(
            branches.c.station == head.station,
            branches.c.seq.between(sent[0].seq, sent[-1].seq),
        )
    )
    known = {(epoch, seq, digest) for epoch, seq, digest in stored}
    rows = [
        {"station": head.station, "epoch": one.epoch, "seq": one.seq, "raw": one.raw}
        | {"hash": bytes.fromhex(one.hash)}
        for one in sent
        if ours.get(one.seq) != one.hash
        and (one.epoch, one.seq, bytes.fromhex(one.hash)) not in known
    ]
    if rows:
        connection.execute(insert(branches), rows)


def suspend(connection: Connection, head: Head) -> None:
    """Let a station say nothing more: there are two of it."""
    mine = stations.c.station == head.station
    connection.execute(update(stations).where(mine).values(status="suspended"))


def claims(connection: Connection) -> dict[str, dict[str, int]]:
    """Fen per account class that each station's other branches claim, booked nowhere."""
    found: dict[str, dict[str, int]] = {}
    for station, raw in connection.execute(select(branches.c.station, branches.c.raw)):
        sums = found.setdefault(station, {"entries": 0})
        sums["entries"] += 1
        try:
            entry = Entry.from_bytes(raw)
        except (ValueError, TypeError, RecursionError):
            continue
        for name, fen in per_class(postings_of(entry)).items():
            sums[name] = sums.get(name, 0) + fen
    return found
