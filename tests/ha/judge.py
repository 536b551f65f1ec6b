"""Holds what stations were told against what the books have, and finds how long nobody was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Engine, func, select, text

from cardstation.central.tables import journal
from tests.ha.load import Ack


def last_of_each(acks: Iterable[Ack]) -> dict[str, Ack]:
    """The furthest acknowledgement of each station."""
    last: dict[str, Ack] = {}
    for ack in acks:
        if ack.station not in last or ack.seq > last[ack.station].seq:
            last[ack.station] = ack
    return last


def acknowledged(acks: Iterable[Ack]) -> int:
    """How many entries stations were told are kept."""
    return sum(ack.seq for ack in last_of_each(acks).values())


def missing(engine: Engine, acks: Iterable[Ack]) -> int:
    """How many acknowledged entries the books do not have.

    The hash of the last one stands for all before it: it chains them. Where it differs, the books
    hold another history of this station, and everything that was told counts as missing.
    """
    lost = 0
    with engine.connect() as connection:
        for station, ack in last_of_each(acks).items():
            mine = (journal.c.station == station, journal.c.seq <= ack.seq)
            held = connection.scalar(select(func.count()).where(*mine)) or 0
            found = connection.scalar(
                select(journal.c.hash).where(mine[0], journal.c.seq == ack.seq)
            )
            same = found is not None and found.hex() == ack.hash
            lost += ack.seq - held if same or found is None else ack.seq
    return lost


def rate(acks: Sequence[Ack], since: float, until: float) -> float:
    """Entries acknowledged per second in a span of time."""
    before = acknowledged(ack for ack in acks if ack.at < since)
    return (acknowledged(ack for ack in acks if ack.at < until) - before) / (until - since)


def outage_s(acks: Sequence[Ack], since: float, until: float) -> float:
    """The longest time in a span in which no station was told anything."""
    heard = sorted(ack.at for ack in acks if since <= ack.at <= until)
    return max(later - earlier for earlier, later in pairwise([since, *heard, until]))


def bytes_per_entry(engine: Engine) -> int:
    """What an entry takes on disk, with its postings, sums and all their indexes."""
    size = text(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with engine.connect() as connection:
        whole = int(connection.scalar(size) or 0)
        return whole // (connection.scalar(select(func.count()).select_from(journal)) or 1)
