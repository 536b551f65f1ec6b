"""Proves that the books still are what was sealed and signed: seals, their chain, checkpoints."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, and_, select

from cardstation.central.reconcile.seals import Kept, kept, sums_of
from cardstation.central.reconcile.tables import day_seals
from cardstation.central.signatures import genuine
from cardstation.central.tables import journal, rewinds
from cardstation.domain.checkpoint import Checkpoint, Rewind
from cardstation.domain.ledger import GENESIS

_AT_ONCE = 1_000
LATEST = 31
"""Seals of a station whose sums are added up again; older ones hang on their hashes."""


def broken_seals(connection: Connection, public: bytes) -> list[str]:
    """What of the seals does not hold, in an engineer's words.

    Looked at: the centre's signature under each; each names the one before it and goes on where
    that one ended; the chain of the station still has that very entry at its end; the sums.
    """
    query = (
        select(day_seals, journal.c.hash.label("found"))
        .outerjoin(
            journal,
            and_(journal.c.station == day_seals.c.station, journal.c.seq == day_seals.c.to_seq),
        )
        .order_by(day_seals.c.station, day_seals.c.day)
    )
    found: list[str] = []
    chains: dict[str, deque[Kept]] = {}
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            one = kept(row)
            chain = chains.setdefault(one.seal.station, deque(maxlen=LATEST))
            standing = GENESIS if one.seal.to_seq == 0 else (row.found.hex() if row.found else "")
            found += _wrong(one, chain[-1] if chain else None, standing, public)
            chain.append(one)
    for chain in chains.values():
        found += _sums(connection, chain)
    return found


def _wrong(one: Kept, before: Kept | None, standing: str, public: bytes) -> Iterator[str]:
    seal = one.seal
    name = f"seal {seal.station} {seal.day}"
    if not genuine(public, one.signature, seal.message):
        yield f"{name}: not signed by the centre"
    if seal.before != (before.fingerprint if before else GENESIS):
        yield f"{name}: does not follow the seal before it"
    if seal.from_seq != (before.seal.to_seq if before else 0) + 1:
        yield f"{name}: does not begin where the seal before it ended"
    if seal.hash != standing:
        yield f"{name}: entry {seal.to_seq} of the books is not the sealed one"


def _sums(connection: Connection, chain: Iterable[Kept]) -> Iterator[str]:
    for one in chain:
        seal = one.seal
        if json.loads(seal.sums) != sums_of(connection, seal.station, seal.from_seq, seal.to_seq):
            yield f"seal {seal.station} {seal.day}: the sums are not the sealed ones"


def broken_rewinds(connection: Connection, public: bytes) -> list[str]:
    """Rewinds that the centre did not sign; every other one is its own word."""
    rows = connection.execute(select(rewinds).order_by(rewinds.c.number)).all()
    found = []
    for row in rows:
        said = Rewind(
            row.station, row.seq, row.hash.hex(), row.reason, row.ordered_by, row.approved_by
        )
        if not genuine(public, bytes(row.signature), said.message):
            found.append(f"rewind {row.number} of {row.station}: not signed by the centre")
    return found


def broken_checkpoint(
    connection: Connection, public: bytes, said: Checkpoint, signature: bytes
) -> list[str]:
    """What of a checkpoint that a station kept does not hold against the books.

    The station has the centre's own word that an entry was taken: it must still be there.
    """
    name = f"checkpoint {said.station} {said.seq}"
    if not genuine(public, signature, said.message):
        return [f"{name}: not signed by the centre"]
    if said.seq == 0:
        return [] if said.hash == GENESIS else [f"{name}: not the beginning of a chain"]
    standing = connection.scalar(
        select(journal.c.hash).where(journal.c.station == said.station, journal.c.seq == said.seq)
    )
    if standing is None:
        return [f"{name}: the books have lost what they confirmed"]
    if standing.hex() != said.hash:
        return [f"{name}: the books have another entry than the one they confirmed"]
    return []
