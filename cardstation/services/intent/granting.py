"""What a desk may load before the ledger hears of it: asked before money, debited when armed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
from cardstation.domain.payment import NO_GRANT_NEEDED
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

FRESH_NS = 5 * 60 * 1_000_000_000
"""The lid may close between the ledger's answer and ours."""

Did = TypeVar("Did")


@dataclass(frozen=True, slots=True)
class Contact:
    """When the ledger was asked, which then heard everything, by the clock of this boot."""

    asked_ns: int | None = None

    def is_fresh(self, now_ns: int) -> bool:
        """Whether that is just now."""
        return self.asked_ns is not None and now_ns - self.asked_ns < FRESH_NS


NO_CONTACT = Contact()


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


def ensure_left(station: Station, unit: Unit, intent: TopUp, contact: Contact) -> str:
    """So much more is left, in the commit that begins a sale; what a load would rest on.

    What other lanes are taking money for just now, or have taken it for, is not left any more.

    Raises:
        Refusal: of `STOPS`; nothing was begun.
    """
    if intent.tender in NO_GRANT_NEEDED or not unit.grants.needed():
        return ""
    return _ensure(station, unit, intent, contact, begun=begun_by_now(station, unit))


def begun_by_now(station: Station, reading: Reading) -> Money:
    """Money of sales that are begun, maybe paid, and not armed, while their card is in hand.

    A paid one whose card went away is looked at anew when it comes back.
    """
    begun = reading.topups.being_paid()
    in_hand = [one for one in begun if station.work.has(one.identity.card_no)]
    return Money(sum(one.quote.total.fen for one in in_hand))


def debit(station: Station, unit: Unit, intent: TopUp, contact: Contact) -> str:
    """Count a load in the commit that arms it; what it rests on, empty = on no grant.

    Only a load for money that is armed for the first time: what was armed once, or stands on the
    card, goes on to its end, a paid order rests on its lease, and gas due has a limit of its own.

    Args:
        station: The desk.
        unit: The unit of work of the armed commit: nobody else writes until it ends.
        intent: Paid.
        contact: With the ledger.

    Raises:
        Refusal: of `STOPS`.
    """
    counts = intent.direction is Direction.SALE and intent.tender not in NO_GRANT_NEEDED
    if not counts or intent.state is not TopUpState.PAID or not unit.grants.needed():
        return ""
    return _ensure(station, unit, intent, contact)


def granted(station: Station, act: Callable[[Contact], Did]) -> Did:
    """Do what may need a grant; where there is none, speak with the ledger, and do it heard.

    Args:
        station: The desk.
        act: Told of the contact; raises of `STOPS` when it may not be done.

    Raises:
        Refusal: of `STOPS`: the ledger does not answer; `selling_frozen`.
    """
    try:
        return act(NO_CONTACT)
    except Refusal as stop:
        if not is_stop(stop):
            raise
        last = stop
    for _ in range(ATTEMPTS):
        contact = _contact(station)
        if contact is NO_CONTACT:
            break
        try:
            return act(contact)
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
    station: Station, reading: Reading, intent: TopUp, contact: Contact, *, begun: Money = NO_MONEY
) -> str:
    card_no = intent.identity.card_no
    unheard = unheard_of(station, reading, card_no)
    if contact.is_fresh(station.clock.monotonic_ns()) and not unheard.money:
        return ""
    kept = reading.grants.taken()
    asked = replace(unheard, money=unheard.money + begun)
    if code := why_waits(station, reading, kept, asked, intent.quote.total):
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
    clock, listed = station.clock, reading.feeds.followed(POLICY)
    seen_ns = reading.grants.list_seen_ns(listed.number, listed.hash, clock.boot_id)
    age_ns = None if seen_ns is None else clock.monotonic_ns() - seen_ns
    return Unheard(Money(sum(fen for fen, _ in armed)), Money(of_card), age_ns)


def _contact(station: Station) -> Contact:
    """Have the ledger hear everything, and say anew what may be loaded.

    Raises:
        Refusal: `selling_frozen`: it answered that this station may not go on.
    """
    # Imported here: a sync settles loads, and so is behind what arms them.
    from cardstation.services.sync import FREEZING, be_heard

    if station.ledger is None:
        return NO_CONTACT
    try:
        return Contact(be_heard(station, patience_s=PATIENCE_S))
    except LedgerRefused as error:
        if error.code in FREEZING:
            raise Refusal("selling_frozen", reason=error.code) from error
        return NO_CONTACT
    except LedgerUnreachable:
        return NO_CONTACT
