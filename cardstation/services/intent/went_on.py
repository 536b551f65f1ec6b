"""Says that a card is no longer as a load left it, on record where only people can go on."""

from __future__ import annotations

from cardstation.domain.card import Witness
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, TopUpEvent, TopUpState
from cardstation.errors import OutcomeUnknown
from cardstation.services.identify import Inserted
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.intent.records import record_move, record_untouched
from cardstation.services.station import Station
from cardstation.store import Reading

NOT_AS_LEFT, IN_DOUBT = "card_not_as_left", "paid_in_doubt"
_NOTED = (TopUpState.PAID, TopUpState.NOT_LOADED)
"""What is disputed once its card was seen further on, or is gone: else the card itself ends it."""


def doubt_about(reading: Reading, intent: TopUp) -> str:
    """Why a paid load that is not on its card goes to people: a code, empty when it does not."""
    if intent.state not in _NOTED:
        return ""
    seen = reading.topups.log(intent.topup_id)[-1].event is TopUpEvent.SEEN_AHEAD
    return _code(reading, intent) if seen else ""


def _code(reading: Reading, intent: TopUp) -> str:
    paid = intent.state is TopUpState.PAID
    return IN_DOUBT if paid or lost_since(reading, intent.opened_at) else NOT_AS_LEFT


def went_on(station: Station, intent: TopUp) -> OutcomeUnknown:
    """The error to raise for a card that went on; `dispute` may take its load from here."""
    with station.store.reading() as reading:
        code = _code(reading, intent)
        noted = intent.state not in _NOTED or doubt_about(reading, intent)
    if not noted:
        record_move(station, intent, TopUpEvent.SEEN_AHEAD, reason=code)
    return OutcomeUnknown(
        code,
        topup_id=intent.topup_id,
        card_no=intent.identity.card_no,
        account_no=intent.account_no,
        fen=intent.quote.money.fen,
    )


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
        raise went_on(station, intent)


def ensure_as_left(station: Station, seen: Witness, intent: TopUp) -> None:
    """A human must look at a card that shows neither before, nor after, nor our tear.

    Raises:
        OutcomeUnknown: `card_not_as_left`.
    """
    if seen is Witness.FOREIGN:
        raise went_on(station, intent)
