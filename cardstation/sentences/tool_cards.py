"""Sentences about the cards of fitters: made against an order, given out, brought back, lost."""

from __future__ import annotations

from cardstation.sentences.phrases import Words
from cardstation.sentences.whole_card import UNCHANGED

TABLE = {
    "no_tool_layout": Words(
        "No tool card of this kind",
        "There is no tool card for meters that take cards with the chip {chip}.",
        UNCHANGED,
        "Use the maker's own tool for this meter.",
    ),
}
