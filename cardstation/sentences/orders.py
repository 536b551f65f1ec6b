"""Sentences about gas paid online: who may load it, and what became of it."""

from __future__ import annotations

from cardstation.sentences.phrases import NOTHING, Words

_NO_MONEY_HERE = "No money is taken for it here, and nothing was written to the card."

TABLE = {
    "no_order_waiting": Words(
        "No paid order",
        "No paid order waits for account {account_no} at this station.",
        _NO_MONEY_HERE,
        "Synchronise with the ledger and try again; if it is still missing, ask for proof of "
        "payment.",
    ),
    "order_not_waiting": Words(
        "Order waits no more",
        "The paid order {order_id} waits no more: it was loaded elsewhere, paid back or withdrawn.",
        NOTHING,
        "Look at the card's counter and ask the centre what became of the order.",
    ),
    "order_not_here": Words(
        "No such order",
        "The ledger has no paid order {order_id}.",
        NOTHING,
        "Look at its number once more; the orders that wait are listed by `orders list`.",
    ),
    "nothing_to_bind": Words(
        "Bound so already",
        "The paid order {order_id} belongs to that household and counter already.",
        NOTHING,
        "Nothing to do; look at the number of the account and the counter once more.",
    ),
    "order_loaded_elsewhere": Words(
        "Order loaded elsewhere",
        "The card's purchase counter is {seen}, the paid order {order_id} was for {expected}: it "
        "is loaded already, or the card was loaded with something else since.",
        "Nothing was written to the card; the money of the order stays with the centre.",
        "Do not load it again. If the household did not get this gas, the centre binds the order "
        "to the new counter.",
    ),
    "order_not_yet_due": Words(
        "An earlier order first",
        "The paid order {order_id} is for counter {expected}, the card stands at {seen}: an "
        "earlier purchase has to be loaded first.",
        NOTHING,
        "Load the earlier order first; this one stays on file.",
    ),
    "order_of_old_meter": Words(
        "For the meter before",
        "The paid order {order_id} is for counter {expected} of a meter that was replaced since.",
        NOTHING,
        "The order stays on file: have the centre bind it anew, then load it.",
    ),
    "order_old": Words(
        "Paid order still waiting",
        "The paid order {order_id} of {fen} has been waiting for {days} days and nobody has loaded "
        "it.",
        "The money is at the centre; the order does not expire.",
        "Call the household: the card is loaded at any desk, without paying.",
    ),
    "order_waits": Words(
        "A paid order waits",
        "Gas that this household paid online waits for its card. After a sale its card has left "
        "the order's counter, and no desk can load the order before the centre binds it anew.",
        "Nothing was taken yet; the money of the order is at the centre.",
        "Ask whether the amount was meant beside it: load the order without payment, or decide the "
        "row with its amount, knowing that.",
    ),
    "order_passed": Words(
        "Paid order was sold past",
        "The household of the paid order {order_id} of {fen} bought something else since: its card "
        "has left the order's counter.",
        "The money of the order is with the centre; nothing of it is lost.",
        "Call the centre with the order's number: it binds the order to the card's counter anew. "
        "Until then no desk can load it.",
    ),
    "order_not_on_file": Words(
        "Household not on file here",
        "The paid order {order_id} of {fen} is for a household that is not on file at this desk.",
        "The money is at the centre; the order does not expire.",
        "It is loaded at the desk of its district; if that is this one, take in the newest "
        "directory.",
    ),
    "orders_not_on_file": Words(
        "Old orders, nobody on file",
        "Paid orders that wait too long for households that are not on file here: {count}, "
        "together {fen}; the oldest since {days} days.",
        "The money is at the centre; no order expires.",
        "They stand under paid orders (F3). Tell the centre their numbers: the desk of their "
        "district calls the households.",
    ),
    "order_past_counter": Words(
        "Paid order cannot be loaded",
        "A paid order of this household is for an earlier counter than the card shows.",
        NOTHING,
        "If it was not loaded elsewhere the centre binds it anew; it stands under Exceptions.",
    ),
}
