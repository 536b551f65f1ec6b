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
    "order_old": Words(
        "Paid order still waiting",
        "The paid order {order_id} of {fen} has been waiting for {days} days and nobody has loaded "
        "it.",
        "The money is at the centre; the order does not expire.",
        "Call the household: the card is loaded at any desk, without paying.",
    ),
    "order_past_counter": Words(
        "Paid order cannot be loaded",
        "A paid order of this household is for an earlier counter than the card shows.",
        NOTHING,
        "Look at it under Exceptions, paid orders; the centre knows where it was loaded.",
    ),
}
