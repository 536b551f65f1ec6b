"""Sentences of reconciliation: files that are taken or not, and what the audit list names."""

from __future__ import annotations

from cardstation.sentences.phrases import Words

_NOTHING = "Nothing was taken, nothing was changed."
_ASK_AGAIN = "Ask the channel or the bank for the file again."

TABLE = {
    "file_unreadable": Words(
        "File not readable",
        "The file is no table: neither a text with columns nor a workbook.",
        _NOTHING,
        _ASK_AGAIN,
    ),
    "file_too_large": Words(
        "File too large",
        "A file has {most} MB and 50,000 lines at the most.",
        _NOTHING,
        "Ask for the days one by one.",
    ),
    "file_columns": Words(
        "Columns missing",
        "No line of the file names these columns: {missing}.",
        _NOTHING,
        "Put the headings above the columns, or take the file of the other kind.",
    ),
    "file_empty": Words(
        "File without rows",
        "Below its headings the file has no row.",
        _NOTHING,
        _ASK_AGAIN,
    ),
    "file_known": Words(
        "File taken before",
        "This very file was taken and accepted as number {number}.",
        "Nothing is counted twice.",
        "Nothing to do.",
    ),
    "file_unknown": Words(
        "No such file",
        "There is no file {number}.",
        _NOTHING,
        "Go back to the page and take it again.",
    ),
    "file_missing": Words(
        "No file chosen",
        "The form came without a file.",
        _NOTHING,
        "Choose the file and send the form again.",
    ),
    "file_source_missing": Words(
        "From whom is it?",
        "A file belongs to a channel, or to an account at a bank.",
        _NOTHING,
        "Say which one, always with the same name.",
    ),
    "day_not_over": Words(
        "Day not over",
        "{day} is not over at the utility; only a whole day is sealed.",
        "Nothing was sealed.",
        "Run it again after midnight.",
    ),
    "reconcile_runs": Words(
        "Reconciliation runs already",
        "Another run of the reconciliation is at work on these books.",
        "Nothing was changed.",
        "Wait until it has ended, then run it again.",
    ),
    "recount_runs": Words(
        "Repair runs already",
        "Another repair of stored sums is at work on these books.",
        "Nothing was changed.",
        "Wait until it has ended, then run it again.",
    ),
    "checkpoint_unreadable": Words(
        "Checkpoint not readable",
        "The file is no checkpoint: station, epoch, seq, hash, nonce and signature as JSON.",
        "Nothing was changed.",
        "Take it from the station again.",
    ),
    "audit_item_gone": Words(
        "No longer open",
        "This item was closed, or something explained it meanwhile.",
        "Nothing was changed.",
        "Look at the list again.",
    ),
}

PHRASES = {
    "bad.row_amount": "no amount, or not above nothing",
    "bad.row_volume": "no volume of gas",
    "bad.row_time": "no time",
    "bad.row_counter": "no purchase number",
    "bad.row_number_missing": "without its own number",
    "bad.row_number_twice": "its number stands in this file twice",
    "bad.row_card_missing": "no card, meter or order",
    "bad.row_cells": "more cells than headings",
    "bad.row_differs": "known under this number with something else",
    "audit.off_book": "Purchase no desk made, and no channel told of",
    "audit.row_counter_sold": "A channel sold what a desk sold, too",
    "audit.row_twice": "Two rows of channels are the same purchase",
    "audit.row_card_unknown": "No desk ever saw this card",
    "audit.row_not_seen": "Sold by a channel, not seen at a desk since",
    "audit.row_time_differs": "Its time is not that of the purchase that is missing",
    "audit.row_order_unknown": "The channel names an order nobody knows",
    "audit.row_order_twice": "The channel tells of an order twice",
    "audit.order_amount": "The channel has another amount for the order",
    "audit.order_card": "Order loaded on a card of another household",
    "audit.order_leased": "Order loaded by a channel while a desk held it",
    "audit.order_counter": "Order loaded on a card that was elsewhere",
    "audit.order_closed": "Order loaded again by a channel",
    "audit.order_claimed": "Order loaded by a channel while a desk had begun it",
    "audit.order_untold": "Paid order no channel told of",
    "audit.bank_not_found": "Money at the bank that is in no book",
    "audit.bank_twice": "Came in at the bank twice",
    "audit.transfer_not_found": "Booked, and not at the bank",
    "audit.transfer_amount_differs": "The bank has another amount",
    "audit.transfer_proposed": "Money we sent: is it this line of the bank?",
    "audit.transfer_twice": "Booked twice, once at the bank",
    "audit.cash_over": "Cash over",
    "audit.cash_short": "Cash short",
    "audit.cash_disagrees": "The desk adds up its cash to something else",
    "audit.shift_open": "Shift open for more than a day",
}
"""What a row lacks, and what stays unexplained, by namespaced code."""
