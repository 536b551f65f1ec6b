"""Sentences of the desk's own order: which card goes first, what was typed twice."""

from __future__ import annotations

from cardstation.sentences.phrases import SAFE, Words

TABLE = {
    "other_card_first": Words(
        "Finish the torn card first",
        "The card ending in {tail} was pulled out half-way and is not finished.",
        "Nothing was done with the card that lies here now; nothing is charged.",
        "Put the card ending in {tail} back, or lay it aside with F8.",
    ),
    "refund_other_card": Words(
        "Another card is waited for",
        "The card ending in {tail} is waited for; this is another one.",
        "Nothing was done with this card; the paid load stays on record.",
        "Put the card ending in {tail} in, or give up with Esc.",
    ),
    "pins_differ": Words(
        "The two PINs differ",
        "The PIN was not typed the same way twice.",
        SAFE,
        "Type it again, both times.",
    ),
}
