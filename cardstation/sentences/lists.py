"""Sentences about revising, deciding and counting lists, and what stands beside a row."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    ASK_MANAGER,
    KEPT,
    NO_MONEY,
    PICK_OTHER,
    ROW_FREE,
    SAFE,
    WAITS_FOR_ANSWER,
    Words,
)

_LEFT_OUT = "A clerk left this row out of the batch; it can be taken in again with F4."
_NOTHING_TO_DO = "Nothing to do."
_UNAFFECTED = "The price of the row is not affected."

TABLE = {
    "row_not_readable": Words(
        "Row not readable",
        "The row names no household that the station could look for.",
        WAITS_FOR_ANSWER,
        "Press F4, read what is written, and say whom it means.",
    ),
    "card_blacklisted": Words(
        "Card reported",
        "The card of this household was reported lost, dead or misused.",
        NO_MONEY,
        "Keep the card apart; the household gets a new one at the service hall.",
    ),
    "card_on_two": Words(
        "Card number on two households",
        "The card number {card_no} stands on more than one household.",
        NO_MONEY,
        "Type the account number instead.",
    ),
    "column_unknown": Words(
        "No such column",
        "“{column}” is nothing that a column can hold; known are: {known}.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "paste_empty": Words(
        "Nothing to take in",
        "The pasted text holds no line that could be a household.",
        NO_MONEY,
        "Copy the whole chat text and paste it again.",
    ),
    "paste_too_long": Words(
        "Text too long",
        "The pasted text is longer than {most} signs.",
        NO_MONEY,
        "Paste it in parts, or take it in as a file.",
    ),
    "nothing_to_revise": Words(
        "Nothing new",
        "The newer list says what batch {batch_id} says already.",
        SAFE,
        "Go on with the batch as it is.",
    ),
    "comparison_outdated": Words(
        "Batch changed meanwhile",
        "Batch {batch_id} changed since the newer list was compared with it.",
        SAFE,
        "Compare the list again, then take it.",
    ),
    "unknown_line": Words(
        "No such row",
        "Batch {batch_id} has no row at place {place}.",
        SAFE,
        PICK_OTHER,
    ),
    "line_fixed": Words(
        "Row is paid or begun",
        "Money or a card is in this row already; it is not decided about any more.",
        KEPT,
        "Release its money first, or settle it at the counter.",
    ),
    "list_rows_lost": Words(
        "Rows of this list were lost",
        "{count} rows of batch {batch_id} were changed, paid or loaded in records that were lost.",
        KEPT,
        "Load what is ready; take the cards that are left in as a list of their own.",
    ),
    "row_held": Words(
        "Waits: this list was changed",
        "The station was put back from a backup. Whether this row still counts, nobody can tell.",
        "Its money is kept: it pays for no row before the list is taken again.",
        "Take the newest list in as a revision; where that is refused, as a list of its own.",
    ),
    "line_withdrawn": Words(
        "Row counts no more",
        "This row was replaced or left out already.",
        SAFE,
        "Look at the row that took its place.",
    ),
    "already_on_list": Words(
        "Already on the list",
        "This household stands on the list already, in row {row}.",
        "It is not charged a second time.",
        "Correct that row, or leave this one out.",
    ),
    "not_decided": Words(
        "Nothing to take back",
        "No clerk decided about this row.",
        SAFE,
        PICK_OTHER,
    ),
    "reason_unknown": Words(
        "No such reason",
        "“{reason_given}” is no reason to leave a row out; known are: {known}.",
        SAFE,
        PICK_OTHER,
    ),
    "nothing_typed": Words(
        "Nothing to count",
        "No row of batch {batch_id} was typed by hand; it came as a file.",
        SAFE,
        "Take the money; no second person is needed.",
    ),
    "entry_differs": Words(
        "Second entry differs",
        "Rows keyed now that do not agree with what was typed in: {rows}. Typed rows nobody keyed "
        "yet: {count}.",
        "No money is taken before they agree.",
        "Look at these rows on the paper or in the chat together; correct the wrong entry, then "
        "key the rows again.",
    ),
    "entry_not_checked": Words(
        "Second count missing",
        "Rows typed in by hand were not yet keyed again by a second person: {lines}.",
        "No money is taken before that.",
        "Have another person key every row again: room and amount.",
    ),
    "left_out_unclear": Words("Left out: unclear", _LEFT_OUT, ROW_FREE, ASK_MANAGER),
    "left_out_not_wanted": Words(
        "Left out: not wanted", _LEFT_OUT, ROW_FREE, "Give the card back unpaid."
    ),
    "left_out_twice": Words("Left out: listed twice", _LEFT_OUT, ROW_FREE, _NOTHING_TO_DO),
    "left_out_elsewhere": Words(
        "Left out: pays elsewhere", _LEFT_OUT, ROW_FREE, "Give the card back unpaid."
    ),
    "reopened": Words(
        "Decision taken back",
        "A clerk took the decision about this row back; it is judged anew.",
        NO_MONEY,
        _NOTHING_TO_DO,
    ),
    "order_moved": Words(
        "Followed its order",
        "The centre bound the paid order of this row anew; another row counts in its stead.",
        NO_MONEY,
        _NOTHING_TO_DO,
    ),
    "judged_again": Words(
        "Judged again",
        "What stood against this row is settled; it was judged again.",
        NO_MONEY,
        _NOTHING_TO_DO,
    ),
    "meter_over_age": Words(
        "Meter over ten years",
        "The meter of this household is more than ten years old.",
        _UNAFFECTED,
        "Order its change; the sale goes on.",
    ),
    "relief_on_file": Words(
        "Relief on file, full price",
        "The household has a monthly relief on file that has not ended. This program prices no "
        "relief: the amount buys gas at the full price.",
        "The household pays the full price; the relief is not taken off.",
        "Settle the relief at the hall by your rules, or leave the row out and send the household "
        "there.",
    ),
    "relief_ended": Words(
        "Relief ended",
        "The household had a monthly relief; its last day on file is over.",
        "The household pays the full price.",
        "Tell the household that it applies for the relief anew at the hall.",
    ),
    "load_not_taken": Words(
        "Last load not taken yet",
        "When the meter wrote on the card last it had not taken the last load.",
        _UNAFFECTED,
        "Ask the household to put the card into its meter first; a card with gas on it is stopped "
        "at the reader.",
    ),
    "load_taken_unknown": Words(
        "Not known whether taken",
        "No desk of ours has seen this meter's answer since the last load: whether it took it "
        "nobody can tell.",
        _UNAFFECTED,
        "The card says it at the reader; one with gas on it is stopped there.",
    ),
}
