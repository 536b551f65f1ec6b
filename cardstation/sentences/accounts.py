"""Sentences about accounts: stopped, restarted, put in another name; what keeps them from it."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, SAFE, Words

_STAYS = "No money moves, and the account stays as it is."
_KEPT = "No money moves; what was paid stays on record where it is."

TABLE = {
    "account_active": Words(
        "Account in use",
        "Account {account_no} is in use; it is not stopped.",
        SAFE,
        "Nothing is to be done.",
    ),
    "account_load_open": Words(
        "Something of it is not finished",
        "A load, a return or a card of account {account_no} was begun and is not finished.",
        _KEPT,
        "Put its card in, or see the exceptions: finish it first.",
    ),
    "account_in_batch": Words(
        "Row of a batch",
        "Row {row} of batch {batch_id} is of account {account_no}, and waits or holds money.",
        _KEPT,
        "Load the row, or leave it out and give its money back; then go on here.",
    ),
    "account_card_in_bag": Words(
        "Card in a bag",
        "The card of account {account_no} is in the bag of batch {batch_id} (row {row}).",
        _STAYS,
        "Give the card back, or say where it is; then go on here.",
    ),
    "account_order_waits": Words(
        "Paid order waits",
        "Account {account_no} paid for gas online, and order {order_id} is not loaded.",
        _KEPT,
        "Load it onto the card first, or let the centre take the order back.",
    ),
    "account_owes": Words(
        "Household owes",
        "Account {account_no} has arrears of {fen}.",
        _STAYS,
        "The arrears are paid first.",
    ),
    "balance_not_settled": Words(
        "Balance not settled",
        "Account {account_no} has a balance of {fen}.",
        _STAYS,
        "Pay the balance out to the old owner first; or let both sign that it goes with the "
        "account, and say so here.",
    ),
    "owner_not_said": Words(
        "New owner not named",
        "The new owner needs a name and at least one person in the household.",
        NO_MONEY,
        "Write the name as on the contract, and how many live there.",
    ),
    "owner_same": Words(
        "Same owner",
        "Account {account_no} is in this name, with this telephone, already.",
        NO_MONEY,
        "Nothing is to be done.",
    ),
}

PHRASES = {
    "account.stopped": "Account stopped",
    "account.restarted": "Account restarted",
    "account.transferred": "Account transferred",
    "account.closed": "Account closed",
    "account.meter_changed": "Meter changed",
    "account.meter_change_cancelled": "Change of meter cancelled",
    "fact.status": "Status",
    "fact.name": "Name",
    "fact.phone": "Telephone",
    "fact.persons": "Persons",
    "fact.relief_per_month": "Relief per month",
    "fact.meter_no": "Meter number",
    "fact.kind": "Kind of meter",
    "fact.installed": "Meter installed on",
    "fact.chip": "Chip",
    "fact.purchase_counter": "Purchases counted",
    "heard.confirmed": "the directory says so too",
    "heard.overruled": "the directory knows it otherwise, and its word holds",
}
"""What was changed in an account, which fact, and what a directory said of it since."""
