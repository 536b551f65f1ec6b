"""Sentences about the money of a batch: quote, payments, envelopes, released lines, remainders."""

from __future__ import annotations

from cardstation.sentences.phrases import KEPT, NO_MONEY, NOTHING, PICK_OTHER, SAFE, Words

_FREE = "Its money is free again: it pays for rows that wait, or goes back to the payer."
_HOUSEHOLD = "Give the card back unloaded; the household can buy at the counter any time."


def _released(brief: str, what: str, todo: str = _HOUSEHOLD) -> Words:
    return Words(brief, what, _FREE, todo)


TABLE = {
    "released_absent": _released(
        "Nobody home, money free", "Nobody was at home; the card was not collected."
    ),
    "released_destroyed": _released(
        "Card destroyed, money free",
        "The card of this row is destroyed and cannot be loaded.",
        "The household gets a new card at the service hall.",
    ),
    "released_refused": _released(
        "Refused, money free", "The household does not want this load any more."
    ),
    "released_sealed_off": _released(
        "Sealed off, money free", "The building was sealed off; the card cannot be had."
    ),
    "released_not_wanted": _released(
        "Not wanted, money free", "The property manager took this row back."
    ),
    "released_other": _released(
        "Not loaded, money free", "This row is not loaded; the reason is noted on its paper."
    ),
    "released_refunded": _released(
        "Taken back, money free", "The load of this row was given back, its money with it."
    ),
    "envelope_needs_two": Words(
        "Another's envelope money",
        "{fen} in this row's envelope was paid by another household ({account_no}).",
        "It stays that household's money; nothing was changed.",
        "Decide the row with a second person, or give the money back to its payer first.",
    ),
    "reference_differs": Words(
        "Reference does not match",
        "The payment's text does not carry the reference of the quote.",
        KEPT,
        "Ask the payer whether the money is for this batch.",
    ),
    "quote_void": Words(
        "Quote is void",
        "The list changed after the quote that was paid.",
        KEPT,
        "Make a new quote and show it to the payer.",
    ),
    "no_quote_to_sign": Words(
        "No quote to sign",
        "Batch {batch_id} has no quote that holds: none was made, its days are over, or the list "
        "changed since.",
        NOTHING,
        "Make a quote and show it to the payer.",
    ),
    "quote_superseded": Words(
        "Another quote holds",
        "Quote {quote_no} was signed; {newest} holds for this batch.",
        NOTHING,
        "Have the payer sign the quote that holds, or make a new one.",
    ),
    "quote_not_signed": Words(
        "Signature missing",
        "Nobody signed the quote of batch {batch_id}.",
        NOTHING,
        "Let the payer sign on the pad, take a photo of the signed paper, or say that it was "
        "signed on paper (command line: --on-paper).",
    ),
    "line_released": Words(
        "Row gave its money free",
        "The money of this row was released; nothing is held for it any more.",
        NOTHING,
        "Give the card back unloaded, or sell at the counter.",
    ),
    "line_begun": Words(
        "Load is begun",
        "A load of this row is begun or done; its money is not released.",
        KEPT,
        "Put the card in: finish the load, or take it back with a second person.",
    ),
    "release_reason_unknown": Words(
        "No such reason",
        "“{reason_given}” is no reason to release a row; known are: {known}.",
        SAFE,
        PICK_OTHER,
    ),
    "batch_overspent": Words(
        "More bound than received",
        "The records bind more money of this batch to rows than was received.",
        NOTHING,
        "Stop this batch and run verify; a supervisor must look at its payments.",
    ),
    "line_paid_already": Words(
        "Row is paid already",
        "The row of room {door} is paid already.",
        "This money was not recorded.",
        "Give the envelope's money back, or record it as part of the lump sum.",
    ),
    "envelope_not_payable": Words(
        "Nothing to pay for this row",
        "For the row of room {door} nothing can be paid now.",
        "This money was not recorded.",
        "Settle the row first, or give the envelope's money back.",
    ),
    "payment_of_other_batch": Words(
        "Payment is for another batch",
        "The number {reference} carries the payment reference of batch {batch_id}.",
        "This money was not recorded.",
        "Open batch {batch_id} and record it there.",
    ),
    "payment_of_other_station": Words(
        "Payment is for another station",
        "The number {reference} is a payment reference of station {station}.",
        "This money was not recorded.",
        "Record it at that station: its list is paid there.",
    ),
    "payment_again": Words(
        "Recorded before",
        "Batch money of {fen} with the number {reference} is on record already ({ack_no}).",
        "This money was not recorded a second time.",
        "Look at the statement. If it really came twice, record it once more: then it is taken "
        "(at the command line with --again).",
    ),
    "payment_above": Words(
        "More than is to come",
        "{fen} is {above_fen} more than is still to come.",
        "This money was not recorded.",
        "Count again. If it really is that much, record it once more: then it is taken (at the "
        "command line with --again), and what no row needs goes back to the payer only.",
    ),
    "payment_number_missing": Words(
        "Number missing",
        "Money that is no cash is recorded with the number of the payment.",
        "This money was not recorded.",
        "Take the number off the statement or the phone, and record it with that.",
    ),
    "nothing_to_quote": Words(
        "Nothing to quote",
        "No row of batch {batch_id} can be loaded as it stands.",
        NO_MONEY,
        "Settle the rows that need a decision, then quote again.",
    ),
    "unknown_payment": Words(
        "Payment not found",
        "There is no payment {payment_id} on record here.",
        SAFE,
        "Look at the batch's payments again.",
    ),
    "more_than_remains": Words(
        "More than remains",
        "{fen} is more than what remains of this payment: {remains_fen}.",
        "Nothing was recorded as given back.",
        "Give back at most what remains; the rest is held for rows or was given back.",
    ),
    "no_arrears": Words(
        "Nothing owed",
        "Account {account_no} owes nothing.",
        NO_MONEY,
        "Nothing is to be paid; decide a row of a batch anew.",
    ),
    "consent_unknown": Words(
        "No such consent",
        "“{given}” is no way of giving consent; known are: {known}.",
        NO_MONEY,
        "Arrears are deducted only with consent: say how it was given.",
    ),
    "unknown_acknowledgement": Words(
        "Acknowledgement not found",
        "There is no acknowledgement {ack_no} at this station.",
        SAFE,
        "Check the number; each station prints its own.",
    ),
}
