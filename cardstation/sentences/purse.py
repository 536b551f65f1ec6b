"""Sentences about purses: cards that keep money themselves, and who holds their keys."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    ASIDE,
    FINISHED,
    KEPT,
    NOTHING,
    RIGHT_CARD,
    SAME_CARD,
    SUPERVISOR,
    Words,
)

TABLE = {
    "load_unanswered": Words(
        "Load without an answer",
        "The card was asked to load and its answer did not arrive.",
        FINISHED,
        SAME_CARD,
    ),
    "purse_moved": Words(
        "Purse has moved on",
        "The purse of this card does not stand where this load was to begin: count {found} "
        "instead of {expected}.",
        NOTHING,
        SAME_CARD,
    ),
    "purse_other_card": Words(
        "Another card",
        "This load belongs to card {expected}; in the reader lies card {found}.",
        NOTHING,
        RIGHT_CARD,
    ),
    "purse_locked": Words(
        "Purse blocked",
        "The gas application of this card is blocked.",
        NOTHING,
        "The household needs a replacement card; lay this one with the exceptions.",
    ),
    "purse_refused": Words(
        "Card refused",
        "The card refused what it was asked and did nothing (answer {status}).",
        NOTHING,
        ASIDE,
    ),
    "purse_count_full": Words(
        "Card's count used up",
        "This card has counted as many loads as it can count.",
        NOTHING,
        "The household needs a replacement card; lay this one with the exceptions.",
    ),
    "purse_key_missing": Words(
        "Card lacks the load key",
        "The card has no key for loads of this station.",
        NOTHING,
        ASIDE,
    ),
    "load_mac_refused": Words(
        "Card refused the load",
        "The card did not accept this station's proof for the load. The station will not try "
        "again: the card may lock itself.",
        NOTHING,
        SUPERVISOR,
    ),
    "line_mac_refused": Words(
        "Card refused the data",
        "The card did not accept this station's proof for the data. The station will not try "
        "again: the card may lock itself.",
        NOTHING,
        SUPERVISOR,
    ),
    "card_not_opened": Words(
        "Card wants a PIN or a key",
        "The card does this only after a PIN or a key was presented.",
        NOTHING,
        ASIDE,
    ),
    "card_not_genuine": Words(
        "Card not proven",
        "The card did not prove that it is one of this area, or it was misread.",
        NOTHING,
        "Wipe the contacts and put it in again. If it stays so, lay it with the exceptions.",
    ),
    "psam_silent": Words(
        "Secure module silent",
        "The secure module (PSAM) in reader {reader} does not do what it was asked.",
        KEPT,
        "Seat the module again and put the same card back in; if this stays, call the centre.",
    ),
    "hsm_silent": Words(
        "Security box silent",
        "The security box (HSM) does not do what it was asked ({reason}).",
        KEPT,
        "Check the box and its network and try again; if this stays, call the centre.",
    ),
    "purse_counts_itself": Words(
        "This card counts itself",
        "The card in the reader counts its loads by itself; none can repeat a counter.",
        "No money moves for it, and nothing was written to the card.",
        "Two people withdraw the grant and grant it without the meter's counter.",
    ),
    "purse_keeps_money": Words(
        "A purse gives nothing back",
        "Money in the purse of a CPU card is taken out by its meter only; no desk can.",
        NOTHING,
        "Let the meter take it, or ask the centre how this household gets its money back.",
    ),
    "purse_keeps_gas": Words(
        "A purse gives nothing back",
        "Gas in the purse of a CPU card is taken out by its meter only; no desk can.",
        NOTHING,
        "Let the meter take it, or ask the centre how this household gets its gas or money back.",
    ),
    "purse_secret_missing": Words(
        "Key of purses missing",
        "This station holds no key “{name}” for CPU cards.",
        NOTHING,
        "Have it taken in: cardstation keys purse {name}",
    ),
    "purse_secret_malformed": Words(
        "Key not understood",
        "The key “{name}” is 32 hex digits; the PIN of a token is not empty.",
        NOTHING,
        "Type it again.",
    ),
}
