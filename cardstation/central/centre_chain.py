"""The centre's own chain: facts that no station said, each about an order paid online."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import randbits

from sqlalchemy import Connection, insert, select, update

from cardstation.central import posting
from cardstation.central.days import add_to_days, business_day, day_of, summed
from cardstation.central.tables import journal, stations
from cardstation.domain.ids import CHANCE_BITS, id_at
from cardstation.domain.ledger import Order, Posting, entry_hash, order_postings

CENTRE = "centre"
ORDER = "order"
ORDER_WITHDRAWN = "order_withdrawn"
ORDER_LOADED = "order_loaded"

FACT = tuple(name for name, one in Order.__dataclass_fields__.items() if one.compare)
"""What of an order is said when it is paid, and never changes."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last entry of the centre's chain."""

    epoch: int
    seq: int
    hash: bytes


def lock_centre(connection: Connection) -> ChainEnd:
    """The end of the chain, nobody else's until this transaction ends."""
    row = connection.execute(
        select(stations.c.epoch, stations.c.last_seq, stations.c.last_hash)
        .where(stations.c.station == CENTRE)
        .with_for_update()
    ).one()
    return ChainEnd(row.epoch, row.last_seq, row.last_hash)


def postings_of_order(kind: str, order: Order) -> tuple[Posting, ...]:
    """What a fact about an order means in the books.

    It was paid, its payment went back, or a channel without a desk of ours loaded it.
    """
    paid = order_postings(order)
    if kind == ORDER:
        return paid
    if kind == ORDER_LOADED:
        owed = f"unloaded:{order.account_no}"
        return (Posting(owed, order.fen), Posting("gas_sold", -order.fen)) if order.fen else ()
    return tuple(Posting(leg.account, -leg.fen) for leg in paid)


def put_on_chain(
    connection: Connection, end: ChainEnd, kind: str, order: Order, said: dict[str, str]
) -> str:
    """Add a fact about an order, with its postings; returns its entry_id.

    Args:
        connection: Of the transaction that locked the chain.
        end: Of the chain.
        kind: `ORDER`, `ORDER_WITHDRAWN` or `ORDER_LOADED`.
        order: Which.
        said: What else is told.
    """
    now = datetime.now(UTC)
    entry_id, seq = id_at(now, randbits(CHANCE_BITS)), end.seq + 1
    fact: dict[str, object] = {"entry_id": entry_id, "station": CENTRE, "epoch": end.epoch}
    fact |= {"seq": seq, "prev_hash": end.hash.hex(), "kind": kind}
    fact |= {"at": now.isoformat()}
    fact |= {name: getattr(order, name) for name in FACT} | said
    raw = json.dumps(fact, ensure_ascii=False, separators=(",", ":")).encode()
    digest = bytes.fromhex(entry_hash(raw))
    posted_at = posting.now(connection)
    row = _row(fact, raw, digest, order) | {"posted_at": posted_at}
    connection.execute(insert(journal).values(row))
    legs = postings_of_order(kind, order)
    _book(connection, entry_id, legs)
    day = business_day(raw, posted_at)
    add_to_days(connection, summed(day, day_of(posted_at), CENTRE, legs))
    connection.execute(
        update(stations).where(stations.c.station == CENTRE).values(last_seq=seq, last_hash=digest)
    )
    return entry_id


def _row(fact: dict[str, object], raw: bytes, digest: bytes, order: Order) -> dict[str, object]:
    blank = dict.fromkeys(("maker", "card_no", "meter_no"), "")
    return {
        **{name: fact[name] for name in ("entry_id", "station", "epoch", "seq", "kind")},
        **blank,
        "hash": digest,
        "raw": raw,
        "subject": order.order_id,
        "account_no": order.account_no,
        "generation": 0,
        "counter_before": order.expected_counter,
        "counter_after": order.expected_counter,
        "fen": order.fen,
        "litres": order.litres,
    }


def _book(connection: Connection, entry_id: str, legs: Sequence[Posting]) -> None:
    posting.write_postings(connection, [(entry_id, legs)])
    posting.add_to_balances(connection, CENTRE, legs)
