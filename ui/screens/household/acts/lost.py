"""A card in the place of one that is lost or broken, its taking back; and one that was found."""

from __future__ import annotations

from functools import partial

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import Clearing, Reissue
from cardstation.errors import Refusal
from cardstation.services.intent.lost_card import MeterRead
from ui.desk_services import DeskServices
from ui.screens.household.acts.asked import not_active
from ui.screens.household.acts.cards import MADE_ELSEWHERE, NEVER_BLANK, makers_offered
from ui.screens.household.acts.kind import (
    Act,
    Doing,
    Done,
    Facts,
    Field,
    Form,
    Group,
    Kind,
    Needs,
    Said,
    say,
)


def _why_not(facts: Facts) -> Said | None:
    if facts.no_maker(lambda rules: rules.reissue is not Reissue.ELSEWHERE):
        return MADE_ELSEWHERE
    used = facts.card is not None and facts.card.stop is None
    return not_active(facts) or (say("The card in the reader is in use.") if used else None)


def _meter(form: Form) -> MeterRead | None:
    """What a fitter read.

    Raises:
        Refusal: `reading_needed`: a count without the paper that says so.
    """
    document, purchases = form.words("document"), form.words("purchases")
    if purchases and not document:
        raise Refusal("reading_needed")
    return MeterRead(document, int(purchases) if purchases else None) if document else None


def _preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    home, meter = form.facts.home, _meter(form)
    load = say("A meter that counts takes the last load once: the card carries it. For one that "
               "counts nothing it carries none.")  # fmt: skip
    if meter is not None and meter.purchases is not None:
        load = say("The meter took {n} loads: what it has not taken is on the card.",
                   n=meter.purchases)  # fmt: skip
    elif meter is not None:
        load = say("The meter has not taken the last load: the card carries it.")
    return (
        say(
            "The blank becomes the card of {name}, {door}.", name=home.name, door=home.address.door
        ),
        say("The card before is void from then on, also if it is found."),
        load,
        say("No money moves."),
    )


def _made(services: DeskServices, slip: CardSlip) -> Done:
    if slip.quantity:
        load = say("{gas} are on it, paid before: it goes to its meter first.",
                   gas=str(slip.quantity))  # fmt: skip
    else:
        load = say("No gas is on it.")
    return Done(
        say("The new card is made"),
        (load, say("The card before is void."), say("Take the card.")),
        paper=lambda: services.issuing.print_slip(slip),
    )


def _reissue(doing: Doing) -> Done:
    form = doing.form
    slip = doing.services.issuing.reissue(
        *(doing.presence, form.account_no, form.second, form.words("why")),
        *(form.words("maker"), _meter(form)),
        doing.watch,
    )
    return _made(doing.services, slip)


REISSUE = Act(
    code="reissue",
    title="Replace a lost card",
    about="A blank becomes the household's card in the place of one that is lost or broken; two "
    "people, and the ledger answers.",
    group=Group.CARD,
    key="B",
    why_not=_why_not,
    fields=(
        Field(
            "why",
            "Why, in words",
            about="Who the customer is, and what became of the card.",
        ),
        Field(
            "document",
            "Report or photo of the meter",
            needed=False,
            about="Only where a fitter read the meter.",
            longest=40,
        ),
        Field("maker", "Maker area", Kind.CHOICE, needed=False, choices=makers_offered),
        Field("purchases", "Loads the meter took", Kind.DIGITS, needed=False, longest=6),
    ),
    needs=Needs.ANY,
    card="Put a blank card in",
    two=True,
    preview=_preview,
    run=_reissue,
)


def _why_no_cancelling(facts: Facts) -> Said | None:
    if not facts.home.generation:
        return say("No card was made in the place of another.")
    never = facts.no_maker(lambda rules: rules.clears is not Clearing.NEVER)
    return NEVER_BLANK if never else None


def _cancel_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The new card of {name} is taken back, and the one before holds again.",
            name=form.facts.home.name),
        say("The old card lies before both; the new one was in no meter."),
        say("No money moves."),
    )  # fmt: skip


def _cancel(doing: Doing) -> Done:
    form, issuing = doing.form, doing.services.issuing
    slip = issuing.cancel_reissue(doing.presence, form.second, form.words("why"), doing.watch)
    return Done(
        say("The old card holds again"),
        (
            say("Cut the new card in two.") if slip.spent else say("The new card is blank."),
            say("Give the old card back."),
        ),
        paper=lambda: issuing.print_slip(slip),
    )


CANCEL_REISSUE = Act(
    code="cancel_reissue",
    title="Old card found again",
    about="The new card is taken back, as long as it was in no meter; two people.",
    group=Group.CARD,
    key="F",
    why_not=_why_no_cancelling,
    fields=(Field("why", "Why, in words", about="Where the old card was."),),
    needs=Needs.ANY,
    card="Put the new card in",
    two=True,
    preview=_cancel_preview,
    run=_cancel,
)


# ── reported, and found ──


def _why_not_blocked(facts: Facts) -> Said | None:
    blocked = facts.of is not None and facts.of.blocked
    return None if blocked else say("Its card is not reported.")


def _unblock_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    home = form.facts.home
    return (
        say("Card {card} of {name} can be used again.", card=home.card_no, name=home.name),
        say("The next list may name it again; no gas and no money moves."),
    )


def _unblock(doing: Doing) -> Done:
    form = doing.form
    services, card_no = doing.services, form.facts.home.card_no
    services.issuing.unblock(card_no, form.second, form.words("why"))
    return Done(
        say("The card is reported no more"),
        (say("It can be used at this desk again."), say("Have the form signed.")),
        paper=partial(services.household.form, EntryKind.CARD_UNBLOCKED, card_no),
    )


UNBLOCK = Act(
    code="unblock_card",
    title="Unblock its card",
    about="Its card was reported lost, and is found or was reported by mistake; two people.",
    group=Group.CARD,
    key="D",
    why_not=_why_not_blocked,
    fields=(Field("why", "Why, in words", about="How it was found, or who was mistaken."),),
    two=True,
    preview=_unblock_preview,
    run=_unblock,
)
