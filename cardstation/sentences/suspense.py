"""Sentences about entries that the ledger took and put aside for people at the centre."""

from __future__ import annotations

from cardstation.sentences.phrases import Words

_KEPT = (
    "The entry is booked and kept; the amount in doubt stands in suspense until it is explained."
)
_CENTRE = "Nothing to do at the desk; the centre looks at it and calls if it needs the card."

TABLE = {
    "account_missing": Words(
        "Unknown to the ledger",
        "Entry {seq} names a household the ledger does not know.",
        _KEPT,
        _CENTRE,
    ),
    "double_load": Words(
        "Same load twice",
        "Entry {seq} loads a purchase number that another entry has loaded already.",
        _KEPT,
        _CENTRE,
    ),
    "false_seal": Words(
        "Load of another desk",
        "Entry {seq} says a load was finished; what is on the card is another desk's load.",
        "The money is free again and is owed to the payer, at the desk that took it.",
        "When it stands here as a refund, pay it out with a second person.",
    ),
    "sealed_before": Words(
        "Finished elsewhere first",
        "Entry {seq} finishes a load that another desk had finished before.",
        "The gas is sold once in the books; nothing was written twice.",
        _CENTRE,
    ),
    "arrears_paid_before": Words(
        "Debt paid twice",
        "Entry {seq} collects a debt that another desk had collected before.",
        "The payer paid twice; the second amount stands in suspense until the centre returns it.",
        "Tell the payer, and give no cash from the till for it; the centre pays it back.",
    ),
    "account_closed_before": Words(
        "Closed at two desks",
        "Entry {seq} closes an account that another desk had closed before.",
        "What its meter held was paid back twice; the second amount stands in suspense.",
        "Tell the centre, and ask the household: it had its money at the other desk.",
    ),
    "counter_gap": Words(
        "Purchase missing in between",
        "Before entry {seq} a purchase of this meter is missing at the ledger.",
        _KEPT,
        _CENTRE,
    ),
    "return_without_load": Words(
        "Return without a load",
        "Entry {seq} takes back a load that the ledger does not know.",
        _KEPT,
        _CENTRE,
    ),
    "returned_after_reissue": Words(
        "Taken back, and on a new card",
        "Entry {seq} takes a load back that another desk had put on a new card of its household.",
        "The money went back and the gas is on the new card; the amount stands in suspense.",
        "Tell the centre, and call the household: the meter must not take it from the new card.",
    ),
    "loaded_on_old_card": Words(
        "Loaded on a dead card",
        "Entry {seq} loads a card in whose place another desk had made a new one.",
        "The gas is paid for; the meter may refuse the old card, and then nobody has it.",
        "Call the household: where its meter did not take the gas, make a new card once more, "
        "which carries this load.",
    ),
    "order_unknown": Words(
        "Order unknown to the ledger",
        "Entry {seq} loads an order that the ledger does not know.",
        _KEPT,
        _CENTRE,
    ),
    "order_loaded_twice": Words(
        "Order loaded twice",
        "Entry {seq} loads an order that was loaded before.",
        _KEPT,
        _CENTRE,
    ),
    "order_claimed_twice": Words(
        "Order claimed twice",
        "Entry {seq} claims an order that another entry has claimed.",
        _KEPT,
        _CENTRE,
    ),
    "order_amount_differs": Words(
        "Order with another amount",
        "Entry {seq} loads an order with another amount than was paid.",
        _KEPT,
        _CENTRE,
    ),
}
