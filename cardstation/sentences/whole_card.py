"""Sentences about cards that are written as a whole: issued, bound to their meter, laid aside."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, SAFE, Words

UNCHANGED = "Nothing was written to the card, and no money moves."

TABLE = {
    "card_work_open": Words(
        "Card being made",
        "A card of this household is being made and is not done.",
        "No gas and no money are on it; nothing is sold to this household before it is done.",
        "Put that card, or another blank, in and issue it again, or reissue it if it takes the "
        "place of a lost one; a card that is spoiled or gone is laid aside by two persons.",
    ),
    "card_work_unknown": Words(
        "Card not done",
        "The card of account {account_no} was pulled while it was made.",
        SAFE,
        "Put the same card back in and issue or reissue it again: it is finished.",
    ),
    "card_code_unknown": Words(
        "Card spoiled",
        "The card was pulled while it got its code, and opens by none any more.",
        SAFE,
        "Lay it aside and put another blank in: that one is issued instead.",
    ),
    "not_blank": Words(
        "Not a blank card",
        "This card is neither blank nor the card that is to be made.",
        UNCHANGED,
        "Take it out; only a blank card is issued.",
    ),
    "card_of_other_chip": Words(
        "Another chip",
        "This household's meter takes cards with the chip {chip}; this one is another.",
        UNCHANGED,
        "Put a blank card of that chip in.",
    ),
    "card_issued_already": Words(
        "Has a card already",
        "Account {account_no} has a card, number {card_no}, or has bought with one; or a desk has "
        "begun one for it.",
        UNCHANGED,
        "Use that card, or go on where it was begun. If it is lost or broken, a card is made in "
        "its place: reissue.",
    ),
    "card_not_bound": Words(
        "New card, not bound yet",
        "This is a new card; it has not been bound to the meter that it opened.",
        NO_MONEY,
        "Put it into its meter first, then issue it once more here: it takes loads then.",
    ),
    "card_not_home": Words(
        "Not in its meter yet",
        "The new card has not been in its meter.",
        UNCHANGED,
        "The household puts it into its meter and brings it back.",
    ),
    "meter_differs_from_file": Words(
        "Another meter than on file",
        "The card was in meter {seen}; on file is {filed}.",
        "Nothing is sold to this card before that is settled.",
        "Have somebody look at the meter, and the file corrected; then put the card in again.",
    ),
    "meter_replaced_meanwhile": Words(
        "Meter replaced meanwhile",
        "The card of account {account_no} was begun for meter {begun}; on file is {filed} now.",
        "Nothing was written to the card now, and no money moves.",
        "Two persons lay the card aside; then issue a blank for the meter on file. If the file is "
        "wrong, have it corrected, and put the card in again.",
    ),
    "maker_not_said": Words(
        "Maker not said",
        "Cards with the chip {chip} are of several makers: {makers}.",
        UNCHANGED,
        "Say the maker area that stands on the meter.",
    ),
    "no_card_work": Words(
        "No new card to give up",
        "No card of account {account_no} is being made; one that was loaded is not given up here.",
        SAFE,
        "Look the account up once more. A card that was loaded is a matter for the centre.",
    ),
    "lay_aside_needs_ledger": Words(
        "The ledger is needed",
        "Another desk may have loaded the new card of account {account_no}.",
        SAFE,
        "Try again once the ledger answers.",
    ),
    "card_clearing_open": Words(
        "Card being cleared",
        "A dead card with this number is being cleared and is not done.",
        "No gas and no money are on it; whatever lies here stays as it is until that is ended.",
        "Put the card that was begun in and clear it again; one that is spoiled or gone is given "
        "up by two persons.",
    ),
    "card_clear_unknown": Words(
        "Not cleared yet",
        "The card of account {account_no} was pulled while it was cleared.",
        SAFE,
        "Put the same card back in and clear it again: it is finished.",
    ),
    "card_still_live": Words(
        "Not a dead card",
        "Card {card_no} is the one that account {account_no} uses.",
        UNCHANGED,
        "Give it back. Only a card of a closed account, one that was replaced, or a new one that "
        "two persons gave up is cleared.",
    ),
    "sheet_cannot_issue": Words(
        "Cannot be issued here",
        "The sheet of the layout “{layout}” fixes no byte that says that a card is half-written.",
        UNCHANGED,
        "Issue the card with its maker's own program. An engineer looks at what `layout check` "
        "says of the sheet.",
    ),
    "card_made_elsewhere": Words(
        "Not made here",
        "Cards of maker {maker} are made with their maker's own program, or at their centre.",
        UNCHANGED,
        "Have the card made there; it is loaded here afterwards.",
    ),
    "card_not_clearable": Words(
        "Not cleared here",
        "Cards of this kind keep their number for ever, or only their maker's tool clears them.",
        UNCHANGED,
        "Cut the card in two, or send it to its maker.",
    ),
    "clear_gas_on_card": Words(
        "Gas is on it",
        "The meter has not taken the gas that is on card {card_no}.",
        UNCHANGED,
        "Have the load taken by its meter, or take it back off the card first; then clear it. "
        "Where neither goes, keep the card.",
    ),
    "clear_not_readable": Words(
        "Card cannot tell",
        "Card {card_no} does not say whole what was loaded on it, or what its meter took.",
        UNCHANGED,
        "Keep it: it may be the only witness of a load. Clear another one.",
    ),
    "clear_intent_open": Words(
        "Something waits for it",
        "A load, a return or a work on card {card_no} is not ended here.",
        "What is open stays on record; this card may be its only witness.",
        "End what is open first: it stands under Exceptions. Then clear the card.",
    ),
    "clear_card_of_bag": Words(
        "Card of a bag",
        "Card {card_no} stands in batch {batch_id}, whose bag is not handed back yet, or still "
        "asks about the load of this card.",
        "Nothing was changed on the card; it may show who has the gas.",
        "Give the card back with its bag. Was it lost: lay it in at that batch, then it counts as "
        "found and its load is not made good. Then clear the card.",
    ),
    "clear_needs_ledger": Words(
        "The ledger is needed",
        "Another desk may have begun something on card {card_no}.",
        UNCHANGED,
        "Try again once the ledger answers.",
    ),
    "clear_open_elsewhere": Words(
        "Not ended elsewhere",
        "Desk {station} has begun something on card {card_no} and has not ended it.",
        "What is open stays on record there; this card may be its only witness.",
        "Have that desk end it first; then clear the card.",
    ),
    "no_clearing": Words(
        "No card to give up",
        "No card of account {account_no} is being cleared.",
        SAFE,
        "Look the account up once more.",
    ),
    "never_had_card": Words(
        "Never had a card",
        "Account {account_no} never had a card that met its meter.",
        UNCHANGED,
        "Issue a card instead; one that was begun and is gone is laid aside first.",
    ),
    "reissue_other_meter": Words(
        "Another meter than on file",
        "The last card of account {account_no} was for meter {seen}; on file is {filed}.",
        UNCHANGED,
        "A meter that was replaced takes no card in the place of another: record its change, or "
        "have the file corrected; then a card is issued for the meter on file.",
    ),
    "reissues_used_up": Words(
        "No number left",
        "Account {account_no} has had {most} cards in the place of others, and its cards count no "
        "further.",
        UNCHANGED,
        "It needs another card number or another meter: a matter for the centre.",
    ),
    "reissue_needs_ledger": Words(
        "The ledger is needed",
        "Only the ledger can say what was loaded on the lost card, and that nobody takes it back.",
        "Nothing was written to a card. What was begun stays begun, and no money moves.",
        "Try again, with the blank, once the ledger answers.",
    ),
    "reissue_intent_open": Words(
        "Something waits for its card",
        "A load or a return of account {account_no} is not ended here; it waits for the card that "
        "is lost.",
        "What was paid stays on record.",
        "End it first: it stands under Exceptions. Then make the new card.",
    ),
    "reissue_open_elsewhere": Words(
        "Not ended elsewhere",
        "Desk {station} has begun something on a card of account {account_no} and has not ended "
        "it.",
        "What is open stays on record there; nothing was written here.",
        "Have that desk end it and sync; then make the new card.",
    ),
    "reissue_overtaken": Words(
        "Something came before",
        "While this card was begun, another desk loaded the card of account {account_no}, took its "
        "load back, or made another in its place.",
        "Nothing was written to the blank, and no money moves.",
        "Ask the customer where the card is. If it is lost all the same, make the new card again.",
    ),
    "reissue_load_in_doubt": Words(
        "Last load in doubt",
        "Nobody can say for certain what the last load on the card of account {account_no} is.",
        UNCHANGED,
        "Wait until the centre has settled it. Or have a fitter read how many loads the meter "
        "took, and make the card with that reading: it carries no gas if the meter has them all.",
    ),
    "reissue_of_their_batch": Words(
        "Load of another desk's batch",
        "The last load of account {account_no} lies in a batch of desk {station}; only that desk "
        "knows whether it was given again.",
        UNCHANGED,
        "Send the customer to that desk. Or have a fitter read how many loads the meter took, and "
        "make the card with that reading.",
    ),
    "reissue_same_card": Words(
        "Only the same card",
        "A card with a load was begun for account {account_no}, and its meter counts nothing: on a "
        "second card the gas would be there twice.",
        "Nothing was written to this one.",
        "Put the card in that was begun. If it is spoiled or gone, two persons lay it aside; then "
        "make the new card again.",
    ),
    "reissue_not_undone": Words(
        "Not taken back",
        "Card {card_no} was not made here in the place of another, or it was in its meter or used "
        "since; or a card that was cut short or laid aside may be out there, too.",
        UNCHANGED,
        "The household keeps this card; the one before stays void.",
    ),
}
