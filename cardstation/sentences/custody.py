"""Sentences about bags: seals, hand-overs, signatures, what is missing or left over."""

from __future__ import annotations

from cardstation.sentences.phrases import KEPT, NO_MONEY, PICK_OTHER, SAFE, Words

TABLE = {
    "bag_number_wrong": Words(
        "No such bag",
        "Batch {batch_id} has no bag number {bag}; bags are numbered from 1 to 99.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "seal_number_wrong": Words(
        "Seal number mistyped",
        "{seal_no} is no seal number: its last digit does not fit the others, or there is no such "
        "day or bag.",
        NO_MONEY,
        "Scan the label of the bag, or read the number again.",
    ),
    "seal_of_other_batch": Words(
        "Seal of another batch",
        "The seal {seal_no} belongs to another batch than {batch_id}.",
        NO_MONEY,
        "Lay the bag aside and look up its seal: it tells whose bag it is and who had it last.",
    ),
    "bag_not_known": Words(
        "Bag not known",
        "No hand-over of a bag with the seal {seal_no} is on record.",
        NO_MONEY,
        "Read the number again; the station that sealed the bag may not have reached the ledger.",
    ),
    "bag_not_known_here": Words(
        "Bag not known here",
        "The bag with the seal {seal_no} is another station's, and the ledger is not in reach; it "
        "was last heard of at {since}.",
        NO_MONEY,
        "Keep the bag sealed and look again when the ledger answers, or call the station.",
    ),
    "bag_listed_here": Words(
        "Bag of this desk",
        "The list of the bag with the seal {seal_no} lies here.",
        NO_MONEY,
        "Open its batch and record the hand-over on the page of the bag (command line: batch "
        "collect).",
    ),
    "bag_listed_elsewhere": Words(
        "Bag of another desk",
        "The list of the bag with the seal {seal_no} lies at another desk.",
        NO_MONEY,
        "Record it by its seal: on the lists F10, then F8 or F9 (command line: batch collect-bag, "
        "count-again, return-bag). All else is recorded at the desk with its list.",
    ),
    "bag_collected_already": Words(
        "Recorded already",
        "The collection of the bag with the seal {seal_no} is on record: {at}.",
        NO_MONEY,
        "Nothing more is to be done. Where its count is wrong, put it right where it was recorded: "
        "on the lists F10, scan the seal, F8 (command line: batch count-again). Cards that were "
        "not in it come in a bag with a seal of its own.",
    ),
    "bag_given_back_already": Words(
        "Recorded already",
        "The return of the bag with the seal {seal_no} is on record: {at}.",
        NO_MONEY,
        "Nothing more is to be done. A count that is wrong is put right at the desk with its list.",
    ),
    "recount_reason_unknown": Words(
        "Reason not known",
        "{given} is no reason for another count; there are: {known}.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "team_counted_otherwise": Words(
        "Team counted otherwise",
        "Station {station} counted {theirs} cards in the bag {seal_no} at the door, our own "
        "record says {ours} (number {number}).",
        NO_MONEY,
        "Count with the team and write on the slip what is right; both sign, then photograph it "
        "and attach it with F12 on the page of the bag. If cards lack or are left over, explain "
        "them there.",
    ),
    "hand_over_way": Words(
        "Not between these two",
        "Cards go from the manager to the team or the desk, and back the same way.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "whose_card_goes": Words(
        "Whose card is it?",
        "A household fetches its own card, never the bag.",
        NO_MONEY,
        "Write the row of the card that is fetched.",
    ),
    "hand_over_count": Words(
        "Count not possible",
        "{arrived} cards cannot have been counted.",
        NO_MONEY,
        "Count the cards again and type the number.",
    ),
    "more_than_here": Words(
        "More than are here",
        "By our records {n} cards are there to hand over; it cannot be {arrived}.",
        NO_MONEY,
        "Count the cards again. Where cards came that nobody recorded, record their arrival first.",
    ),
    "card_not_with_giver": Words(
        "Card not there",
        "By our records the card of row {place} is not where it would have to come from.",
        NO_MONEY,
        "Look where the card is on the page of the bag, and take only cards that are there.",
    ),
    "nothing_to_hand_over": Words(
        "No cards to hand over",
        "By our records there are no cards to hand over.",
        NO_MONEY,
        "If cards lie before you, type how many were counted. A card that is kept here goes from "
        "the desk to its household; if others lie here, record their arrival first.",
    ),
    "signature_not_picture": Words(
        "Not a picture of a signature",
        "The file is no PNG or JPEG picture, or is larger than {most_kb} kB.",
        NO_MONEY,
        "Choose the photo of the signed paper, or sign on the pad.",
    ),
    "name_missing": Words(
        "Name missing",
        "Nobody is named for this side: {party}. Who gives and who takes cards is on record.",
        NO_MONEY,
        "Write the name of who stands before you (command line: --given-by, --taken-by).",
    ),
    "signature_missing": Words(
        "Signature missing",
        "Nobody signed for this side: {party}. Who gives and who takes cards signs for them.",
        NO_MONEY,
        "Let them sign on the pad, or say that it was signed on paper (command line: "
        "--given-signature, --taken-signature, --on-paper).",
    ),
    "paper_to_photograph": Words(
        "Paper to be photographed",
        "{n} hand-overs were signed on paper, and the photo of it is missing (number {number}).",
        NO_MONEY,
        "Photograph the signed slip and attach it with F12 on the page of the bag (command line: "
        "batch photo).",
    ),
    "no_paper_to_photograph": Words(
        "No paper waits for a photo",
        "No such hand-over of batch {batch_id} was signed on paper and waits for its photo.",
        NO_MONEY,
        "Choose on the page of the bag a hand-over that is marked “photo missing”.",
    ),
    "photo_used": Words(
        "Photo of another hand-over",
        "This very picture is on file for hand-over {number} of batch {batch_id}.",
        NO_MONEY,
        "Photograph the slip of this hand-over, the one that both sides signed, and choose that.",
    ),
    "return_printed": Words(
        "All of it was printed",
        "Every paper of the return of batch {batch_id} came out of the printer already.",
        NO_MONEY,
        "To print all of it again, say why: F7 asks (command line: batch papers --again). Receipts "
        "then say reprint.",
    ),
    "card_place_unknown": Words(
        "No such row",
        "The list has no card in row {place}.",
        NO_MONEY,
        PICK_OTHER,
    ),
    "explanation_does_not_fit": Words(
        "Explanation does not fit",
        "That cannot be said of a card which is where our records and the readers saw it.",
        NO_MONEY,
        "Look where the card is on the page of the bag, and choose what happened to it.",
    ),
    "explanation_needs_two": Words(
        "Needs a second person",
        "Nobody says this alone of {n} cards: it settles what became of them, or of their gas.",
        NO_MONEY,
        "Let another supervisor confirm it with their own PIN (on the command line: --approver).",
    ),
    "extra_not_here": Words(
        "No such card left over",
        "No card ending in “{tail}” is left over in this bag.",
        NO_MONEY,
        "Look at the cards that are left over on the page of the bag.",
    ),
    "nothing_to_explain": Words(
        "Nothing to explain",
        "No card was chosen.",
        NO_MONEY,
        "Choose the cards first.",
    ),
    "which_lack_unknown": Words(
        "Nobody knows which",
        "By the count {n} cards lack, and nobody knows which.",
        NO_MONEY,
        "Put the cards that are there into a reader: the rest lack. Or record another count "
        "(command line: explain, counted_again, --counted).",
    ),
    "batch_closed_already": Words(
        "Batch is closed",
        "Batch {batch_id} was closed before.",
        SAFE,
        "Take no money for it; a new payment needs a new list. Paid orders are loaded at the "
        "counter.",
    ),
    "batch_still_run": Words(
        "Run still on",
        "The cards of batch {batch_id} are being run; one of them may still come.",
        KEPT,
        "Finish or pause the run first: open the batch, F5; the end of a shift pauses it, too.",
    ),
    "batch_not_certain": Words(
        "Outcome not certain",
        "For {n} cards of this batch it is not certain whether they were loaded.",
        KEPT,
        "Put these cards into a reader; they are finished there.",
    ),
    "cards_not_back": Words(
        "Cards not back yet",
        "{n} cards of this batch are still with the team or at the desk.",
        KEPT,
        "Give them back, or say why they stay: refused or nobody at home.",
    ),
    "cards_not_explained": Words(
        "Cards not explained",
        "{missing} cards are missing and {extra} are left over, and nobody has said why.",
        KEPT,
        "Explain them on the page of the bag, then close the batch.",
    ),
    "list_left_lying": Words(
        "List left lying",
        "Nobody has touched this list for {days} days, and no card of it ever came; its names "
        "stay here as long.",
        KEPT,
        "Ask the property manager whether the bag still comes; else close the batch.",
    ),
    "bag_lies_here": Words(
        "Bag lies here",
        "{n} cards of this batch have been lying at the desk for {days} days; their households "
        "cannot buy gas with them, and their names stay here as long.",
        KEPT,
        "Hand the bag over to the property manager or the team; with its last card the batch ends.",
    ),
    "bag_not_run": Words(
        "Bag not loaded",
        "{n} cards of this batch have been lying at the desk for {days} days, and not all of them "
        "were loaded.",
        KEPT,
        "Load them, or hand the bag back as it is and give the money back.",
    ),
    "bag_with_team": Words(
        "Bag is with the team",
        "{n} cards of this batch have been with the team for {days} days; nobody signed for them "
        "since.",
        KEPT,
        "Ask the team where the bag is, and record who has it now.",
    ),
    "batch_not_ended": Words(
        "Batch not ended",
        "No card of this batch is in our hands, nobody has touched it for {days} days, and it is "
        "not closed.",
        KEPT,
        "Say what became of its cards, give back what is left of its money, and close it.",
    ),
    "batch_closable": Words(
        "Batch can be closed",
        "Every card and every fen of this batch is accounted for; it only has not been closed.",
        SAFE,
        "Close the batch: then its names are removed on their day.",
    ),
    "cards_kept": Words(
        "Cards kept here",
        "{n} cards of this batch are kept here for their households.",
        KEPT,
        "Record the return when a household has its card again (its rows only), then close the "
        "batch.",
    ),
    "refused_load_open": Words(
        "Refused, and still loaded",
        "{n} households refused their cards, and what this batch loaded is still on them.",
        KEPT,
        "Take the load off and pay it back, or record with a second person that the household "
        "keeps the gas.",
    ),
    "kept_refused": Words(
        "Kept: card refused",
        "The household did not take its card back.",
        "What was loaded stays paid until it is taken off its card.",
        "Ask what is wrong; a load comes off, or the household keeps the gas. It signs for its "
        "card.",
    ),
    "kept_absent": Words(
        "Kept: nobody home",
        "Nobody was at home when the card came back; it lies here.",
        KEPT,
        "Call the household; it signs for its card.",
    ),
    "kept_sealed_off": Words(
        "Kept: sealed off",
        "The building could not be entered when the card came back; it lies here.",
        KEPT,
        "Bring the card as soon as the building is open; the household signs for it.",
    ),
    "batch_money_open": Words(
        "Money left over",
        "{fen} of this batch is neither on a card nor given back.",
        KEPT,
        "Give the remainder back to the payer first.",
    ),
    "batch_not_closed": Words(
        "Batch not closed",
        "Batch {batch_id} is not closed; its personal data are still needed.",
        SAFE,
        "Close the batch first.",
    ),
    "hand_over_unknown": Words(
        "Hand-over not found",
        "Batch {batch_id} has no hand-over with this number.",
        NO_MONEY,
        "Look up its number on the page of the bag.",
    ),
    "card_destroyed": Words(
        "Card destroyed",
        "The card was destroyed while it was in our hands.",
        "Nothing was charged; the household gets another card.",
        "Ask the household to come for a new card.",
    ),
    "load_on_lost_card": Words(
        "Loaded card lost here",
        "A card of this batch was topped up, and was lost or destroyed while we had it.",
        "Its gas is paid for and nobody has it yet: the household is owed that gas.",
        "Look for the card; else make the load good, and record it with a second person.",
    ),
    "load_made_good": Words(
        "Found, and made good already",
        "Two people said that the household of this card has its gas again; the load of {n} such "
        "cards is still there.",
        "Used or paid back as well, that gas would be given twice; nothing was changed.",
        "Keep the card here. With a second person: destroy it, or take back what was made good "
        "and record that the household keeps this gas.",
    ),
    "card_lost": Words(
        "Card lost",
        "The card was lost while it was in our hands.",
        "Nothing was charged; the household gets another card.",
        "Ask the household to come for a new card.",
    ),
    "card_not_run": Words(
        "Card not run",
        "The card came, but was not put into a reader yet.",
        KEPT,
        "Put it into a reader, or give it back as it is.",
    ),
}
