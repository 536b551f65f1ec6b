"""Brings a return that was cut short to its end, with its card in the lane."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.admission import is_superseded, taken_by_meter
from cardstation.domain.card import Witness
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import counter_owned_elsewhere
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import sold_load
from cardstation.services.intent.generations import ensure_live
from cardstation.services.intent.giving_back import record_returned
from cardstation.services.intent.load import Watch, ensure_unlockable, write_and_prove
from cardstation.services.intent.records import record_move, record_untouched
from cardstation.services.intent.seen import judged, seen_twice, written_mark
from cardstation.services.intent.went_on import ensure_as_left, ensure_tells
from cardstation.services.station import Station


def finish_return(station: Station, card: Inserted, intent: TopUp, watch: Watch) -> bool:
    """Finish what took the load off the card; where it still stands the return is given up.

    A card that was torn and left the lane may have met its meter since, and been pulled out before
    the meter's block was written: what proved the return when it was begun proves nothing now. It
    can be asked anew, with new evidence.

    Returns:
        True when the load is off the card now, False when it stays on it.

    Raises:
        OutcomeUnknown: the link was lost again, or `card_not_as_left`.
        Refusal: nothing written; `disputed`: people are looking at it; `old_card`: another one
            took its place, with the load on it or without.
    """
    ensure_tells(station, intent)
    if intent.state in (TopUpState.REQUESTED, TopUpState.NOT_RETURNED):
        return _given_up(station, intent)
    sale = sold_load(station, intent)
    if taken_by_meter(card.content, card.rules, sale, written_mark(card, sale)):
        return _given_up(station, record_untouched(station, intent, card.image, reason="meter"))
    seen = judged(card, intent)
    if seen is Witness.TARGET and seen_twice(card, intent):
        record_returned(station, intent, card.image)
        return True
    if seen is Witness.FOREIGN and _used_again(station, card, intent, sale):
        record_returned(station, intent, card.image, witness="ledger")
        return True
    if not _whole(card, intent):
        ensure_as_left(station, card, seen, intent)
    if seen is Witness.BEFORE or _still_stands(card, sale):
        reason = "seen_before" if seen is Witness.BEFORE else "load_still_stands"
        return _given_up(station, record_untouched(station, intent, card.image, reason=reason))
    ensure_live(station, card)
    if intent.state is TopUpState.ARMED:
        anchor_journal(station)
    else:
        if intent.state is TopUpState.DISPUTED:
            ensure_unlockable(station, card)
        intent = record_move(station, intent, TopUpEvent.SEEN_TORN)
    record_returned(station, intent, write_and_prove(station, card, intent, watch))
    return True


def _whole(card: Inserted, intent: TopUp) -> bool:
    """True when the meter sees the load just as it stood before the return touched it."""
    plan = intent.plan or fail("what was armed once has its plan")
    before = card.layout.decode(plan.before).credit
    return before is not None and card.content.credit == before


def _still_stands(card: Inserted, sale: TopUp) -> bool:
    """True when the load to be taken back is what the meter sees on this card."""
    credit = card.content.credit
    return credit is not None and credit.mark == written_mark(card, sale)


def _used_again(station: Station, card: Inserted, intent: TopUp, sale: TopUp) -> bool:
    """True when another desk loaded the card with the counter that only our return had freed.

    The card shows that load and the ledger knows it; a meter takes each counter once, so even a
    copied card could not make two loads of it.
    """
    counted = replace(sale, counter_after=intent.counter_before)
    shown = is_superseded(card.content, card.rules, counted, written_mark(card, sale))
    return shown and counter_owned_elsewhere(station, sale)


def _given_up(station: Station, intent: TopUp) -> bool:
    record_move(station, intent, TopUpEvent.WITHDRAWN, reason="cut_short")
    return False
