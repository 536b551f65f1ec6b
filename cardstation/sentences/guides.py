"""What to do in each step of the guided desk, and what proves that a step is done."""

from __future__ import annotations

PHRASES = {
    "guide.find_card": "Put the card into any reader: it shows by itself what happened.",
    "guide.hold": "Card lost, or it cannot tell: hold it as a dispute, with a second person.",
    "guide.settle": "Look at meter, photo or report together; write what both saw.",
    "guide.count_money": "Count the till or look the payment up, then answer.",
    "guide.load_card": "Put the card in: the gas that is paid is written.",
    "guide.load_given": "Put the card in: the gas that it was given is written.",
    "guide.due_again": "It shall not be loaded: the card proves it is not, a second person agrees.",
    "guide.end_given": "End it with a second person: the gas is due again, no money moves.",
    "guide.give_up": "The payer wants the money back: the card proves it, a second person agrees.",
    "guide.pay_out": "Put the money into the payer's hands, then record it with a second person.",
    "guide.look_payout_up": (
        "Look at slip and till together: paid out then, or pay now. Write what you found."
    ),
    "guide.pay_out_again": (
        "Look at slip and till together. Paid out: do it again under Services and write what you "
        "found; nothing was: call it off there (9)."
    ),
    "guide.close_account_again": (
        "Look at slip and till together. Paid out: close the account and write what you found; "
        "nothing was: call it off under Services (9)."
    ),
    "guide.off_card": "Put the card in: the load comes off it.",
    "guide.write_card_on": "Put the card, or another blank, in at the counter and issue it again.",
    "guide.change_card_on": "Put that card in at the counter and change it again.",
    "guide.clear_card_on": "Put the card that was begun in at the counter and clear it again.",
    "guide.lay_card_aside": "Spoiled or gone: two persons lay it aside, and say what became of it.",
    "guide.fetch_tool": "Ask the fitter for the card and take it back: what meters wrote is kept.",
    "guide.look_at_meters": "Look at the meters: where the gas is, only they can tell.",
    "guide.book_tool": (
        "Under Services two people record the change of meter (H), grant the gas (M), or say where "
        "it is (Y)."
    ),
    "guide.tool_lost": "It is gone: two persons say so, and how it went.",
    "guide.make_tool_on": "Put the card, or another blank, in and make it again for its order.",
    "guide.clear_tool_on": "Put the tool card in and take it back again.",
    "guide.compare": "Two persons compare this station with the ledger; then it sells again.",
    "guide.call_centre": "Leave everything as it is and call the centre.",
    "guide.read_card": "When the household comes, read the card at the counter and keep the slip.",
    "guide.centre_books": "The centre compares both desks and books what is right.",
    "guide.tell_payer": (
        "The centre tells the payer that the debt was paid twice and gives it back."
    ),
    "guide.channel_file": "The next file of the other channel explains the purchase in between.",
    "guide.money_freed": "Its money comes back as a refund in this list: pay that row out.",
    "guide.say_whom": "Ask the property manager whom the row means, then choose the household.",
    "guide.say_amount": "Ask how much shall be loaded, then type the amount.",
    "guide.say_which": "Ask which of the two counts: decide this row, or leave it out.",
    "guide.say_order": (
        "Ask whether it was paid online: choose the order, or type what is paid here."
    ),
    "guide.decide_row": "Ask the property manager, then decide the row.",
    "guide.leave_twin_out": "The same row counts already: leave this one out.",
    "guide.write_for_meter": (
        "The meter was changed: write the card for the new one on the page of services, then load."
    ),
    "guide.keep_card_apart": "Keep the card apart: the hall makes a new one. Leave the row out.",
    "guide.other_machine": "This card is not written here: load it at the hall. Leave the row out.",
    "guide.account_at_hall": "Only the service hall opens this account again. Leave the row out.",
    "guide.money_for_debt": (
        "Take the money for the debt; rows that are ready are paid out of it first."
    ),
    "guide.consent_to_debt": (
        "Ask the household for consent, then pay the debt: its row is judged again."
    ),
    "guide.scan_envelope": "Find the card's own envelope and scan it.",
    "guide.run_again": "Put the card into any reader: it is loaded.",
    "guide.back_unpaid": "Or give it back without a load: tray C, and its money is free again.",
    "guide.ask_elsewhere": "It was loaded elsewhere: ask the household, then back without a load.",
    "guide.ask_about_card": (
        "Settle what the stop asks, then put the card into any reader: it loads."
    ),
    "guide.ask_live_card": "Ask for the household's valid card and put that one into any reader.",
    "guide.other_reader": "Wipe the contacts and put the card into another reader.",
    "guide.seat_module": "Seat the secure module, or look after its box; then put the card in.",
    "guide.order_in_reach": "When network or the other desk is free again, put the card in.",
    "guide.say_whose_card": (
        "Find out whose card it is: of another batch, or straight to its owner."
    ),
    "guide.off_refused": (
        "Put the card in: with a second person its load comes off. Or the household signs that it "
        "keeps the gas: explain that."
    ),
    "guide.pay_refused": "Record that its money is owed: it goes back with the batch's rest.",
    "guide.hand_refused": "Call the household: it fetches its card, or you bring it. It signs.",
    "guide.hand_absent": "Call the household: it fetches its card, or you bring it. It signs.",
    "guide.hand_sealed_off": "When the building is open, bring the card. The household signs.",
    "guide.kept_no_more": "Or it lies here no more: say what became of it.",
    "guide.find_loaded_card": "Look for the card. When it turns up, lay it in a reader.",
    "guide.make_load_good": (
        "Have a new card made with the same count and load; then say so, two of you."
    ),
    "guide.sign_for_unknown": (
        "Open the next shift: tick that you sign for what nobody knows. Settle it with its card."
    ),
    "guide.keep_found_card": (
        "Keep the card here. Two of you: destroy it; or take back what was made good, and say "
        "that the household keeps this gas."
    ),
    "guide.photograph_paper": "Photograph the signed slip, and choose the picture.",
    "guide.close_batch": "The bag went back signed: close the batch.",
    "guide.cards_never_came": "Ask the manager; if nothing comes, say that the cards never came.",
    "guide.close_list": "Close the batch: then its names go on their day, too.",
    "guide.run_bag": (
        "Open its list: take what is not paid yet, start, and put card after card into a reader."
    ),
    "guide.hand_bag_back": "Call who fetches the bag, and hand it over: it is signed for.",
    "guide.fetch_bag": (
        "Call the team: it brings the bag here, or back to the manager. Record that hand-over."
    ),
    "guide.count_bag": "Count the bag again, and type how many cards lie there.",
    "guide.explain_cards": (
        "Say why of every card; lost, destroyed, never given need a second person."
    ),
    "guide.free_money": "Release the rows that hold money and are not loaded.",
    "guide.give_back": "Give what remains back to its payer, with a second person.",
    "guide.give_back_in_doubt": (
        "Slip and till: given back then, or give it now. Write what you found."
    ),
    "guide.call_home": "Call the household. It comes here: hold the order for this desk.",
    "guide.bind_anew": "Call the centre: it binds the order to the counter of the card.",
    "guide.order_of_other_desk": "Tell the centre; the desk of their district calls them.",
    "guide.held_elsewhere": "Another desk holds this order: the card is loaded there.",
    "may.clerk": "the clerk",
    "may.two": "two persons",
    "may.centre": "the centre",
    "proof.card_read": "the card was read",
    "proof.payment_answer": "till or payment service",
    "proof.second_approval": "second person's PIN",
    "proof.witness": "reading, photo or report",
    "proof.slip": "signed slip and till",
    "proof.decision": "the answer, on record",
    "proof.consent": "consent, on record",
    "proof.count": "a new count",
    "proof.signature": "signature",
    "proof.channel_file": "the channel's file",
    "proof.ledger": "entry of the ledger",
}
