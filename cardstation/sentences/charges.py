"""Sentences about money at the counter without a load, and about balances."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, PICK_OTHER, SAFE, Words

_NOT_RECORDED = "Nothing was recorded; money that was handed over is given back."
_STANDS = "The charge stands; no money goes back."

TABLE = {
    "no_fees": Words(
        "No catalogue of fees",
        "This utility's price file has no catalogue of other fees.",
        _NOT_RECORDED,
        "Take in a price file with a catalogue; a fee that is not in it is not charged.",
    ),
    "fee_unknown": Words(
        "No such fee",
        "There is no fee {fee} in the utility's catalogue.",
        _NOT_RECORDED,
        "Choose one of the catalogue; nothing else is charged.",
    ),
    "fee_not_in_force": Words(
        "Fee is not in force",
        "Fee {fee} is not charged on {day}.",
        _NOT_RECORDED,
        "Choose one that is in force today.",
    ),
    "fee_amount_outside": Words(
        "Amount not allowed",
        "For fee {fee} the catalogue allows {least_fen} to {most_fen}.",
        _NOT_RECORDED,
        PICK_OTHER,
    ),
    "over_use_large": Words(
        "Unusually much gas",
        "This is more gas than a household of this kind buys at once.",
        _NOT_RECORDED,
        "Look at the meter's reading again with a second person, who then agrees (Services, 8).",
    ),
    "due_day_wrong": Words(
        "Day not possible",
        "Payment can be put off to a day from today on, by {most_days} days at the most; {day} is "
        "none.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "charged_already": Words(
        "Charged already today",
        "The same charge of {fen} is on record for this household today ({receipt_no}).",
        "It was not recorded a second time.",
        "If its receipt is missing, print that one again. If it really is to be paid once more, "
        "record it once more: then it is taken (at the command line with --again).",
    ),
    "unknown_charge": Words(
        "No such charge",
        "No charge has the receipt or number {charge}.",
        SAFE,
        "Look at the receipt, or at the household's list of charges.",
    ),
    "charge_taken_back": Words(
        "Taken back before",
        "The charge {charge} was taken back already.",
        "No more money goes back.",
        "Nothing more is to be done; ask for the slip of that time.",
    ),
    "arrears_paid_since": Words(
        "Paid meanwhile",
        "{fen} was put off; the household owes only {owed_fen} now, so it was paid.",
        _STANDS,
        "Take the payment of the arrears back first.",
    ),
    "account_changed_since": Words(
        "Account changed since",
        "Account {account_no} was transferred or closed after this charge.",
        _STANDS,
        "Whoever paid it is no longer the customer of this account: the office settles it.",
    ),
    "payout_not_begun": Words(
        "Nothing was begun",
        "No payout of {named} was begun and not recorded.",
        SAFE,
        "Nothing is to be called off.",
    ),
    "balance_too_small": Words(
        "Balance too small",
        "{fen} is more than what is free of this household's balance: {free_fen}.",
        "Nothing was taken out of the balance.",
        "Take less, or let the household pay another way. What belongs to a load that is not on "
        "its card yet is not free.",
    ),
    "charge_disagrees": Words(
        "Charge disagrees",
        "A charge or a payout of a balance (entry {seq} of the journal) and its record tell two "
        "stories.",
        "The money of this charge must be counted by people.",
        "Stop charging here, and have finance compare the entry, the record and the receipt.",
    ),
}
"""By code."""
