"""Sentences about gas that two people grant a household without money."""

from __future__ import annotations

from cardstation.sentences.phrases import NOTHING, Words

_NO_MONEY = "No money moves for it, and nothing was written to the card."

TABLE = {
    "account_gas_due": Words(
        "Gas is due to it",
        "Account {account_no} has gas to come that was granted and is not loaded ({due_id}).",
        "No money moves for it; nothing was changed.",
        "Load it onto the card first, or have two people withdraw it.",
    ),
    "gas_due_waits": Words(
        "Gas is due",
        "Two people granted this household gas that is not on its card yet.",
        "No money is taken for it.",
        "Load it under Services (Ctrl+6, L) before the card is sold to.",
    ),
    "given_not_loaded": Words(
        "Given, not on the card yet",
        "Gas that was given without money is not on its card yet.",
        "Nobody paid for it; it is given once.",
        "Put the same card back in.",
    ),
    "given_up_open": Words(
        "Given gas to be ended",
        "Gas that was given is not on its card, or was taken off it, and waits to be due again.",
        "Nobody paid for it, and no money goes back.",
        "End it on the exceptions screen, with a second person.",
    ),
    "no_gas_due": Words(
        "No gas due",
        "Account {account_no} has no gas to come at this station.",
        _NO_MONEY,
        "Two people grant it first, with the work order or the fitter's reading.",
    ),
    "unknown_gas_due": Words(
        "No such gas due",
        "This station has granted no gas with the number {due_id}.",
        _NO_MONEY,
        "Look at the list of gas due; gas is loaded at the desk that granted it.",
    ),
    "gas_due_ended": Words(
        "Nothing left of it",
        "Nothing is left of the gas due {due_id}: it is loaded, or two people withdrew it.",
        _NO_MONEY,
        "Look at the household's loads. If its gas is still missing, two people grant it anew.",
    ),
    "gas_due_other_meter": Words(
        "Granted for another meter",
        "The gas was granted for meter {meter_no}, and this card belongs to another.",
        _NO_MONEY,
        "Two people withdraw it and grant what is due to this meter.",
    ),
    "gas_due_below_step": Words(
        "Less than a card can carry",
        "{litres} are left, and a card of this maker carries {step_litres} at the least.",
        _NO_MONEY,
        "Two people withdraw the rest; it can be granted together with the next.",
    ),
    "gas_due_counter": Words(
        "Counters do not fit",
        "The meter shows counter {shown} and the other one known is {known}: a load is repeated "
        "only for a meter that is just one behind its card.",
        _NO_MONEY,
        "Have the meter read again. For a meter that is not behind, grant without its counter.",
    ),
    "gas_due_repeats": Words(
        "Repeats a counter",
        "The load on this card repeats counter {counter} for a meter that was behind: it cannot "
        "be taken off again.",
        NOTHING,
        "Have it put into its meter.",
    ),
    "gas_due_wrong_unit": Words(
        "Wrong unit for this meter",
        "The meter of account {account_no} counts in the other unit.",
        _NO_MONEY,
        "Grant cubic metres to a volume meter, and yuan to a money meter.",
    ),
    "document_missing": Words(
        "Document missing",
        "Gas is given only on a work order, a reading or a photo, named in at most {most} "
        "characters.",
        _NO_MONEY,
        "Enter the number of the work order, the reading or the photo.",
    ),
    "free_gas_limit": Words(
        "Limit of free gas",
        "This desk may grant {limit_litres} before the ledger has heard of it; {left_litres} are "
        "left.",
        _NO_MONEY,
        "Synchronise with the ledger, then grant it again; a larger grant needs another limit.",
    ),
    "emergency_open": Words(
        "Emergency gas is waiting",
        "The household was granted emergency gas that is not on its card yet ({due_id}).",
        _NO_MONEY,
        "Load what was granted; there is no second before it.",
    ),
    "emergency_gas_paid": Words(
        "Paid meanwhile",
        "The household has paid the {fen} that it owed for this emergency gas.",
        NOTHING,
        "Leave the load on the card: it is the household's.",
    ),
    "gas_given_elsewhere": Words(
        "Granted by another desk",
        "The load on this card was given by station {station}, where it is on record.",
        NOTHING,
        "Send the card to that desk, or have it put into its meter.",
    ),
}
