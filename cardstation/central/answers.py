"""Who may be answered, and what the ledger says to a station, signed for its very question."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import Response
from sqlalchemy import Engine

from cardstation.central import acts, heads, ledger, wire
from cardstation.central.centre_key import CentreKey
from cardstation.central.requests import Signed, json_answer
from cardstation.domain.checkpoint import OrdersTold
from cardstation.domain.ledger import Order
from cardstation.domain.offline_grant import GrantTold
from cardstation.errors import LedgerRefused


def known(engine: Engine, signed: Signed) -> heads.Head:
    """The head of the station that signed, whatever its status: it may always ask why.

    Raises:
        LedgerRefused: `station_unknown`, `signature_bad`.
    """
    head = heads.head_of(engine, signed.station)
    if not signed.by(head.public_key):
        raise LedgerRefused("signature_bad")
    return head


def fresh(engine: Engine, signed: Signed) -> heads.Head:
    """The same, of one that may speak and answers to our last word.

    Raises:
        LedgerRefused: `station_unknown`, `signature_bad`, `station_suspended`, `station_revoked`,
            `nonce_stale`.
    """
    head = known(engine, signed)
    heads.refuse_inactive(head)
    return current(signed, head)


def current(signed: Signed, head: heads.Head) -> heads.Head:
    """The head, when the request carries the nonce of our last answer.

    Raises:
        LedgerRefused: `nonce_stale`.
    """
    if signed.said.nonce != head.nonce:
        raise LedgerRefused("nonce_stale")
    return head


def told(key: CentreKey, signed: Signed, found: tuple[Order, ...]) -> Response:
    """Orders, signed for whoever asked."""
    said = OrdersTold(signed.station, signed.said.nonce, found)
    lines = [wire.NewOrder(**asdict(order)) for order in found]
    return json_answer(wire.Orders(lines, key.sign(said.message)))


def head_answer(
    engine: Engine,
    key: CentreKey,
    signed: Signed,
    head: heads.Head,
    *,
    grant: GrantTold | None = None,
) -> Response:
    """What the books have of a station, what two people ask of it, and its offline grant."""
    found = acts.rewind_for(engine, head)
    rewind = None
    if found is not None:
        ordered, signature = found
        rewind = wire.RewindOrder(
            seq=ordered.seq,
            hash=ordered.hash,
            reason=ordered.reason,
            ordered_by=ordered.ordered_by,
            approved_by=ordered.approved_by,
            signature=signature,
        )
    answer = wire.HeadAnswer(
        epoch=head.epoch,
        last_seq=head.last_seq,
        last_hash=head.last_hash,
        nonce=head.nonce,
        status=head.status,
        signature=key.sign(head.checkpoint(signed.said.nonce).message),
        centre_key=key.public,
        rewind=rewind,
        grant=None if grant is None else _grant_answer(key, grant),
    )
    return json_answer(answer)


def _grant_answer(key: CentreKey, told: GrantTold) -> wire.GrantAnswer:
    grant, terms = told.grant, told.grant.terms
    return wire.GrantAnswer(
        station=grant.station,
        epoch=grant.epoch,
        key=grant.key,
        number=grant.number,
        fen=terms.money.fen,
        hours=terms.hours,
        card_fen=terms.card_money.fen,
        list_hours=terms.list_hours,
        list_no=grant.list_no,
        list_hash=grant.list_hash,
        until_us=grant.until_us,
        now_us=told.now_us,
        signature=key.sign(told.message),
    )


def acknowledged(key: CentreKey, signed: Signed, done: ledger.Acknowledged) -> Response:
    """What was posted, cumulative, signed as a checkpoint."""
    answer = wire.AckAnswer(
        epoch=done.head.epoch,
        acked_seq=done.head.last_seq,
        acked_hash=done.head.last_hash,
        exceptions=[wire.Conflict(one.seq, one.code, one.other) for one in done.exceptions],
        nonce=done.head.nonce,
        totals=done.totals,
        signature=key.sign(done.head.checkpoint(signed.said.nonce).message),
    )
    return json_answer(answer)
