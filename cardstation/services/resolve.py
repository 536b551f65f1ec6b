"""Settles what is open on a card: at every insertion, before anything else (MONEY-SAFETY R3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cardstation.domain.admission import (
    admit,
    compare_counter,
    ensure_fits,
)
from cardstation.domain.card import Witness
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import Step, TopUp, Work
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpEvent, TopUpState
from cardstation.errors import OutcomeUnknown, Refusal, fail
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import (
    adopt,
    ensure_ours_to_finish,
    finished_elsewhere,
    told_of,
)
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.begin import settle
from cardstation.services.intent.finish_return import finish_return
from cardstation.services.intent.found_card import note_pending
from cardstation.services.intent.generations import ensure_live, learn_generation
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.known import ensure_its_card
from cardstation.services.intent.load import (
    Watch,
    arm,
    arm_as_shown,
    ensure_unlockable,
    write_and_seal,
)
from cardstation.services.intent.never_armed import ensure_never_armed
from cardstation.services.intent.opened import OpenIntent, opened
from cardstation.services.intent.readings import note_reading
from cardstation.services.intent.records import (
    record_armed,
    record_move,
    record_sealed,
    record_untouched,
)
from cardstation.services.intent.seen import judged, load_witness, shows_load
from cardstation.services.intent.went_on import (
    ensure_as_left,
    ensure_not_paid_back,
    ensure_tells,
)
from cardstation.services.intent.whole_card import finish_whole, is_whole
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station

_MAY_BE_DONE = MAY_BE_ON_CARD | {TopUpState.DISPUTED}


class Outcome(StrEnum):
    """What became of what was open."""

    NOTHING = "nothing"
    VOIDED = "voided"
    QUESTION = "question"
    SEALED = "sealed"
    RETURNED = "returned"
    ELSEWHERE = "elsewhere"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer of `resolve_card`.

    Attributes:
        intent: What was open, as it was found; None when nothing was.
        receipt: Of a load that is sealed now.
    """

    outcome: Outcome
    intent: OpenIntent | None = None
    receipt: Receipt | None = None


def ensure_settled(found: Resolution) -> None:
    """Nothing new is begun on a card while only a human can say whether money was taken for it.

    Raises:
        Refusal: `payment_question`.
    """
    if found.outcome is Outcome.QUESTION and found.intent is not None:
        raise Refusal(
            "payment_question", topup_id=found.intent.intent_id, fen=found.intent.money.fen
        )


def _quiet(_step: Step) -> None:
    """Nobody watches."""


@on_its_card
def resolve_card(station: Station, card: Inserted, watch: Watch = _quiet) -> Resolution:
    """Look up the one open intent of the card in the lane and bring it to an end if the card can.

    Returns:
        `question` when only a human can say whether money was taken.

    Raises:
        OutcomeUnknown: the link was lost again, or `card_not_as_left`: what the card shows is
            neither before, nor after, nor our tear; a human must look. `paid_in_doubt`: lost
            records may have written this load, or paid it back.
        Refusal: the paid load cannot go onto this card as it is now; the money stays on record.
            `card_work_open`, `card_change_open`: a card of this household is being made, or
            changed to its new meter, and this is not it, done.
            `card_clearing_open`: this one is being cleared, or its copy. `old_card`: another one
            took its place, and nothing more is written on this one.
    """
    card.told = told_of(station, card.content.identity.card_no)
    learn_generation(station, card)
    with station.store.reading() as reading:
        note_reading(station, reading, card)
        note_pending(station, reading, card)
        intent = reading.topups.open_on(card.content.identity)
    found = _settle_ours(station, card, intent, watch)
    if found.outcome not in (Outcome.NOTHING, Outcome.VOIDED):
        return found
    theirs = adopt(station, card)
    if theirs is None:
        return found
    return Resolution(Outcome.SEALED, opened(station, theirs), finish(station, card, theirs, watch))


def _settle_ours(
    station: Station, card: Inserted, intent: TopUp | None, watch: Watch
) -> Resolution:
    if intent is None:
        return Resolution(Outcome.NOTHING)
    ensure_may_write(station)
    found = opened(station, intent)
    if intent.reference == Work.CLEAR and intent.direction is Direction.WORK:
        raise Refusal("card_clearing_open")
    if intent.direction is Direction.WORK:
        if not is_whole(card.layout, card.image, intent):
            raise Refusal(found.code)
        finish_whole(station, card, intent, watch)
        return Resolution(Outcome.WRITTEN, found)
    if intent.direction is Direction.RETURN:
        ensure_may_write(station)
        off = finish_return(station, card, intent, watch)
        return Resolution(Outcome.RETURNED if off else Outcome.VOIDED, found)
    if intent.state is TopUpState.QUOTED or _free(intent):
        record_move(station, intent, TopUpEvent.MONEY_NOT_TAKEN, reason="cut_short")
        return Resolution(Outcome.VOIDED, found)
    if intent.state in (TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN):
        try:
            intent = _asked_again(station, intent)
        except OutcomeUnknown:
            return Resolution(Outcome.QUESTION, found)
        except Refusal:
            return Resolution(Outcome.VOIDED, found)
    if intent.state in _MAY_BE_DONE and finished_elsewhere(station, intent):
        return Resolution(Outcome.ELSEWHERE, found)
    return Resolution(Outcome.SEALED, found, finish(station, card, intent, watch))


def _free(intent: TopUp) -> bool:
    """Asked for money that is here already: out of a lump sum, or paid online; nothing to ask."""
    return intent.state is TopUpState.PAY_PENDING and intent.tender in WITHOUT_ASKING


def _asked_again(station: Station, intent: TopUp) -> TopUp:
    return settle(station, intent, station.payment_by(intent.tender).query(intent.topup_id))


def finish(station: Station, card: Inserted, intent: TopUp, watch: Watch) -> Receipt:
    """Bring a paid intent to its end with its card in the lane.

    Raises:
        OutcomeUnknown, Refusal: see `resolve_card`.
    """
    ensure_may_write(station)
    ensure_tells(station, intent)
    if intent.state is TopUpState.PAID and shows_load(card, intent):
        intent = arm_as_shown(station, card, intent)
    elif intent.state is TopUpState.PAID:
        return write_and_seal(station, card, _armed_anew(station, card, intent), watch)
    if intent.state is TopUpState.NOT_LOADED:
        _ensure_may_go_on(station, card, intent)
        intent = _armed_again(station, intent)
    witness = load_witness(card, intent)
    if witness:
        return record_sealed(station, intent, card.image, witness=witness)[1]
    if intent.origin:
        send_eagerly(station)
        ensure_ours_to_finish(station, intent)
    return write_and_seal(station, card, _ready_to_write(station, card, intent), watch)


def _armed_anew(station: Station, card: Inserted, intent: TopUp) -> TopUp:
    """Paid but never armed: the rules are asked again, for the card as it is now."""
    ensure_not_paid_back(station, card, intent)
    _ensure_its_card(station, card, intent)
    ensure_never_armed(station, card, intent)
    admitted = admit(card.content, card.rules)
    bound = bool(intent.batch_id or intent.order_id)
    compare_counter(admitted, card.rules, intent.counter_before, bound=bound)
    ensure_fits(card.content, card.rules, intent.quantity)
    return arm(station, card, intent, admitted)


def _ensure_its_card(station: Station, card: Inserted, intent: TopUp) -> None:
    with station.store.reading() as reading:
        household = reading.households.get(intent.account_no)
        filed = household or fail("the household of an intent stays on file")
        ensure_its_card(reading, card.content, filed)


def _ensure_may_go_on(station: Station, card: Inserted, intent: TopUp) -> Witness:
    """The card is as it was left, and its household's where nothing of the load is on it yet.

    A meter can have been replaced while its load waited: the load is not brought onto a card of
    the meter that is gone, and its money goes back.
    """
    seen = judged(card, intent)
    ensure_as_left(station, card, seen, intent)
    if seen is Witness.BEFORE:
        ensure_not_paid_back(station, card, intent)
        _ensure_its_card(station, card, intent)
    ensure_live(station, card)
    return seen


def _armed_again(station: Station, intent: TopUp) -> TopUp:
    plan = intent.plan or fail("what was armed once has its plan")
    return record_armed(station, intent, plan, intent.counter_after)


def _ready_to_write(station: Station, card: Inserted, intent: TopUp) -> TopUp:
    """The same target with the same counter is written again (R4), or a human must look."""
    seen = _ensure_may_go_on(station, card, intent)
    if intent.state is TopUpState.ARMED:
        anchor_journal(station)
        return intent
    if intent.state is TopUpState.DISPUTED:
        ensure_unlockable(station, card)
    if seen is Witness.BEFORE:
        proven = record_untouched(station, intent, card.image, reason="seen_before")
        return _armed_again(station, proven)
    return record_move(station, intent, TopUpEvent.SEEN_TORN)
