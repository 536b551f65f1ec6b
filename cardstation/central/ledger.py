"""Posts a station's facts: one transaction per batch, each fact exactly once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from cardstation.central import posting, precedents
from cardstation.central.batch import Sent, read_batch
from cardstation.central.engine import transaction
from cardstation.central.heads import Head, head_from, locked_head, new_nonce, refuse_inactive
from cardstation.central.judging import Verdict, legs
from cardstation.central.tables import branches, class_totals, exceptions, journal, stations
from cardstation.domain.ledger import Posting
from cardstation.errors import LedgerRefused, Mishap

ATTEMPTS = 5
_RACED = frozenset({"card_load_pkey", "card_load_live_sale"})


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The books' answer to a batch: cumulative, so the same for a replay."""

    head: Head
    exceptions: tuple[tuple[int, str], ...]
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
            `ledger_gap`, `ledger_fork`, `ledger_epoch`, `nonce_stale`, `entry_id_reused`, and
            what `read_batch` says. Nothing was posted.
        OutcomeUnknown: `ledger_commit_unknown`: send again.
        Mishap: `ledger_overloaded`: send again later.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction(engine) as connection:
                head = locked_head(connection, station)
                if not signed_by(head.public_key):
                    raise LedgerRefused("signature_bad")
                refuse_inactive(head)
                answer = _take(connection, head, read_batch(station, entries), nonce)
        except IntegrityError as error:
            # Another station posted the same load between our look-up and our insert: look again.
            if posting.violated(error) not in _RACED:
                raise
        else:
            if answer is None:
                raise LedgerRefused("ledger_fork", station=station)
            return answer
    raise Mishap("ledger_overloaded")


def _take(
    connection: Connection, head: Head, sent: tuple[Sent, ...], nonce: str
) -> Acknowledged | None:
    """Post what is new. None: the batch contradicts the books, and the station is suspended."""
    first = sent[0].entry
    if first.epoch != head.epoch:
        raise LedgerRefused("ledger_epoch", expected=head.epoch)
    if first.seq > head.last_seq + 1:
        raise LedgerRefused("ledger_gap", expected_seq=head.last_seq + 1)
    if _contradicts(connection, head, sent):
        _suspend(connection, head, sent)
        return None
    new = tuple(one for one in sent if one.entry.seq > head.last_seq)
    if new:
        if not secrets.compare_digest(nonce, head.nonce):
            raise LedgerRefused("nonce_stale")
        _refuse_reused(connection, new)
        head = _post(connection, head, new)
    return Acknowledged(head, _exceptions(connection, sent), totals_of(connection, head.station))


def _contradicts(connection: Connection, head: Head, sent: tuple[Sent, ...]) -> bool:
    """Whether an entry we have, or the one before the first new one, has another hash here."""
    first, last = sent[0].entry, sent[-1].entry
    if first.seq == head.last_seq + 1:
        return first.prev_hash != head.last_hash
    rows = connection.execute(
        select(journal.c.seq, journal.c.hash).where(
            journal.c.station == head.station,
            journal.c.epoch == head.epoch,
            journal.c.seq.between(first.seq, last.seq),
        )
    )
    ours = {seq: digest.hex() for seq, digest in rows}
    return any(ours.get(one.entry.seq, one.hash) != one.hash for one in sent)


def _suspend(connection: Connection, head: Head, sent: tuple[Sent, ...]) -> None:
    """Keep the other branch as evidence and let the station say nothing more."""
    connection.execute(
        insert(branches),
        [
            {
                "station": head.station,
                "epoch": one.entry.epoch,
                "seq": one.entry.seq,
                "hash": bytes.fromhex(one.hash),
                "raw": one.raw,
            }
            for one in sent
        ],
    )
    mine = stations.c.station == head.station
    connection.execute(update(stations).where(mine).values(status="suspended"))


def _refuse_reused(connection: Connection, new: tuple[Sent, ...]) -> None:
    names = [one.entry.entry_id for one in new]
    reused = select(journal.c.entry_id).where(journal.c.entry_id.in_(names)).limit(1)
    if len(set(names)) < len(names) or connection.scalar(reused) is not None:
        raise LedgerRefused("entry_id_reused")


def _post(connection: Connection, head: Head, new: tuple[Sent, ...]) -> Head:
    judge = precedents.known_before(connection, [one.entry for one in new])
    verdicts: list[Verdict | None] = [judge.judge(one.entry) for one in new]
    posted = [legs(one.entry, verdict) for one, verdict in zip(new, verdicts, strict=True)]
    posting.write_journal(connection, new)
    posting.write_postings(
        connection, [(one.entry.entry_id, legs) for one, legs in zip(new, posted, strict=True)]
    )
    flat: list[Posting] = [leg for of_entry in posted for leg in of_entry]
    posting.add_to_balances(connection, head.station, flat)
    posting.write_exceptions(connection, new, verdicts)
    precedents.write_changes(connection, judge)
    last = new[-1]
    moved = {
        "last_seq": last.entry.seq,
        "last_hash": bytes.fromhex(last.hash),
        "nonce": new_nonce(),
    }
    row = connection.execute(
        update(stations)
        .where(stations.c.station == head.station)
        .values(moved)
        .returning(*stations.c)
    ).one()
    return head_from(row)


def _exceptions(connection: Connection, sent: tuple[Sent, ...]) -> tuple[tuple[int, str], ...]:
    first, last = sent[0].entry, sent[-1].entry
    rows = connection.execute(
        select(exceptions.c.seq, exceptions.c.code)
        .where(
            exceptions.c.station == first.station,
            exceptions.c.epoch == first.epoch,
            exceptions.c.seq.between(first.seq, last.seq),
        )
        .order_by(exceptions.c.seq)
    )
    return tuple((seq, code) for seq, code in rows)


def totals_of(connection: Connection, station: str) -> dict[str, int]:
    """Fen per account class of what one station posted."""
    rows = connection.execute(
        select(class_totals.c.account_class, class_totals.c.fen)
        .where(class_totals.c.station == station)
        .order_by(class_totals.c.account_class)
    )
    return {name: fen for name, fen in rows if fen}
