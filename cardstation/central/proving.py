"""Proves the books: every sum, every hash, every copied column, every posting, every chain."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import starmap
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Text, cast, func, join, select, text, tuple_

from cardstation.central.batch import Sent, numbered, read_batch
from cardstation.central.centre_chain import CENTRE, FACT, postings_of_order
from cardstation.central.days import Key, business_day, day_of, summed
from cardstation.central.engine import transaction
from cardstation.central.legs import legs
from cardstation.central.posting import REPEATED, UNREADABLE_KIND, copied
from cardstation.central.recounting import DEADLINE_S, day_differences, sum_differences
from cardstation.central.tables import (
    branches,
    card_load,
    entry_index,
    epochs,
    exceptions,
    journal,
    postings,
    stations,
)
from cardstation.domain.ledger import GENESIS, Order, Posting, entry_hash
from cardstation.errors import LedgerRefused

_PAGE = 2_000
_SEALED = func.sealed_once(journal.c.kind, journal.c.subject, journal.c.verdict)
_UNDONE = func.undone_once(journal.c.kind, journal.c.corrects, journal.c.verdict)


class Start(NamedTuple):
    """Where the proof of a chain begins: after an entry that was proved and sealed before.

    Attributes:
        seq, hash, epoch: Of that entry.
        day: The last one on which it, or any before it, can have been posted.
    """

    seq: int
    hash: str
    epoch: int
    day: date


FIRST = Start(0, GENESIS, 1, date.min)
WHOLE: Mapping[str, Start] = MappingProxyType({})


def disagreements(engine: Engine, starts: Mapping[str, Start] = WHOLE) -> tuple[str, ...]:
    """What is wrong with the books, in an engineer's words; empty when they are sound.

    Args:
        engine: The books.
        starts: Where the chains of some stations begin; of every other all is looked at.

    Looked at: every posting sums to zero; each stored balance, class total and sum of a day equals
    the sum of its postings; every entry's bytes give its hash, its copied columns and, with its
    verdict, its postings; each station's chain is whole from 1 to its head over all epochs, and
    each epoch was granted; no counter has two live loads; a fact of another branch is in no
    journal; the index over all months has just the entries of the journal.

    All of it at one moment: stations go on posting meanwhile.
    """
    still = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(still, deadline_s=DEADLINE_S) as connection:
        chains = _chains(connection, starts)
        looks = (_sums, _loads, _apart, _index)
        return (*chains, *(found for look in looks for found in look(connection)))


def _sums(connection: Connection) -> list[str]:
    whole = int(connection.scalar(select(func.sum(postings.c.fen))) or 0)
    found = [f"postings sum to {whole}"] if whole else []
    return found + list(map(str, sum_differences(connection)))


@dataclass(slots=True)
class _Chain:
    """How far a chain was followed."""

    station: str
    seq: int = 0
    hash: str = GENESIS
    epoch: int = 1
    found: list[str] = field(default_factory=list)

    def follow(self, row: Row[Any]) -> Sent | None:
        """Check the place of the next row; None when its bytes say another."""
        name = f"{self.station} {row.seq}"
        before, self.hash = self.hash, row.hash.hex()
        if row.seq != self.seq + 1:
            self.found.append(f"{self.station}: sequence has holes before {row.seq}")
        self.seq = row.seq
        if entry_hash(row.raw) != self.hash:
            self.found.append(f"{name}: bytes are not their hash")
        if self.station == CENTRE:
            if json.loads(row.raw)["prev_hash"] != before:
                self.found.append(f"{self.station}: chain broken at {row.seq}")
            return None
        try:
            read = read_batch(self.station, [bytes(row.raw)])
            (one,) = numbered(read, row.seq, self.epoch)
        except LedgerRefused as refused:
            self.found.append(f"{name}: {refused}")
            return None
        place = one.place
        if place is not None and place.prev_hash != before:
            self.found.append(f"{self.station}: chain broken at {row.seq}")
        if one.epoch != row.epoch or one.epoch != self.epoch + one.opens_epoch:
            self.found.append(f"{name}: epoch {row.epoch} is not due here")
        self.epoch = one.epoch
        return one


def _chains(connection: Connection, starts: Mapping[str, Start]) -> list[str]:
    found: list[str] = []
    days: dict[Key, int] = {}
    judged = _verdicts(connection, starts)
    for station in connection.execute(select(stations).order_by(stations.c.station)).all():
        start = starts.get(station.station, FIRST)
        chain = _Chain(station.station, start.seq, start.hash, start.epoch)
        for page in _pages(connection, station.station, start.seq):
            booked = _postings(connection, page)
            for row in page:
                one = chain.follow(row)
                _add_days(days, row, booked.get(row.entry_id, {}))
                chain.found += _copies(row, one, booked)
                chain.found += _judged(row, judged)
        if (chain.seq, chain.hash) != (station.last_seq, station.last_hash.hex()):
            chain.found.append(f"{chain.station}: head is not the last entry, or there are holes")
        found += [*chain.found, *_epochs(connection, station, chain)]
    found += [f"{entry_id}: exception without its entry" for entry_id, _ in judged]
    since = {name: start.day for name, start in starts.items()}
    return found + list(map(str, day_differences(connection, days, since)))


def _verdicts(connection: Connection, starts: Mapping[str, Start]) -> Counter[tuple[str, str]]:
    """The open items of the entries that are looked at."""
    item = exceptions.c
    rows = connection.execute(select(item.entry_id, item.code, item.station, item.seq))
    return Counter(
        (row.entry_id, row.code) for row in rows if row.seq > starts.get(row.station, FIRST).seq
    )


def _add_days(days: dict[Key, int], row: Row[Any], booked: Mapping[str, int]) -> None:
    if booked:
        day = business_day(bytes(row.raw), row.posted_at)
        posted_on = day_of(row.posted_at)
        for key, fen in summed(day, posted_on, row.station, starmap(Posting, booked.items())):
            days[key] = days.get(key, 0) + fen


def _pages(connection: Connection, station: str, after: int) -> Iterator[Sequence[Row[Any]]]:
    """Rows of a station's journal in order, a page at a time."""
    seq = after or -(2**62)
    while True:
        page = connection.execute(
            select(journal)
            .where(journal.c.station == station, journal.c.seq > seq)
            .order_by(journal.c.seq)
            .limit(_PAGE)
        ).all()
        yield page
        if len(page) < _PAGE:
            return
        seq = page[-1].seq


def _postings(connection: Connection, page: Sequence[Row[Any]]) -> dict[str, dict[str, int]]:
    """What is booked of a page's entries, by account: never the whole of the books at once."""
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(postings.c.entry_id, postings.c.account, postings.c.fen).where(
            postings.c.entry_id.in_([row.entry_id for row in page])
        )
    )
    for entry_id, account, fen in rows:
        found.setdefault(entry_id, {})[account] = fen
    return found


def _copies(row: Row[Any], one: Sent | None, booked: dict[str, dict[str, int]]) -> Iterator[str]:
    """What of an entry's columns and postings its bytes and its verdict do not mean."""
    name = f"{row.station} {row.seq}"
    found = booked.get(row.entry_id, {})
    if row.station == CENTRE:
        if found != _sums_of(postings_of_order(row.kind, _order(row))):
            yield f"{name}: postings are not those of the order"
        return
    if one is None:
        return
    if row.kind == UNREADABLE_KIND:
        one = one.flawed(row.verdict)
    said = {**dict(zip(REPEATED, copied(one), strict=True)), "entry_id": one.entry_id}
    for column, value in said.items():
        if getattr(row, column) != value:
            yield f"{name}: {column} is not what the bytes say"
    meant = () if one.entry is None else legs(one.entry, row.suspense)
    if found != _sums_of(meant):
        yield f"{name}: postings are not what the bytes and the verdict mean"


def _judged(row: Row[Any], judged: Counter[tuple[str, str]]) -> Iterator[str]:
    """An entry's verdict is its open item, and the other way round."""
    if row.verdict and not judged.pop((row.entry_id, row.verdict), 0):
        yield f"{row.station} {row.seq}: {row.verdict} without its exception"
    if row.kind == UNREADABLE_KIND and not row.verdict:
        yield f"{row.station} {row.seq}: kept without being booked, and nobody says why"


def _order(row: Row[Any]) -> Order:
    said = json.loads(row.raw)
    return Order(**{name: said[name] for name in FACT})


def _sums_of(meant: tuple[Posting, ...]) -> dict[str, int]:
    return {leg.account: leg.fen for leg in meant}


def _epochs(connection: Connection, station: Row[Any], chain: _Chain) -> Iterator[str]:
    if station.last_epoch != chain.epoch or station.epoch < chain.epoch:
        yield f"{station.station}: epoch {station.epoch}, last entry {chain.epoch}"
    granted = set(
        connection.scalars(select(epochs.c.epoch).where(epochs.c.station == station.station))
    )
    for epoch in range(2, chain.epoch + 1):
        if epoch not in granted:
            yield f"{station.station}: epoch {epoch} was never granted"


def _loads(connection: Connection) -> list[str]:
    """Each live load stands for a sealed entry that nothing has taken back."""
    sealed, taken = journal.alias(), entry_index.alias()
    rows = connection.execute(
        select(card_load.c.entry_id)
        .join(sealed, sealed.c.entry_id == card_load.c.entry_id)
        .outerjoin(
            taken,
            taken.c.undone == cast(card_load.c.entry_id, Text),
        )
        .where(
            (sealed.c.kind != "sealed")
            | (card_load.c.freed_by.is_(None) & taken.c.entry_id.is_not(None))
        )
    )
    return [f"{row.entry_id}: a live load that is not on a card" for row in rows]


def _apart(connection: Connection) -> list[str]:
    """What is evidence of another branch is not booked as well."""
    both = connection.execute(
        select(branches.c.station, branches.c.seq).join(
            journal,
            (journal.c.station == branches.c.station)
            & (journal.c.hash == branches.c.hash)
            & (journal.c.seq == branches.c.seq),
        )
    )
    return [f"{station} {seq}: booked and evidence at once" for station, seq in both]


def _index(connection: Connection) -> list[str]:
    """Every entry has its row in the index over all months, and no row is without its entry."""
    lies = entry_index.c
    found = connection.execute(
        select(func.coalesce(journal.c.station, lies.station), func.count())
        .select_from(join(journal, entry_index, journal.c.entry_id == lies.entry_id, full=True))
        .where(
            tuple_(lies.station, lies.seq, lies.sealed, lies.undone).is_distinct_from(
                tuple_(journal.c.station, journal.c.seq, _SEALED, _UNDONE)
            )
        )
        .group_by(text("1"))
    )
    return [f"{station}: {many} entries are not what the index says" for station, many in found]
