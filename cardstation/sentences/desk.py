"""Sentences of the desk's own order: which card goes first."""

from __future__ import annotations

from cardstation.sentences.phrases import Words

TABLE = {
    "other_card_first": Words(
        "This is another card: the one ending in {tail} goes first",
        "The card ending in {tail} was pulled out half-way and is not finished.",
        "Nothing was done with the card that lies here now; nothing is charged.",
        "Put the card ending in {tail} back, or lay it aside with F8.",
    ),
}
