"""Posts a station's facts: one transaction per batch, each fact exactly once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, Connection, Engine, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from cardstation.central import posting, precedents
from cardstation.central.batch import Sent, first_seq, read_batch
from cardstation.central.days import Key, add_to_days, day_of, moment_said, summed
from cardstation.central.engine import transaction
from cardstation.central.following import flag_reused, news, other_branch, placed
from cardstation.central.forks import hashes_at, keep_branch, suspend
from cardstation.central.granting import post_used
from cardstation.central.heads import Head, head_from, locked_head, new_nonce, refuse_inactive
from cardstation.central.judging import Verdict
from cardstation.central.legs import legs
from cardstation.central.tables import (
    SEALED_ONCE,
    UNDONE_ONCE,
    class_totals,
    entry_index,
    exceptions,
    journal,
    stations,
)
from cardstation.domain.ledger import Posting
from cardstation.errors import LedgerRefused, Mishap

ATTEMPTS = 5
_NAMES = bindparam("names", type_=ARRAY(journal.c.entry_id.type))
_BOOKED = select(entry_index.c.entry_id).where(entry_index.c.entry_id == func.any(_NAMES))
_EXCEPTIONS = (
    select(exceptions.c.seq, exceptions.c.code, exceptions.c.other)
    .where(exceptions.c.station == bindparam("name"), exceptions.c.seq >= bindparam("first"))
    .order_by(exceptions.c.seq)
)
_TOTALS = (
    select(class_totals.c.account_class, class_totals.c.fen)
    .where(class_totals.c.station == bindparam("name"))
    .order_by(class_totals.c.account_class)
)
_MOVED = (
    update(stations)
    .where(stations.c.station == bindparam("name"))
    .values({at: bindparam(at) for at in ("last_seq", "last_hash", "last_epoch", "nonce")})
    .returning(*stations.c)
)
_RACED = re.compile(
    rf"card_load_pkey|card_load_live_sale|journal_\w+_pkey|entry_index_pkey|{SEALED_ONCE}|{UNDONE_ONCE}"
)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A business conflict of one entry; `other` is the entry_id that stands against it."""

    seq: int
    code: str
    other: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The books' answer to a batch: cumulative, so the same for a replay.

    Attributes:
        exceptions: Of every entry from the batch's first to the head.
    """

    head: Head
    exceptions: tuple[Exceptional, ...]
    totals: dict[str, int]


def push(
    engine: Engine,
    station: str,
    entries: Sequence[bytes],
    *,
    nonce: str,
    signed_by: Callable[[bytes], bool],
) -> Acknowledged:
    """Post a batch that follows what the books have, or answer a replay of one they have.

    Args:
        engine: The books.
        station: Whose batch it is.
        entries: Exact bytes, in order.
        nonce: The nonce the station signed.
        signed_by: Says whether the request was signed by the owner of a public key.

    Raises:
        LedgerRefused: `signature_bad`, `station_unknown`, `station_suspended`, `station_revoked`,
            `ledger_gap`, `ledger_fork`, `ledger_epoch`, `nonce_stale`, and what `read_batch`
            says. Nothing was posted; what belongs to another branch is kept as evidence.
        OutcomeUnknown: `ledger_commit_unknown`: send again.
        Mishap: `ledger_overloaded`: send again later.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction(engine) as connection:
                head = locked_head(connection, station)
                if not signed_by(head.public_key):
                    raise LedgerRefused("signature_bad")
                if head.status == "revoked":
                    refuse_inactive(head)
                read = read_batch(station, entries)
                answer = _take(connection, head, read, nonce, doubted=attempt > 0)
        except IntegrityError as error:
            # An id that is booked already, or a load that another station posted between our
            # look-up and our insert: look again.
            if not _RACED.fullmatch(posting.violated(error)):
                raise
        else:
            if isinstance(answer, LedgerRefused):
                raise answer
            return answer
    raise Mishap("ledger_overloaded")


def _take(
    connection: Connection, head: Head, read: tuple[Sent, ...], nonce: str, *, doubted: bool
) -> Acknowledged | LedgerRefused:
    """Post what is new. A refusal is returned, not raised, when evidence was kept.

    It is `doubted` once an index has said that something here is booked already: until then no id
    is looked up, for that is what the index does.
    """
    first = first_seq(read) or _known_at(connection, head, read[0])
    sent = placed(head, read, first)
    ours = hashes_at(connection, head, sent)
    refused = other_branch(head, sent, ours)
    if refused is not None:
        if refused.code == "ledger_fork":
            suspend(connection, head)
        keep_branch(connection, head, sent, ours)
        return refused
    new = news(head, sent, nonce)
    if new:
        known = _booked(connection, new) if doubted else frozenset()
        head = _post(connection, head, flag_reused(new, known))
    return Acknowledged(
        head, _exceptions(connection, head, sent[0].seq), totals_of(connection, head.station)
    )


def _known_at(connection: Connection, head: Head, one: Sent) -> int:
    """Where bytes that do not say their number stand already, 0 when they are new."""
    found = connection.scalar(
        select(journal.c.seq)
        .where(journal.c.station == head.station, journal.c.hash == bytes.fromhex(one.hash))
        .order_by(journal.c.seq.desc())
        .limit(1)
    )
    return found or 0


def _booked(connection: Connection, new: Sequence[Sent]) -> set[str]:
    """Those ids of new entries that the books have already."""
    names = [one.entry_id for one in new if one.entry is not None]
    return set(connection.scalars(_BOOKED, {"names": names}))


def _post(connection: Connection, head: Head, new: tuple[Sent, ...]) -> Head:
    # First: who waits for this row of its own holds no account of others.
    post_used(connection, head.station, [one.entry for one in new if one.entry])
    judge = precedents.known_before(connection, [one.entry for one in new if one.entry])
    verdicts = [Verdict(one.flaw) if one.entry is None else judge.judge(one.entry) for one in new]
    posted = [
        (one.entry_id, () if one.entry is None else legs(one.entry, verdict.suspense))
        for one, verdict in zip(new, verdicts, strict=True)
    ]
    posted_at = posting.now(connection)
    posting.write_journal(connection, posted_at, new, verdicts)
    posting.write_postings(connection, posted)
    flat: list[Posting] = [leg for _, of_entry in posted for leg in of_entry]
    posting.add_to_balances(connection, head.station, flat)
    add_to_days(connection, _by_day(new, posted, posted_at))
    posting.write_exceptions(connection, head.station, new, verdicts)
    precedents.write_changes(connection, judge)
    last = new[-1]
    moved = {
        "name": head.station,
        "last_seq": last.seq,
        "last_hash": bytes.fromhex(last.hash),
        "last_epoch": last.epoch,
        "nonce": new_nonce(),
    }
    row = connection.execute(_MOVED, moved).one()
    return head_from(row)


def _by_day(
    new: Sequence[Sent], posted: Sequence[tuple[str, Sequence[Posting]]], posted_at: datetime
) -> Iterator[tuple[Key, int]]:
    """What entries of one station add to the sums of their days."""
    made: dict[date, list[Posting]] = {}
    for one, (_, of_entry) in zip(new, posted, strict=True):
        if one.entry is not None and of_entry:
            day = day_of(moment_said(one.entry.at, posted_at))
            made.setdefault(day, []).extend(of_entry)
    posted_on = day_of(posted_at)
    for day, of_day in made.items():
        yield from summed(day, posted_on, new[0].station, of_day)


def _exceptions(connection: Connection, head: Head, first: int) -> tuple[Exceptional, ...]:
    rows = connection.execute(_EXCEPTIONS, {"name": head.station, "first": first})
    return tuple(Exceptional(*row) for row in rows)


def totals_of(connection: Connection, station: str) -> dict[str, int]:
    """Fen per account class of what one station posted."""
    rows = connection.execute(_TOTALS, {"name": station})
    return {name: fen for name, fen in rows if fen}
