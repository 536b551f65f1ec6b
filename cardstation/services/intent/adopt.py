"""What other stations began on a card, as the ledger tells it: finished here, or left to them."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from cardstation.domain.admission import ensure_not_old
from cardstation.domain.card import CardIdentity, Witness
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal, fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.giving_back import record_elsewhere
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.known import household_of
from cardstation.services.intent.records import record_adopted, record_move
from cardstation.services.intent.seen import judged
from cardstation.services.intent.standing import finished_by
from cardstation.services.intent.went_on import went_on
from cardstation.services.station import Station
from cardstation.store.frozen import thaw


def adopt(station: Station, card: Inserted) -> TopUp | None:
    """Take over the load that another station armed on this card and did not finish.

    Returns:
        The intent, armed and on disk here now; None when the ledger knows of none, or cannot be
        asked and the card shows no trace of one.

    Raises:
        Refusal: `card_torn_elsewhere`: some desk was cut short on this card and the ledger cannot
            be asked; `return_begun_elsewhere`: only the desk that began to take the load back can
            go on; `old_card`, `unknown_household`.
    """
    told = card.told
    if told is None:
        if card.layout.is_torn(card.image) and not _torn_here(station, card):
            raise Refusal("card_torn_elsewhere", card_no=card.content.identity.card_no)
        return None
    for entry in _unfinished(told):
        intent = _intent_of(entry)
        if intent.identity != card.content.identity or _known(station, intent):
            continue
        if _overtaken(card, told, intent):
            continue
        if intent.direction is Direction.RETURN:
            raise Refusal(
                "return_begun_elsewhere", card_no=intent.identity.card_no, station=entry.station
            )
        ensure_not_old(card.content.identity, household_of(station, card))
        ensure_may_write(station)
        return record_adopted(station, intent)
    return None


def finished_elsewhere(station: Station, intent: TopUp) -> bool:
    """Learn that another station finished this load; nothing is changed when nobody says so."""
    told = told_of(station, intent.identity.card_no) or ()
    other = finished_by(told, intent.topup_id, station.name)
    if other:
        settle_elsewhere(station, intent, other)
    return bool(other)


def is_finished(station: Station, intent: TopUp) -> bool:
    """As `finished_elsewhere`, where a sync may have learned it since the intent was read."""
    with station.store.reading() as reading:
        now = reading.topups.get(intent.topup_id) or fail("an intent stays on record")
    return now.state is TopUpState.SEALED or finished_elsewhere(station, now)


def ensure_nobody_finishes(station: Station, intent: TopUp) -> None:
    """What was armed at a desk with a ledger, any desk may have finished: its word is needed.

    Also where no answer says that the ledger has it: an answer can be lost, and what is sent later
    comes in pages, the armed load in one and its giving up in the next. A desk where two persons
    found that the load never happened will not finish it.

    Raises:
        Refusal: `refund_needs_ledger`.
    """
    with station.store.reading() as reading:
        armed = reading.journal.last_about(intent.topup_id, EntryKind.ARMED)
        untouched = reading.journal.last_about(intent.topup_id, EntryKind.NOT_LOADED)
        acked_seq, _ = reading.outbox.acked()
    if armed is None or not has_a_ledger(station):
        return
    unheard = untouched is not None and untouched.seq > acked_seq
    if unheard or begun_elsewhere(station, intent):
        raise Refusal("refund_needs_ledger", card_no=intent.identity.card_no)


def ensure_ours_to_finish(station: Station, intent: TopUp) -> None:
    """A load begun elsewhere is written once the ledger knows that we go on with it.

    The desk that began it may have found it unwritten meanwhile, and be about to pay it back:
    whom the ledger heard first goes on, the other stops.

    Raises:
        Refusal: `card_torn_elsewhere`: the ledger does not know of us yet, or cannot be asked.
        OutcomeUnknown: `card_not_as_left`: the desk that began it has given it up.
    """
    with station.store.reading() as reading:
        armed = reading.journal.last_about(intent.topup_id, EntryKind.ARMED)
        acked_seq, _ = reading.outbox.acked()
    told = told_of(station, intent.identity.card_no)
    if told is None or armed is None or armed.seq > acked_seq:
        raise Refusal("card_torn_elsewhere", card_no=intent.identity.card_no)
    about = [one for one in told if one.subject == intent.topup_id]
    before_us = list(takewhile(lambda one: one.station != station.name, about))
    theirs = [one for one in before_us if one.station == intent.origin]
    if theirs and theirs[-1].kind is not EntryKind.ARMED:
        raise went_on(station, intent)


def has_a_ledger(station: Station) -> bool:
    """Whether this desk is one of several: also where its ledger was taken out of its settings."""
    with station.store.reading() as reading:
        heard = reading.outbox.last_heard() is not None or reading.grants.needed()
    return heard or station.ledger is not None


def begun_elsewhere(station: Station, intent: TopUp) -> bool:
    """True unless the ledger says that no other desk has taken this load over."""
    told = told_of(station, intent.identity.card_no)
    last = {one.station: one for one in told or () if one.subject == intent.topup_id}
    begun = {name for name, one in last.items() if not _given_up(one)}
    return told is None or bool(begun - {station.name})


def _given_up(entry: Entry) -> bool:
    """Two persons said so, or the ledger: what that desk took for this load was another's."""
    said = entry.witness.startswith(PEOPLE) or bool(entry.corrects)
    return entry.kind is EntryKind.NOT_LOADED and said


def counter_owned_elsewhere(station: Station, intent: TopUp) -> bool:
    """True when the ledger knows another sealed load of this card with this load's counter.

    What the card alone shows could be a copy's; two witnesses make it certain.
    """
    return any(
        entry.kind is EntryKind.SEALED
        and entry.subject != intent.topup_id
        and entry.counter_after == intent.counter_after
        and is_of_card(entry, intent.identity)
        for entry in told_of(station, intent.identity.card_no) or ()
    )


def settle_elsewhere(station: Station, intent: TopUp, sealed_by: str) -> None:
    """Close a load of ours that is sealed in another station's books."""
    if intent.origin:
        record_move(station, intent, TopUpEvent.SEEN_TARGET, reason="elsewhere")
    else:
        record_elsewhere(station, intent, sealed_by)


def told_of(station: Station, card_no: str) -> tuple[Entry, ...] | None:
    """What every station said about this card; None when the ledger does not answer at once."""
    hurried = None if station.ledger is None else station.ledger.hurried()
    if hurried is None:
        return None
    try:
        return hurried.loads_of(card_no)
    except (LedgerUnreachable, LedgerRefused):
        return None


def _unfinished(told: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The armed facts that nothing followed."""
    last = {entry.subject: entry for entry in told}
    return tuple(one for one in last.values() if one.kind is EntryKind.ARMED and one.detail)


def _overtaken(card: Inserted, told: tuple[Entry, ...], intent: TopUp) -> bool:
    """Its card went on without it: whoever began it settles it with people, and holds up nobody.

    A load was overtaken by another that was sealed with its counter or a later one, and still
    stands; a return by a meter that took the load, or by a later load. A counter tells.
    """
    if card.rules.school is CounterSchool.NONE:
        return False
    if intent.direction is Direction.RETURN:
        content = card.content
        shown = content.credit.purchase_counter if content.credit else 0
        return content.pending is None and shown >= intent.counter_before
    freed = {one.corrects for one in told if one.kind in (EntryKind.RETURNED, EntryKind.NOT_LOADED)}
    return any(
        one.kind is EntryKind.SEALED
        and one.subject != intent.topup_id
        and one.entry_id not in freed
        and one.counter_after >= intent.counter_after
        and is_of_card(one, intent.identity)
        for one in told
    )


def is_of_card(entry: Entry, identity: CardIdentity) -> bool:
    """True for a fact about this very card: of its maker, its meter and its generation."""
    told = (entry.maker, entry.meter_no, entry.generation)
    return told == (identity.maker, identity.meter_no, identity.generation)


def _torn_here(station: Station, card: Inserted) -> bool:
    """True when the tear on this card is of a return that this desk began and gave up."""
    with station.store.reading() as reading:
        sale = reading.topups.last_sealed(card.content.identity)
        begun = reading.topups.returns_of(sale.topup_id) if sale else ()
    return any(one.plan and judged(card, one) is Witness.TORN for one in begun)


def _intent_of(entry: Entry) -> TopUp:
    """The intent behind an armed fact, as begun by its own station."""
    return replace(thaw(TopUp, entry.detail), origin=entry.origin or entry.station)


def _known(station: Station, intent: TopUp) -> bool:
    with station.store.reading() as reading:
        return reading.topups.get(intent.topup_id) is not None
