"""What a desk may load before the ledger hears of it: asked before money, debited when armed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cardstation.domain.feed import POLICY
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import (
    PAID_WAITS,
    UNDER,
    KeptGrant,
    Unheard,
    is_stop,
    refused_because,
    why_not,
)
from cardstation.domain.offline_grant import key_of as key_name
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.ports.ledger import LedgerHead
from cardstation.services.station import Station
from cardstation.store import Reading, Unit

ATTEMPTS = 3
"""Loads of other lanes may be armed between the ledger's answer and ours."""
PATIENCE_S = 15.0
"""How long a card waits until another hand of this desk has spoken with the ledger."""

Did = TypeVar("Did")


def keep_grant(station: Station, unit: Unit, head: LedgerHead, asked_ns: int) -> None:
    """Put the grant that came with a head on record, taken or refused; once the head agrees.

    Args:
        station: The desk.
        unit: The unit of work; whoever commits compared the head with the journal.
        head: What the ledger said.
        asked_ns: When it was asked, by the clock of this boot: its time runs from then.
    """
    if head.grant is None:
        return
    told, last = head.grant.told, unit.grants.taken()
    refused = refused_because(
        told,
        None if last is None else last.grant,
        station=station.name,
        epoch=unit.journal.head().epoch,
        key=key_name(station.device_key.public),
    )
    unit.grants.keep(
        told,
        head.grant.signature,
        refused=refused,
        boot_id=station.clock.boot_id,
        asked_ns=asked_ns,
        at=station.clock.now(),
    )


def ensure_grant(station: Station, card_no: str, more: Money) -> None:
    """So much more may be loaded on a card although the ledger has not heard of it; or it hears.

    Raises:
        Refusal: of `STOPS`; nothing was begun.
    """
    granted(station, lambda heard: ensure_left(station, card_no, more, heard=heard))


def ensure_left(station: Station, card_no: str, more: Money, *, heard: bool) -> None:
    """So much more is left beside what other lanes are taking money for just now.

    Raises:
        Refusal: of `STOPS`.
    """
    with station.store.reading() as reading:
        if not reading.grants.needed():
            return
        begun = [one for one in reading.topups.being_paid() if one.tender is not Tender.ORDER]
        asked = Money(sum(one.quote.total.fen for one in begun))
        _ensure(station, reading, card_no, more, begun=asked, heard=heard)


def debit(station: Station, unit: Unit, intent: TopUp, *, heard: bool) -> str:
    """Count a load in the commit that arms it; what it rests on, empty = on no grant.

    Only a load for money that is armed for the first time: what was armed once, or stands on the
    card, goes on to its end, and a paid order rests on its lease.

    Args:
        station: The desk.
        unit: The unit of work of the armed commit: nobody else writes until it ends.
        intent: Paid.
        heard: The ledger has just answered, and had everything.

    Raises:
        Refusal: of `STOPS`.
    """
    counts = intent.direction is Direction.SALE and intent.tender is not Tender.ORDER
    if not counts or intent.state is not TopUpState.PAID:
        return ""
    return _ensure(station, unit, intent.identity.card_no, intent.quote.total, heard=heard)


def granted(station: Station, act: Callable[[bool], Did]) -> Did:
    """Do what may need a grant; where there is none, speak with the ledger, and do it heard.

    Args:
        station: The desk.
        act: Told whether the ledger has just answered; raises of `STOPS` when it may not be done.

    Raises:
        Refusal: of `STOPS`: the ledger does not answer.
    """
    try:
        return act(False)
    except Refusal as stop:
        if not is_stop(stop):
            raise
        last = stop
    for _ in range(ATTEMPTS):
        if not _contact(station):
            break
        try:
            return act(True)
        except Refusal as stop:
            if not is_stop(stop):
                raise
            last = stop
    raise last


def waits_as_paid(stop: Refusal, intent: TopUp) -> Refusal:
    """The refusal of a load whose money was taken before: it waits on record."""
    money = intent.quote.money.fen
    return Refusal(PAID_WAITS, reason=stop.code, fen=money, card_no=intent.identity.card_no)


def _ensure(
    station: Station,
    reading: Reading,
    card_no: str,
    more: Money,
    *,
    begun: Money = NO_MONEY,
    heard: bool,
) -> str:
    if not reading.grants.needed():
        return ""
    unheard = unheard_of(station, reading, card_no)
    if heard and not unheard.money:
        return ""
    kept = reading.grants.taken()
    asked = replace(unheard, money=unheard.money + begun)
    if code := why_waits(station, reading, kept, asked, more):
        raise Refusal(code, card_no=card_no)
    return "" if kept is None else f"{UNDER}{kept.grant.number}"


def why_waits(
    station: Station, reading: Reading, kept: KeptGrant | None, unheard: Unheard, more: Money
) -> str:
    """Why so much more waits until this desk is heard, a code of `STOPS`; empty = it need not."""
    return why_not(
        kept,
        unheard,
        more,
        epoch=reading.journal.head().epoch,
        boot_id=station.clock.boot_id,
        now_ns=station.clock.monotonic_ns(),
    )


def unheard_of(station: Station, reading: Reading, card_no: str = "") -> Unheard:
    """What the ledger has not heard of, and the age of the list of blocked cards."""
    acked_seq, _ = reading.outbox.acked()
    armed = reading.journal.armed_since(acked_seq).values()
    of_card = sum(fen for fen, of in armed if of == card_no)
    clock, listed = station.clock, reading.feeds.followed(POLICY).number
    seen_ns = reading.grants.list_seen_ns(listed, clock.boot_id)
    age_ns = None if seen_ns is None else clock.monotonic_ns() - seen_ns
    return Unheard(Money(sum(fen for fen, _ in armed)), Money(of_card), age_ns)


def _contact(station: Station) -> bool:
    """Have the ledger hear everything, and say anew what may be loaded; False = it does not."""
    # Imported here: a sync settles loads, and so is behind what arms them.
    from cardstation.services.sync import sync

    if station.ledger is None:
        return False
    try:
        sync(station, patience_s=PATIENCE_S)
    except (LedgerUnreachable, LedgerRefused):
        return False
    return True
