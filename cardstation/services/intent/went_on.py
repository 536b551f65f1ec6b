"""Says that a card is no longer as a load left it, on record where only people can go on."""

from __future__ import annotations

from cardstation.domain.card import Witness
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpEvent, TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.intent.meter_count import MAY_SHOW, stood_unknown
from cardstation.services.intent.records import record_move, record_untouched
from cardstation.services.intent.seen import judged, may_show
from cardstation.services.station import Station
from cardstation.store import Reading

NOT_AS_LEFT, IN_DOUBT = "card_not_as_left", "paid_in_doubt"
DOUBTED = MAY_BE_ON_CARD | {TopUpState.PAID, TopUpState.NOT_LOADED}
"""What is disputed once its card was seen and could not tell, or is gone: else the card ends it."""


def doubt_about(reading: Reading, intent: TopUp) -> str:
    """Why an intent that waits for its card goes to people: a code, empty when it does not."""
    if intent.state not in DOUBTED or intent.direction is Direction.WORK:
        return ""
    seen = reading.topups.log(intent.topup_id)[-1].event is TopUpEvent.SEEN_AHEAD
    return _code(reading, intent) if seen else ""


def _code(reading: Reading, intent: TopUp) -> str:
    if intent.direction is Direction.RETURN:
        return NOT_AS_LEFT
    paid = intent.state is TopUpState.PAID
    return IN_DOUBT if paid or lost_since(reading, intent.opened_at) else NOT_AS_LEFT


def went_on(station: Station, intent: TopUp, card: Inserted | None = None) -> OutcomeUnknown:
    """The error to raise for a card that went on, on record: `dispute` may take it from here.

    Args:
        station: The desk.
        intent: As it was read; another hand may have moved it since.
        card: That was read; None where the ledger said so.
    """
    with station.store.reading() as reading:
        code = _code(reading, intent)
    _note(station, intent.topup_id, code if card and not may_show(card, intent) else MAY_SHOW)
    return OutcomeUnknown(
        code,
        topup_id=intent.topup_id,
        card_no=intent.identity.card_no,
        account_no=intent.account_no,
        fen=intent.money.fen,
    )


def _note(station: Station, topup_id: str, reason: str) -> None:
    """What the card showed last, once."""
    with station.store.reading() as reading:
        now = reading.topups.get(topup_id)
        last = reading.topups.log(topup_id)[-1]
    if now is None or now.state not in DOUBTED | {TopUpState.DISPUTED}:
        return
    if now.state is TopUpState.ARMED:
        now = record_move(station, now, TopUpEvent.LINK_LOST, reason=reason)
    if (last.event, last.reason) != (TopUpEvent.SEEN_AHEAD, reason):
        record_move(station, now, TopUpEvent.SEEN_AHEAD, reason=reason)


def ensure_not_paid_back(station: Station, card: Inserted, intent: TopUp) -> None:
    """Where records were lost since it was begun, its money may have gone back in that part.

    That an armed load has not touched its card is put on record: it waits for people like any
    other that was not loaded.

    Raises:
        OutcomeUnknown: `paid_in_doubt`.
    """
    with station.store.reading() as reading:
        doubtful = not intent.origin and lost_since(reading, intent.opened_at)
    if doubtful and intent.state in MAY_BE_ON_CARD:
        intent = record_untouched(station, intent, card.image, reason="seen_before")
    if doubtful:
        raise went_on(station, intent, card)


def ensure_as_left(station: Station, card: Inserted, seen: Witness, intent: TopUp) -> None:
    """A human must look at a card that shows neither before, nor after, nor our tear, twice.

    Raises:
        OutcomeUnknown: `card_not_as_left`.
        LinkFailed: it was read otherwise after a fresh power-up.
        Refusal: `disputed`: that is known, and people are looking at it.
    """
    if seen is not Witness.FOREIGN:
        return
    card.power_cycle()
    if judged(card, intent) is not Witness.FOREIGN:
        raise LinkFailed("link_failed")
    known = went_on(station, intent, card)
    if intent.state is TopUpState.DISPUTED:
        raise Refusal("disputed", topup_id=intent.topup_id)
    raise known


def ensure_tells(station: Station, intent: TopUp) -> None:
    """What is in dispute is left to people, unless its card came after all and may tell.

    Raises:
        Refusal: `disputed`.
    """
    if intent.state is not TopUpState.DISPUTED:
        return
    with station.store.reading() as reading:
        tells = stood_unknown(reading, intent)
    if not tells:
        raise Refusal("disputed", topup_id=intent.topup_id)
