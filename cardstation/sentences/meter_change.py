"""Sentences about changes of meter: recorded, on the card, taken back."""

from __future__ import annotations

from cardstation.sentences.phrases import NOTHING, SAFE, Words
from cardstation.sentences.whole_card import UNCHANGED

AS_WAS = "Nothing was changed, and no money moves."

TABLE = {
    "card_change_open": Words(
        "Card being changed",
        "The card of this household is being written for another meter, and is not done.",
        "No gas and no money are on it; nothing is sold to this household before it is done.",
        "Put that card in and change it again; one that is spoiled or gone is laid aside by "
        "two persons.",
    ),
    "card_change_unknown": Words(
        "Card not done",
        "The card of account {account_no} was pulled while it was written for another meter.",
        SAFE,
        "Put the same card back in and change it again: it is finished.",
    ),
    "card_of_old_meter": Words(
        "Card of the old meter",
        "Card {card_no} is of meter {meter_no}; its household has meter {filed} now.",
        NOTHING,
        "Write it for the new meter on the page of services (K), then go on.",
    ),
    "reissue_meter_unread": Words(
        "Look at the new meter first",
        "The lost card of account {account_no} was to open a new meter.",
        UNCHANGED,
        "Have the fitter look whether the new meter is opened, and how many purchases it counts; "
        "then reissue with that.",
    ),
    "no_meter_change": Words(
        "No change of meter",
        "No change of meter of account {account_no} that still holds was recorded at this desk.",
        AS_WAS,
        "Record the change first, with the fitter's final reading.",
    ),
    "card_changed_already": Words(
        "Changed already",
        "Card {card_no} is of the meter on file already.",
        UNCHANGED,
        "Load what is due for it, or sell to it as usual.",
    ),
    "change_load_on_card": Words(
        "Gas for the old meter is on it",
        "Card {card_no} carries a load that the old meter has not taken.",
        "Nothing was written to the card; that load stays on record.",
        "Take it back off the card first. Did the old meter take it: two persons say so, then "
        "the card is changed.",
    ),
    "change_not_readable": Words(
        "Card cannot tell",
        "Card {card_no} does not say whole what was loaded on it, or what its meter took.",
        UNCHANGED,
        "Settle that first as for any such card; or lay it aside and issue a blank for the new "
        "meter.",
    ),
    "change_needs_other_card": Words(
        "Other cards for the new meter",
        "This card cannot be written for the new meter, which takes cards with the chip {chip}.",
        UNCHANGED,
        "Clear this card, or cut it in two, and issue a blank for the new meter.",
    ),
    "meter_no_malformed": Words(
        "Not a meter number",
        "A meter number has 1 to {most} letters, digits and signs.",
        AS_WAS,
        "Read it off the meter or the work order once more.",
    ),
    "order_no_missing": Words(
        "Work order missing",
        "A change of meter rests on the fitter's work order: 1 to {most} signs.",
        AS_WAS,
        "Enter the number that stands on it.",
    ),
    "meter_of_other_household": Words(
        "Another household's meter",
        "Meter {meter_no} is on file for account {account_no}.",
        AS_WAS,
        "Compare the number with the meter; if the file is wrong, have it corrected first.",
    ),
    "meter_not_changed": Words(
        "The same meter",
        "Meter {meter_no} is the one on file already.",
        AS_WAS,
        "Has the directory brought it before: say the old meter's number, too. Otherwise check "
        "the number.",
    ),
    "old_meter_differs": Words(
        "Old meter differs",
        "The old meter is said to be {said}; on file is {filed}.",
        AS_WAS,
        "Compare with the work order; leave the old number out where the file has it.",
    ),
    "meter_kind_differs": Words(
        "Kind of meter differs",
        "Meter {meter_no} is on file as of the other kind.",
        AS_WAS,
        "Look at the meter whether it counts gas or money; have a wrong file corrected.",
    ),
    "reading_wrong_unit": Words(
        "Reading in the wrong unit",
        "Meter {meter_no} does not count in the unit of the reading.",
        AS_WAS,
        "A gas meter is read in m³, a money meter in yuan.",
    ),
    "residual_below_zero": Words(
        "Reading below zero",
        "The old meter of account {account_no} is said to show less than nothing.",
        AS_WAS,
        "Enter zero, and charge what was used over by itself.",
    ),
    "residual_moved": Words(
        "It is in the new meter",
        "The fitter's card moved what was left into meter {meter_no} already.",
        AS_WAS,
        "Say that it was moved and leave out what was left: it is not carried over twice.",
    ),
    "carried_differs": Words(
        "Another figure than agreed",
        "Both agreed to {was}; reckoned now it is {now}.",
        AS_WAS,
        "Look at the figure together once more, then agree to it.",
    ),
    "change_intent_open": Words(
        "Something waits for it",
        "A load, a return or a work on a card of account {account_no} is not ended here.",
        "What is open stays on record; nothing was changed.",
        "End what is open first: it stands under Exceptions. Then change the meter.",
    ),
    "change_open_elsewhere": Words(
        "Not ended elsewhere",
        "Desk {station} has begun something on the card of account {account_no} and has not "
        "ended it.",
        "What is open stays on record there; nothing was changed.",
        "Have that desk end it first; then change the meter.",
    ),
    "meter_known_elsewhere": Words(
        "Another desk has the new meter",
        "Desk {station} has written the card of account {account_no} for meter {meter_no}, "
        "which is not on file here.",
        "What was left in the old meter was carried over there; nothing was changed here.",
        "Have that desk do what is to be done, or read in the newest directory.",
    ),
    "due_carried_elsewhere": Words(
        "Loaded by another desk",
        "Desk {station} has loaded what was left in the old meter for meter {meter_no} already.",
        "Nothing is loaded: the household would have the same gas twice.",
        "Two people withdraw what is due here; with a doubt, ask that desk first.",
    ),
    "change_needs_ledger": Words(
        "The ledger is needed",
        "Another desk may have replaced the card of account {account_no}, or carried over what "
        "was left in its old meter.",
        "Nothing was changed, and nothing loaded; what is due stays due.",
        "Try again once the ledger answers.",
    ),
    "change_row_paid": Words(
        "Row of a batch is paid",
        "Row {row} of batch {batch_id} is paid, at the count of the meter that is on file.",
        "That money stays on record; nothing was changed.",
        "Load the row, or release it so that its money is free; then go on here.",
    ),
    "change_due_open": Words(
        "Gas due for the old meter",
        "Gas that is due to this household is for the meter that goes.",
        "Nothing was changed; the gas stays due.",
        "Load it for the old meter first, or withdraw it by two persons and grant it anew "
        "afterwards.",
    ),
    "meter_changed_already": Words(
        "Recorded already",
        "The change to meter {meter_no} is on record.",
        AS_WAS,
        "Put the card in and change it.",
    ),
    "meter_had_before": Words(
        "Hung there before",
        "Meter {meter_no} hung at this household before, and was replaced.",
        "Nothing was changed; the cards of then would fill it once more.",
        "Cancel the change that replaced it while nothing was loaded since; else have another "
        "meter hung.",
    ),
    "change_loaded": Words(
        "Loaded for the new meter",
        "Something was loaded for meter {meter_no}.",
        "Nothing was changed; what was loaded stays sold.",
        "Take the load back off the card first. Where the meter took it, record another change "
        "of meter.",
    ),
    "change_cancel_needs_ledger": Words(
        "The ledger is needed",
        "Another desk may have loaded the card of account {account_no} for the new meter.",
        AS_WAS,
        "Try again once the ledger answers.",
    ),
    "change_other_card": Words(
        "New meter has a card",
        "A blank was issued for the new meter of account {account_no}.",
        AS_WAS,
        "Two persons lay that card aside first; then cancel the change.",
    ),
    "change_balance_spent": Words(
        "Balance is used up",
        "{fen} of the old meter went to the balance, and {left_fen} are left.",
        AS_WAS,
        "Put the missing money into the balance first, or record another change of meter.",
    ),
    "load_other_kind": Words(
        "For another kind of meter",
        "What was paid for is not in the unit that this card's meter counts in.",
        NOTHING,
        "Give the money free or pay it back, then sell anew.",
    ),
}
