"""Sentences about readers, cards and papers."""

from __future__ import annotations

from cardstation.sentences.phrases import (
    ASIDE,
    FINISHED,
    FROZEN_CARD,
    KEPT,
    NOTHING,
    ROW_FREE,
    SAFE,
    SAME_CARD,
    SUPERVISOR,
    Words,
)

TABLE = {
    "link_failed": Words(
        "Contact lost",
        "The talk with the card broke off.",
        KEPT,
        "Take the card out, wipe its contacts and put the same card back in.",
    ),
    "card_removed": Words(
        "Card pulled out",
        "The card was pulled out half-way.",
        FINISHED,
        SAME_CARD,
    ),
    "card_swapped": Words(
        "Another card",
        "The card was exchanged for another one before the work was done.",
        "Nothing was written to the other card; money already taken waits for the first one.",
        "Put the first card back in.",
    ),
    "card_mute": Words(
        "Card does not answer",
        "The card does not answer: it lies the wrong way round, is dirty, or is dead.",
        KEPT,
        "Insert it chip up and chip first; wipe the contacts. Still silent: lay it with "
        "the exceptions.",
    ),
    "reader_gone": Words(
        "Reader unplugged",
        "The reader was unplugged or its driver stopped.",
        KEPT,
        "Plug the reader in again; the station goes on by itself. Then put the same card back in.",
    ),
    "reader_busy": Words(
        "Reader in use",
        "Another program holds the card in this reader.",
        KEPT,
        "Close the other card program, then take the card out and put it back in.",
    ),
    "reader_hung": Words(
        "Reader does not answer",
        "The reader's driver did not answer in time.",
        KEPT,
        "Unplug the reader, plug it in again and put the same card back in.",
    ),
    "reader_cannot_memory": Words(
        "Reader not suitable",
        "This reader model cannot talk to memory cards.",
        NOTHING,
        "Use another reader; the list in Settings shows which ones fit.",
    ),
    "reader_cannot_chip": Words(
        "Reader lacks this chip",
        "This reader has no commands for the chip of this card ({chip}).",
        NOTHING,
        "Use a reader that carries this chip; docs/supported-cards.md says which do.",
    ),
    "no_reader": Words(
        "No reader",
        "No card reader is connected.",
        SAFE,
        "Plug in a reader; the station finds it by itself.",
    ),
    "no_card": Words(
        "No card",
        "There is no card in the reader.",
        NOTHING,
        "Put a card in.",
    ),
    "card_service_gone": Words(
        "Card service stopped",
        "The computer's card service (PC/SC) does not run.",
        KEPT,
        "Wait: the station starts it again and goes on. If this stays, restart the computer.",
    ),
    "code_refused": Words(
        "Card refused the code",
        "The card refused its code; {tries_left} tries are left. The station will not try again.",
        "Nothing was written. Money already taken for this card stays on record.",
        SUPERVISOR,
    ),
    "code_locked": Words(
        "Card locked for ever",
        "The card's tries are used up: it can never be written again.",
        "Nothing was written. Money already taken for this card stays on record.",
        "The household needs a replacement card; lay this one with the exceptions.",
    ),
    "code_tries_low": Words(
        "Few tries left",
        "The card's counter shows {tries_left} tries left: somebody presented a wrong code before.",
        NOTHING,
        "Do not try again; lay the card with the exceptions for the supervisor.",
    ),
    "code_tries_unread": Words(
        "Not tried again",
        "This card refused its code before, or was pulled while it was tried; nobody can read how "
        "many tries are left.",
        NOTHING,
        "Do not try again; lay the card with the exceptions for the supervisor.",
    ),
    "write_not_taken": Words(
        "Write not taken",
        "The card reads back differently from what was written.",
        FINISHED,
        "Put the same card back in. If it happens again, the card is worn out: lay it "
        "with the exceptions.",
    ),
    "load_unfinished": Words(
        "Top-up not finished",
        "An earlier top-up of this card was cut short.",
        FINISHED,
        "Leave the card in; the station finishes it now.",
    ),
    "card_not_ours": Words(
        "Not the expected card",
        "This is not the card the top-up was begun on.",
        "Nothing was written to it; the money waits for the first card.",
        "Put the first card back in.",
    ),
    "foreign_card": Words(
        "Not one of our cards",
        "No maker known here wrote this card.",
        NOTHING,
        ASIDE,
    ),
    "no_key_for_maker": Words(
        "No key for this maker",
        "This station holds no key for cards of maker {maker}.",
        NOTHING,
        "Lay the card with the exceptions; the supervisor can install the key.",
    ),
    "no_maker_rules": Words(
        "Maker not known",
        "The card names maker {maker}; this station knows no such cards of that maker.",
        NOTHING,
        ASIDE,
    ),
    "card_damaged": Words(
        "Card contents damaged",
        "What stands on the card contradicts itself.",
        NOTHING,
        "Lay the card with the exceptions; the household may need a replacement card.",
    ),
    "no_credit_slot": Words(
        "No readable load",
        "Neither of the card's two load records can be read.",
        NOTHING,
        "Lay the card with the exceptions; the household may need a replacement card.",
    ),
    "no_return_block": Words(
        "Meter has not answered",
        "The meter's own record is not readable on this card, so nobody can say what the "
        "meter took.",
        NOTHING,
        "The household inserts the card into its meter and brings it again; nothing is "
        "sold or paid back before.",
    ),
    "load_still_on_card": Words(
        "Load still on the card",
        "The last load of {litres} has not been taken by the meter yet.",
        NOTHING,
        "Its meter takes it first; or, where that goes, it is taken back and both are sold.",
    ),
    "counter_past_expected": Words(
        "Counter ahead of our records",
        "The card's purchase counter is {seen}, our records say {expected}: a purchase "
        "is missing here.",
        NOTHING,
        "Synchronise with the ledger and try again; if it stays, lay the card with the exceptions.",
    ),
    "loaded_since_list": Words(
        "Loaded elsewhere meanwhile",
        "This card counts no purchases, and shows a load from elsewhere of {day}; its list is of "
        "{since}.",
        NOTHING,
        "Ask the household: the card goes back without a load, or two people load it all the same "
        "by the meter's reading (Alt+R).",
    ),
    "counter_below_expected": Words(
        "Counter behind our records",
        "The card's purchase counter is {seen}, our records say {expected}: an old or copied card.",
        NOTHING,
        ASIDE,
    ),
    "counter_used_up": Words(
        "Counter at its end",
        "The card's purchase counter can count no further.",
        NOTHING,
        "The household needs a replacement card.",
    ),
    "old_card": Words(
        "Old card",
        "A newer card was issued to this household; this one is void.",
        NOTHING,
        "Ask the household for the newer card; keep this one with the exceptions.",
    ),
    "card_newer_than_file": Words(
        "Newer than on file",
        "The card says that it took the place of another, and this desk has not heard of it.",
        NOTHING,
        "Put it in again once the ledger answers: then this desk learns of the new card.",
    ),
    "card_differs_from_file": Words(
        "Card and file differ",
        "The card names another account or meter than the household file.",
        NOTHING,
        ASIDE,
    ),
    "card_blocked": Words(
        "Card reported lost",
        "This card was reported lost or stopped.",
        NOTHING,
        ASIDE,
    ),
    "chip_not_supported": Words(
        "Chip not supported yet",
        "Cards of this household's type cannot be written at this station yet.",
        ROW_FREE,
        "Send the household to the maker's own desk; lay the card with the exceptions.",
    ),
    "chip_unknown": Words(
        "Unknown chip",
        "The card's chip is of a kind this station does not know.",
        NOTHING,
        ASIDE,
    ),
    "opening_card": Words(
        "Card not opened yet",
        "This card has not been bound to its meter yet.",
        NOTHING,
        "The household inserts the card into its meter once and brings it again.",
    ),
    "paper_not_printed": Words(
        "Paper not printed",
        "The printer did not take the paper.",
        "The sale is done and on record; the paper is kept and can be printed again.",
        "Check paper and power of {printer}, then print again.",
    ),
    "paper_too_long": Words(
        "Too much for the paper",
        "“{field}” is too long for this form.",
        "The sale itself is not affected.",
        "Print the 80 mm form instead, or shorten the entry on file.",
    ),
    "field_does_not_fit": Words(
        "Does not fit on the card",
        "“{field}” is too large for the card's layout.",
        NOTHING,
        ASIDE,
    ),
    "dialect_unknown": Words(
        "Reader dialect not known",
        "There is no reader dialect “{chosen}”; known are {known}.",
        SAFE,
        "Correct the reader's dialect in Settings.",
    ),
    "blank_card": Words(
        "Blank card",
        "The card is new and carries nothing yet.",
        NOTHING,
        "Issue it to a household first, or put in the household's own card.",
    ),
    "load_still_on_card_money": Words(
        "Money still on the card",
        "The last load of {fen} has not been taken by the meter yet.",
        NOTHING,
        "Its meter takes it first; or, where that goes, it is taken back and both are sold.",
    ),
    "card_not_as_left": Words(
        "Card changed elsewhere",
        "The card no longer shows what this station left on it.",
        FROZEN_CARD,
        "Keep the card, lay it with the exceptions and call the supervisor.",
    ),
    "counter_near_end": Words(
        "Counter soon used up",
        "The purchase counter of this card has few numbers left.",
        NOTHING,
        "Go on selling; give the household a new card at the next occasion.",
    ),
    "reissues_near_end": Words(
        "Last cards of this meter",
        "The meter takes only a few more new cards for this household: the number that every "
        "reissue raises is nearly used up.",
        NOTHING,
        "Go on selling; have the meter changed before this card is lost or breaks.",
    ),
    "off_book_purchase": Words(
        "A purchase is missing here",
        "The card counts more purchases than this station knows of.",
        "This sale goes on; the missing purchase is looked for in the ledger.",
        "Nothing to do now; the question stands on the exceptions screen.",
    ),
}
