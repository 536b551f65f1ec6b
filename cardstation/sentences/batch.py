"""Sentences about lists and their rows."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    ASIDE,
    ASK_MANAGER,
    KEPT,
    LINE_WAITS,
    NO_MONEY,
    NOTHING,
    ROW_FREE,
    SAFE,
    WAITS_FOR_ANSWER,
    Words,
)

TABLE = {
    "card_mistyped": Words(
        "Card number mistyped",
        "The card number on the list is mistyped; account, name and room agree.",
        "The price is certain and the row can be paid.",
        "Nothing to do; the card itself decides at the reader.",
    ),
    "no_card_number": Words(
        "No card number",
        "The list gives no card number; account, name and room agree.",
        "The price is certain and the row can be paid.",
        "Nothing to do; the card itself decides at the reader.",
    ),
    "account_mistyped": Words(
        "Account number mistyped",
        "The account number on the list is mistyped; card, name and room agree.",
        "The price is certain and the row can be paid.",
        "Nothing to do; the card itself decides at the reader.",
    ),
    "no_account_number": Words(
        "No account number",
        "The list gives no account number.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "identical_duplicate": Words(
        "Same row twice",
        "This row is the same as row {other}.",
        ROW_FREE,
        "Nothing to do if the household was meant once; otherwise ask the property manager.",
    ),
    "differing_duplicate": Words(
        "Household twice, differently",
        "The household stands on the list twice, with different contents.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "amount_not_certain": Words(
        "Amount not certain",
        "“{text}” is not an amount one can be certain of.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "no_amount": Words(
        "No amount",
        "The row gives no amount.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "name_differs": Words(
        "Name differs",
        "The name on the list is not the one on file.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "door_differs": Words(
        "Room differs",
        "The room on the list is not the one on file.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "card_differs": Words(
        "Card of another household",
        "The card number on the list belongs to another household.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "household_not_certain": Words(
        "Household not certain",
        "The row fits more than one household, or none for certain.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
    "implausible_volume": Words(
        "Unusually much gas",
        "The amount buys {litres}, far more than a household of this kind uses.",
        WAITS_FOR_ANSWER,
        "Ask the property manager whether the amount is right; a supervisor can release it.",
    ),
    "same_list_again": Words(
        "List already taken in",
        "The same list was taken in before as batch {batch_id}.",
        "Nothing was charged a second time.",
        "Open batch {batch_id} and go on there.",
    ),
    "list_not_readable": Words(
        "File not readable",
        "“{file}” is not a list this station can read.",
        NO_MONEY,
        "Save it as .xlsx or .csv and take it in again.",
    ),
    "list_without_header": Words(
        "No header row",
        "No row of “{file}” names the columns (account, name, room, amount).",
        NO_MONEY,
        "Add a row that names the columns and take it in again.",
    ),
    "list_empty": Words(
        "Empty list",
        "“{file}” holds no household.",
        NO_MONEY,
        "Check that the right file was chosen.",
    ),
    "list_total_differs": Words(
        "Totals do not agree",
        "The list's own total does not agree with its rows.",
        "Each row is priced by itself; the total on the list is not used.",
        "Ask the property manager which of the two is right before money is taken.",
    ),
    "unknown_batch": Words(
        "Batch not found",
        "There is no batch {batch_id} at this station.",
        SAFE,
        "Choose a batch from the list.",
    ),
    "card_not_in_batch": Words(
        "Card not on the list",
        "This card does not stand on the list of this batch.",
        NOTHING,
        "Lay it aside; check whether it came in the wrong bag.",
    ),
    "card_of_other_batch": Words(
        "Card of another batch",
        "This card belongs to batch {batch_id}.",
        NOTHING,
        "Put it into the bag of that batch.",
    ),
    "line_already_done": Words(
        "Already topped up",
        "This card was already topped up in this batch.",
        "It is not charged or loaded a second time.",
        "Lay it with the finished cards.",
    ),
    "line_unfunded": Words(
        "Not paid yet",
        "The money received does not reach this line.",
        NOTHING,
        "Record the missing money, then insert the card again.",
    ),
    "line_needs_human": Words(
        "Row has an open question",
        "The row of this card has an open question: {reason}.",
        NOTHING,
        "Lay the card with the exceptions until the question is answered.",
    ),
    "line_blocked": Words(
        "Row cannot be topped up",
        "The row of this card cannot be topped up: {reason}.",
        NOTHING,
        ASIDE,
    ),
    "card_not_seen": Words(
        "Card did not come",
        "The card of this line was not in the bag.",
        LINE_WAITS,
        "Tell the property manager; the card can follow later.",
    ),
    "batch_not_finished": Words(
        "Batch not finished",
        "There are still lines of this batch to do.",
        KEPT,
        "Go on with the remaining cards, or print the sheet as it stands.",
    ),
    "batch_overpaid": Words(
        "More than the list costs",
        "The money is more than all rows of the batch cost.",
        NO_MONEY,
        "Record what the rows cost; the rest goes back to the payer.",
    ),
    "directory_not_readable": Words(
        "Directory not readable",
        "“{file}” is not a household directory this station can read.",
        SAFE,
        "Check the file; the directory on file stays as it was.",
    ),
    "check_digit_wrong": Words(
        "Number mistyped",
        "The number's last digit does not fit the others.",
        WAITS_FOR_ANSWER,
        ASK_MANAGER,
    ),
}
