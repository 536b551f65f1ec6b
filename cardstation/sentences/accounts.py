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
        "Something is not finished",
        "A load, a return or a card of account {account_no} was begun and is not finished.",
        _KEPT,
        "Put its card in, or see the exceptions: finish it first.",
    ),
    "account_payment_open": Words(
        "Was the money taken?",
        "Whether {fen} came that account {account_no} was asked for is not known.",
        _KEPT,
        "Count the cash or query the payment, then answer yes or no.",
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
    "account_gas_on_card": Words(
        "Card still carries gas",
        "Card {card_no} carries a load that its meter has not taken.",
        _KEPT,
        "Take the load off the card and pay it back first; then close the account.",
    ),
    "account_open_elsewhere": Words(
        "Open at another desk",
        "Station {station} has something open on the card of account {account_no}.",
        _KEPT,
        "It is finished there first; then go on here.",
    ),
    "account_closed_elsewhere": Words(
        "Closed at another desk",
        "Station {station} closed account {account_no} and paid {fen} out.",
        "Its money went out there; nothing is paid here.",
        "Ask that desk; the account closes here with the next directory.",
    ),
    "closing_needs_ledger": Words(
        "Ledger not in reach",
        "Whether another desk closed account {account_no}, or has something open on its card, only "
        "the ledger knows, and it does not answer.",
        "No money moves: what a meter holds is paid back once.",
        "Try again when the network is back.",
    ),
    "closing_sum_differs": Words(
        "Another sum",
        "The household gets {fen}; {handed_fen} was said.",
        "Nothing is on record of this.",
        "Hand over {fen}, no more and no less; then say so.",
    ),
    "closing_not_begun": Words(
        "Nothing begun",
        "No money of a closing of account {account_no} was begun to be handed over.",
        SAFE,
        "Nothing is to be done.",
    ),
    "account_not_closed": Words(
        "Not closed here",
        "Account {account_no} was not closed at this desk.",
        SAFE,
        "Its settlement is printed where it was closed.",
    ),
    "card_not_said": Words(
        "Card not handed in",
        "The card of account {account_no} is neither in the reader nor said to be lost.",
        _STAYS,
        "Put the card in; or write what became of it.",
    ),
    "reading_not_said": Words(
        "Last reading missing",
        "A closing needs the last reading of the meter (m³, of a money meter yuan), the fitter's "
        "name and the number of the paper or photo.",
        _STAYS,
        "Let the fitter read the meter, then fill all three in.",
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
