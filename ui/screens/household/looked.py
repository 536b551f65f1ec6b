"""What the page learns from a card: whose it is, and what had to be finished on it first."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.errors import Refusal
from cardstation.services.household_state import HouseholdState
from cardstation.services.identify import Inserted
from cardstation.services.read_card import CardFacts
from cardstation.services.resolve import Outcome, Resolution
from ui.desk_services import DeskServices, Watch
from ui.screens.household.acts.kind import Done, say
from ui.unfinished import Unfinished


@dataclass(frozen=True, slots=True)
class Looked:
    """A card of a household.

    Attributes:
        settled: What came of something that was open on it, None when nothing was.
    """

    of: HouseholdState
    card: CardFacts
    settled: Done | None


def look_at(services: DeskServices, unfinished: Unfinished, card: Inserted, watch: Watch) -> Looked:
    """Settle what is open on a card, as at every insertion, and read it; on the card's lane.

    Raises:
        Refusal: `other_card_first`; `answer_at_counter` (only there a person says whether money
            came); `card_not_on_file`; and whatever settling says.
    """
    unfinished.ensure_first(card)
    found = services.resolve_card(card, watch)
    if found.outcome is Outcome.QUESTION:
        raise Refusal("answer_at_counter")
    read = services.read_card(card)
    if read.household is None:
        raise Refusal("card_not_on_file", account_no=read.content.identity.account_no)
    of = services.household.look(read.household.account_no)
    return Looked(of, read, _settled(services, found))


def _settled(services: DeskServices, found: Resolution) -> Done | None:
    if found.outcome is Outcome.RETURNED and found.intent is not None:
        owed = found.intent.money
        told = say(
            "{money} is owed to the payer: pay it out under Exceptions (Ctrl+3).", money=owed
        )
        return Done(say("The load is taken back"), (told, say("Take the card.")), str(owed))
    if found.receipt is None:
        return None
    number, loaded = found.receipt.receipt_no, found.receipt.volume or found.receipt.gas
    told = say("Nothing was charged twice. Take the card.")
    return Done(
        say("What was open on the card is finished"),
        (told,),
        str(loaded),
        paper=lambda: services.print_receipt(number),
    )
