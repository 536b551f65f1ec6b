"""Sentences about gas taken off a card again, money paid back, and other desks' loads."""

from __future__ import annotations

from cardstation.sentences.phrases import KEPT, NOTHING, SAFE, SAME_CARD, Words

OWED = "The money stays on record for the payer until it is paid out."
NOT_PAID_BACK = "Nothing is paid back for it now; the money stays on record."

TABLE = {
    "return_requested": Words(
        "Return asked for",
        "A load of this card shall be taken back and is still on it.",
        "The money is paid out only after the load was taken off the card.",
        SAME_CARD,
    ),
    "payout_pending": Words(
        "Money to pay out",
        "The load was taken off the card; the money is not paid out yet.",
        "It is owed to the payer and is on record until it is paid out.",
        "Pay it out on the exceptions screen, with a second person.",
    ),
    "second_person": Words(
        "Second person needed",
        "This needs another person on shift with their own PIN.",
        NOTHING,
        "Ask the supervisor to confirm with their PIN.",
    ),
    "card_at_work": Words(
        "Card at work",
        "A card with the number {card_no} is at work in a reader at this moment.",
        SAFE,
        "Wait until that reader is done. If it is another card, it is a copy: keep both.",
    ),
    "money_at_work": Words(
        "Money at work",
        "Money is being taken or given on another page at this moment.",
        SAFE,
        "Finish that first, then try again.",
    ),
    "no_paid_load": Words(
        "No unfinished payment",
        "No paid load of this card is unfinished.",
        SAFE,
        "Look at the exceptions screen which card the payment belongs to.",
    ),
    "load_is_on_card": Words(
        "Load is on the card",
        "The load came onto the card after all.",
        NOT_PAID_BACK,
        "Put the card in again: it is finished and the receipt is printed.",
    ),
    "card_torn": Words(
        "Half written",
        "The card is half written and must be finished first.",
        NOT_PAID_BACK,
        "Put the card in again: the load is finished. Then it can be taken back.",
    ),
    "refund_elsewhere": Words(
        "Refund elsewhere",
        "This money was not taken at this desk.",
        OWED,
        "The desk that took the money pays it back.",
    ),
    "nothing_owed": Words(
        "Nothing to pay out",
        "Nothing is owed here, or it was paid out already.",
        "Nothing is paid out twice.",
        "Look at the exceptions screen again.",
    ),
    "payout_in_doubt": Words(
        "Paid out already?",
        "This money may be paid out already: that was begun before a break, or records are lost.",
        OWED,
        "Look for the signed slip and into the till with a second person, then write under "
        "Exceptions what you found.",
    ),
    "nothing_to_return": Words(
        "No load to take back",
        "No load waits on this card: the meter has taken it, or there was none.",
        SAFE,
        "What the meter took cannot be taken back here; a fitter or the service hall can help.",
    ),
    "load_not_ours": Words(
        "Not this desk's load",
        "The load on the card was not sold at this desk.",
        SAFE,
        "Send the customer to the desk that sold it; its receipt names it.",
    ),
    "load_of_their_batch": Words(
        "Paid for elsewhere",
        "The load was finished here; its money lies in a batch of station {station}.",
        "Nothing is paid back here. The gas stays on the card.",
        "Give the card back and have the meter take the gas. Money instead of gas is a matter "
        "between the household and who paid for the batch at {station}.",
    ),
    "load_may_be_theirs": Words(
        "Not certain whose load",
        "Two desks may pay for this load: another began it, or the card cannot say whose it is.",
        "Nothing is paid back until the ledger has said whose load it is.",
        "Sync, then ask again. If the ledger names another desk, the money is owed at this one.",
    ),
    "meter_may_have_taken": Words(
        "Meter may have taken it",
        "The card was away from the desk; what it shows is no proof that the gas is still on it.",
        "Nothing is paid back: the meter may have taken the gas already.",
        "Have a fitter read the meter and enter the reading, or let the meter take the gas.",
    ),
    "refund_needs_ledger": Words(
        "Refund needs the ledger",
        "Another desk may have finished this load; only the ledger can say.",
        OWED,
        "Keep the money in the till until the ledger answers; then ask again, with the card.",
    ),
    "return_needs_ledger": Words(
        "Return needs the ledger",
        "The card was away from the desk: a new card may have been made with the same load.",
        "Nothing is paid back until the ledger has said that no new card carries it.",
        "Try again, with the card, once the ledger answers.",
    ),
    "lost_card_has_it_too": Words(
        "The lost card has it, too",
        "This card took the place of a lost one, and its load is on that one as well: the meter "
        "takes it from either.",
        "Nothing is paid back: it would be money and gas.",
        "Have the meter take the gas. Is the lost card here again: take this one back (old card "
        "found again); then the load is taken off the old one.",
    ),
    "load_on_new_card": Words(
        "Load is on a new card",
        "This card was reported lost, and a new one was made for its household; what this one "
        "carried is on that one, or its meter had taken it.",
        "Nothing is paid back upon this card.",
        "Keep this card with the exceptions. The gas is taken by the meter from the new card.",
    ),
    "payment_answered": Words(
        "The payment is known",
        "The payment service says otherwise; its word counts.",
        "Nothing was booked; the service's answer is booked at the next look.",
        "Look at the exceptions screen again.",
    ),
    "load_returned": Words(
        "Taken back",
        "The load of this row was taken off its card again.",
        "Its money is with the batch again, as soon as it is paid out.",
        "It goes back to the payer with the remainder.",
    ),
    "not_withdrawable": Words(
        "Cannot be withdrawn",
        "The return has touched its card, or is settled.",
        KEPT,
        SAME_CARD,
    ),
    "not_disputable": Words(
        "Nothing to dispute",
        "It is settled, or its card was not read yet: mostly it knows what happened.",
        SAFE,
        "Put the card in. If it is lost or broken, say so where you put it into dispute.",
    ),
    "not_in_dispute": Words(
        "Not in dispute",
        "Nothing of this id is in dispute, or it was settled already.",
        SAFE,
        "Look at the exceptions screen again.",
    ),
    "proof_missing": Words(
        "Proof not usable",
        "What both of you saw is needed in {fewest} to {most} printable characters.",
        NOTHING,
        "Write down the meter's reading, the photo's number or the fitter's report.",
    ),
    "meter_count_missing": Words(
        "Meter not read",
        "How many purchases meter {meter_no} counts is not given; only that proves it.",
        "Nothing is paid back: the meter may have taken the gas.",
        "Read the number of purchases off the meter, and enter it.",
    ),
    "meter_counts_it": Words(
        "The meter counts it",
        "The meter shows {shown} purchases; this load is number {load}.",
        "{fen} are not paid back: by its count the meter has the gas.",
        "Settle it as loaded. If it counts somebody else's load, tick that and say whose.",
    ),
    "card_may_load": Words(
        "The card is out there",
        "The meter has not taken the load, and takes it as soon as the card comes.",
        "Nothing is paid back while nobody has the card: gas and money would both be gone.",
        "Wait for the card; it is read first. Tick that it is here, or destroyed, if both saw it.",
    ),
    "card_torn_elsewhere": Words(
        "Half written elsewhere",
        "Another desk was cut short on this card, and the ledger cannot be asked.",
        "The money is on record at that desk; nothing is charged twice.",
        "Send the customer back to that desk, or wait until the ledger answers.",
    ),
    "return_begun_elsewhere": Words(
        "Return begun elsewhere",
        "Desk {station} has begun to take the load of this card back.",
        OWED,
        "Only that desk can go on; send the customer there.",
    ),
}
