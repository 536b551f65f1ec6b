"""Sentences of `cardstation layout`, for the engineer who describes a maker's cards."""

from __future__ import annotations

from cardstation.sentences.phrases import NOTHING, SAFE, Words

TABLE = {
    "layout_sheet": Words(
        "Layout sheet wrong",
        "The layout sheet {file} cannot be read at “{place}”; expected: {expected}.",
        NOTHING,
        "Correct the sheet; docs/writing-layouts.md tells what it may say.",
    ),
    "layout_not_proven": Words(
        "Layout not proven",
        "The layout sheet {file} does not hold on its own examples.",
        NOTHING,
        "Look at the lines marked “!”, correct the sheet and check it again.",
    ),
    "layout_changed": Words(
        "Registered layout changed",
        "The file {file} of the layouts is not what was registered.",
        SAFE,
        "Register the right sheet again: cardstation layout register FILE; or take it out: "
        "cardstation layout remove {layout}",
    ),
    "layout_unregistered": Words(
        "Layout not registered",
        "The file {file} lies among the layouts and was never registered.",
        SAFE,
        "Take it out of the folder “layouts” and register it: cardstation layout register FILE.",
    ),
    "layout_needs_supervisor": Words(
        "A supervisor agrees",
        "What cards mean is changed with a supervisor's approval only.",
        NOTHING,
        "Once more with --approver NAME: cardstation layout register FILE, or remove CODE.",
    ),
    "layout_in_use": Words(
        "Cards of it are open",
        "Something on card {card_no} is not ended, and only the layout {layout} can read it.",
        SAFE,
        "End it first: cardstation recover shows it. Then change the layout.",
    ),
    "layout_unknown": Words(
        "No such layout",
        "No sheet “{layout}” is registered here.",
        NOTHING,
        "Look at: cardstation layout list.",
    ),
    "layout_key_missing": Words(
        "Key of the card missing",
        "This station holds no key “{name}” for cards of the layout {layout}.",
        NOTHING,
        "Lay the card with the exceptions; the supervisor takes the key in: "
        "cardstation keys layout {layout} {name}",
    ),
    "layout_key_malformed": Words(
        "Not the layout's key",
        "The key “{name}” of the layout {layout} has not the length it must have: 32 hex digits, "
        "16 for single DES.",
        NOTHING,
        "Take in the right one: cardstation keys layout {layout} {name}",
    ),
    "card_image_unreadable": Words(
        "Not a card image",
        "The file {file} is no image of a card.",
        NOTHING,
        "Give raw bytes, a hex dump, or a card of the training box.",
    ),
    "too_few_images": Words(
        "One card is too few",
        "To see what a purchase changes, at least two images of the card are needed.",
        NOTHING,
        "Read the card before and after a purchase and give both files.",
    ),
    "images_differ_in_size": Words(
        "Images differ in size",
        "These images are not of one card: their sizes differ.",
        NOTHING,
        "Give images of the same card, in the order they were read.",
    ),
}
