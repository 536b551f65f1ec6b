"""Sentences about makers' closed libraries."""

from __future__ import annotations

from cardstation.sentences.phrases import ASIDE, KEPT, NOTHING, SAFE, Words

_ENGINEER = "Call the engineer: the maker's program on this computer needs a look."
_AGAIN = "Take the card out and put the same card back in; the station looks what became of it."

TABLE = {
    "library_hung": Words(
        "Maker's library hangs",
        "The card library “{library}” did not answer in time and was ended.",
        KEPT,
        _AGAIN,
    ),
    "library_crashed": Words(
        "Maker's library died",
        "The card library “{library}” broke down ({status}).",
        KEPT,
        _AGAIN,
    ),
    "library_garbage": Words(
        "Maker's library makes no sense",
        "The card library “{library}” said something that cannot be ({place}).",
        KEPT,
        "Wipe the card's contacts and put the same card back in.",
    ),
    "library_failed": Words(
        "Maker's library refused",
        "The card library “{library}” answered with its own number {number}.",
        KEPT,
        "Put the same card back in. If the number comes again, look it up in the maker's paper.",
    ),
    "library_not_loaded": Words(
        "Maker's library missing",
        "The card library “{library}” cannot be used: {found}.",
        SAFE,
        _ENGINEER,
    ),
    "library_not_registered": Words(
        "Maker's library not registered",
        "The card library “{library}” is not registered on this computer or has no dongle.",
        SAFE,
        "Plug the dongle in, or ask the maker to register this computer.",
    ),
    "library_says_locked": Words(
        "Card locked, says the maker",
        "The card library “{library}” says that the card's code is locked.",
        KEPT,
        ASIDE,
    ),
    "library_cannot_clear": Words(
        "Cannot be taken back here",
        "The card library “{library}” has no function that takes a load off a card.",
        NOTHING,
        "Take the load back with the maker's own program; two persons then settle it here.",
    ),
    "library_cannot_issue": Words(
        "Cannot be issued here",
        "Cards of the library “{library}” are issued with the maker's own program.",
        NOTHING,
        "Issue the card there, then enter its number here.",
    ),
    "library_description": Words(
        "Library description wrong",
        "The description of a card library cannot be: {file}, {place}; expected: {expected}.",
        SAFE,
        "Correct the file in the folder “libraries” and start the station again.",
    ),
}
