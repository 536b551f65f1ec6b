"""Sentences of the services at the counter: whom to serve, what was typed, which card it is."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, PICK_OTHER, RIGHT_CARD, Words

NOT_DONE = "Nothing was done, and no money moves."

TABLE = {
    "nobody_found": Words(
        "Nobody found",
        "No household on file has “{text}” as account, card, meter, door, name or end of the phone "
        "number.",
        NO_MONEY,
        "Look at the number again, or type another: the account stands on every receipt.",
    ),
    "too_many_found": Words(
        "Too many found",
        "More than {most} households fit.",
        NO_MONEY,
        "Type more: the community before the door, or the account.",
    ),
    "field_empty": Words(
        "Not filled in", "This must be filled in.", NOT_DONE, "Type it and go on with Enter."
    ),
    "field_too_long": Words(
        "Too long", "At most {most} characters fit.", NOT_DONE, "Say it shorter."
    ),
    "not_digits": Words(
        "Not a number", "“{text}” is not a number of digits only.", NOT_DONE, PICK_OTHER
    ),
    "not_a_day": Words(
        "Not a date", "“{text}” is not a date.", NOT_DONE, "Type year, month, day: 2026-11-30."
    ),
    "nothing_asked": Words("Nothing", "It must be more than 0.", NOT_DONE, PICK_OTHER),
    "reference_missing": Words(
        "Number of the payment missing",
        "Money that is not cash has a number of the bank or the QR service.",
        NOT_DONE,
        "Type the number of the payment.",
    ),
    "card_of_another": Words(
        "Another household's card",
        "The card in the reader belongs to another household.",
        NOT_DONE,
        RIGHT_CARD,
    ),
    "card_not_on_file": Words(
        "Household not on file",
        "The card names account {account_no}, which is not on file at this station.",
        NO_MONEY,
        "Ask the centre, or take in the newest directory.",
    ),
    "cards_at_batch": Words(
        "Cards belong to the batch",
        "A batch is running: every card that is put in is the batch's.",
        NOT_DONE,
        "Pause the batch with F5, then come back.",
    ),
    "answer_at_counter": Words(
        "Answer at the counter first",
        "A sale to this card was begun, and only you can say whether its money was taken.",
        "Nothing more is charged before this is answered.",
        "Leave the card in, press Ctrl+1 and answer there.",
    ),
}
