"""Sentences about accounts, prices and money."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    ASK_MANAGER,
    DESK,
    FINISHED,
    FROZEN,
    FROZEN_CARD,
    NO_MONEY,
    NOTHING,
    PICK_OTHER,
    ROW_FREE,
    SAFE,
    SAME_CARD,
    SUPERVISOR,
    Words,
)

TABLE = {
    "account_stopped": Words(
        "Account stopped",
        "The account is stopped.",
        ROW_FREE,
        DESK,
    ),
    "account_closed": Words(
        "Account closed",
        "The account is closed.",
        ROW_FREE,
        DESK,
    ),
    "arrears": Words(
        "Arrears",
        "The household has unpaid bills.",
        "Arrears are taken only with the household's consent; nothing is charged now.",
        "Ask whether the arrears shall be paid first.",
    ),
    "cap_exceeded": Words(
        "Above the purchase cap",
        "The purchase is above the cap; {left_litres} can still be bought this period.",
        NO_MONEY,
        "Lower the amount.",
    ),
    "hoard_limit": Words(
        "More than the meter takes",
        "The meter can take at most {room_litres} now.",
        NO_MONEY,
        "Lower the amount.",
    ),
    "per_load_max": Words(
        "More than one load",
        "One load of this card type is at most {limit_litres}.",
        NO_MONEY,
        "Lower the amount; the rest can be bought after the meter took this load.",
    ),
    "zero_amount": Words(
        "Amount is zero",
        "The amount is zero.",
        ROW_FREE,
        "Enter what shall be bought.",
    ),
    "amount_too_small": Words(
        "Amount too small",
        "The amount does not buy the smallest step of the card, {step_litres}.",
        NO_MONEY,
        "Raise the amount.",
    ),
    "volume_not_in_steps": Words(
        "Volume not in steps",
        "This card carries volume in steps of {step_litres} only.",
        NO_MONEY,
        "Round the volume to a full step.",
    ),
    "money_meter_by_volume": Words(
        "Not by volume",
        "This meter counts money; gas cannot be bought by volume for it.",
        NO_MONEY,
        "Enter an amount of money.",
    ),
    "money_or_volume": Words(
        "One of the two",
        "Give either an amount of money or a volume.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "no_tariff": Words(
        "No price",
        "No price is known for this household's use on this day.",
        NO_MONEY,
        SUPERVISOR,
    ),
    "selling_frozen": Words(
        "Selling stopped",
        "Selling is stopped: the station's records and the ledger must be compared first.",
        FROZEN,
        SUPERVISOR,
    ),
    "clock_ran_back": Words(
        "Clock runs wrong",
        "The computer's clock ran back by more than five minutes.",
        FROZEN,
        "Set the clock right. If it is right and was ahead before: close the window; two people "
        "write down why with `cardstation clock`.",
    ),
    "clock_leapt_ahead": Words(
        "Clock runs wrong",
        "The computer's clock is more than a month ahead of the last record ({last}).",
        FROZEN,
        "Set the clock right. If it is right, close the shift and open a new one.",
    ),
    "outcome_unknown": Words(
        "Not certain",
        "It is not certain whether the card was written.",
        "Money already taken stays on record; nothing is charged twice and nothing is "
        "paid back before the card was read.",
        SAME_CARD,
    ),
    "payment_unknown": Words(
        "Payment not certain",
        "It is not certain whether the payment arrived.",
        "It is not charged a second time before the answer is known.",
        "Query the payment; do not take money again.",
    ),
    "tender_unknown": Words(
        "Unknown way of paying",
        "“{tender}” is not a way of paying this station knows.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "not_an_amount": Words(
        "Not an amount",
        "“{text}” is not an amount of money.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "not_a_volume": Words(
        "Not a volume",
        "“{text}” is not a volume of gas.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "unknown_household": Words(
        "Household not on file",
        "No household on file fits this row or card.",
        ROW_FREE,
        ASK_MANAGER,
    ),
    "unknown_order": Words(
        "Order not on file",
        "The paid order {order_id} is not on file.",
        NOTHING,
        "Synchronise with the ledger and try again.",
    ),
    "order_already_loaded": Words(
        "Order already loaded",
        "The paid order {order_id} is already on a card.",
        NOTHING,
        "Lay the card with the exceptions and look up the order's receipt.",
    ),
    "prepaid_order_missing": Words(
        "Paid order not found",
        "The list says paid online, but no paid order is on file for this account.",
        ROW_FREE,
        "Synchronise with the ledger; if the order is still missing, ask the property "
        "manager for proof of payment.",
    ),
    "hoard_limit_money": Words(
        "More than the meter takes",
        "The meter can take at most {room_fen} now.",
        NO_MONEY,
        "Lower the amount.",
    ),
    "no_open_question": Words(
        "Nothing to answer",
        "There is no open question of that number.",
        SAFE,
        "Look at the list of open questions again.",
    ),
    "payment_not_taken": Words(
        "Not paid",
        "The payment of {fen} was not made.",
        NO_MONEY,
        "Start again when the household is ready to pay.",
    ),
    "payment_question": Words(
        "Was the money taken?",
        "The station stopped while {fen} was being taken and does not know whether it was.",
        "Nothing more is charged before this is answered.",
        "Count the cash or query the payment, then answer yes or no.",
    ),
    "paid_not_loaded": Words(
        "Paid, not on the card yet",
        "The money for this card was taken, but the card is not loaded yet.",
        FINISHED,
        SAME_CARD,
    ),
    "paid_in_doubt": Words(
        "Perhaps loaded or paid back",
        "A part of this station's records was lost: this paid load may have been written in it, or "
        "its money paid back.",
        FROZEN_CARD,
        "Look at the meter, and for the slip. Where the card shows none of it, give the money "
        "back; else put it into dispute on the exceptions screen: two people, and what both saw.",
    ),
    "price_changed": Words(
        "Price changed",
        "The price is now {fen}; {agreed_fen} was shown before.",
        NO_MONEY,
        "Show the household the new price and confirm again.",
    ),
    "order_leased_elsewhere": Words(
        "Order held by another station",
        "The paid order {order_id} is being loaded at station {station}.",
        NOTHING,
        "Ask that station to finish or release it.",
    ),
    "order_needs_ledger": Words(
        "Order needs the ledger",
        "The paid order {order_id} can only be loaded while the ledger answers.",
        NOTHING,
        "Wait for the connection and insert the card again.",
    ),
    "refund_requested": Words(
        "Refund asked for",
        "A refund for this card is waiting for its second person.",
        "Nothing is loaded and nothing is paid out before that.",
        "Finish the refund on the exceptions screen.",
    ),
    "disputed": Words(
        "In dispute",
        "A top-up of this card is in dispute.",
        "Nothing is loaded and nothing is paid out before it is settled.",
        "Look at the meter or have a fitter look; then two people settle it on the exceptions "
        "screen.",
    ),
    "unknown_receipt": Words(
        "Receipt not found",
        "There is no receipt {receipt_no} at this station.",
        SAFE,
        "Check the number; receipts of other stations are printed there.",
    ),
    "receipt_unknown": Words(
        "Receipt not found",
        "There is no receipt {receipt_no} at this station.",
        SAFE,
        "Check the number; receipts of other stations are printed there.",
    ),
}
