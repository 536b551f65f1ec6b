"""Sentences about gas taken off a card again and money paid back."""

from __future__ import annotations

from cardstation.sentences.phrases import NOTHING, SAME_CARD, Words

TABLE = {
    "return_requested": Words(
        "Return asked for",
        "A load of this card shall be taken back and is still on it.",
        "The money is paid out only after the load was taken off the card.",
        SAME_CARD,
    ),
    "payout_pending": Words(
        "Money to pay out",
        "The load was taken off the card; the money is not paid out yet.",
        "It is owed to the payer and is on record until it is paid out.",
        "Pay it out on the exceptions screen, with a second person.",
    ),
    "second_person": Words(
        "Second person needed",
        "This needs another person on shift with their own PIN.",
        NOTHING,
        "Ask the supervisor to confirm with their PIN.",
    ),
}
