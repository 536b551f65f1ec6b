"""Services on a card as a whole: issued, cleared, given up; and a load taken back."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import Clearing, WaitingLoad
from cardstation.domain.transitions import Direction
from ui.desk_services import DeskServices
from ui.screens.counter.wording import DUE_AGAIN
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
    as_is,
    say,
)

_TITLES = {
    "issue": say("The card is issued"),
    "bind": say("The card is bound to its meter"),
    "clear": say("The card is cleared and blank"),
}


def _written(services: DeskServices, slip: CardSlip) -> Done:
    lines = (say("No gas is on it, and no money moved."), say("Take the card."))
    return Done(_TITLES[slip.work], lines, paper=lambda: services.issuing.print_slip(slip))


MADE_ELSEWHERE = say("Cards of this kind are made by their maker or their centre.")

NEVER_BLANK = say("Cards of this kind are never blank again.")

# ── issue ──


def makers_offered(services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    """Maker areas to choose from where several fit."""
    every = ((one, as_is(one)) for one in services.issuing.makers)
    return (("", say("The only one that fits")), *every)


def _why_no_issue(facts: Facts) -> Said | None:
    if facts.home.status is not HouseholdStatus.ACTIVE:
        return say("The account is not active.")
    if facts.no_maker(lambda rules: rules.issues):
        return MADE_ELSEWHERE
    if facts.lying or facts.card is None or facts.card.stop is None:
        return None
    return None if facts.card.stop.code == "card_not_bound" else say("It has its card.")


def _issue_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    home = form.facts.home
    return (
        say("The card becomes card {card} of {name}, {door}.", card=home.card_no, name=home.name,
            door=home.address.door),
        say("No gas and no money; an opening card that comes back from its meter is bound."),
    )  # fmt: skip


def _issue(doing: Doing) -> Done:
    form, issuing = doing.form, doing.services.issuing
    maker = form.words("maker")
    return _written(
        doing.services, issuing.issue(doing.presence, form.account_no, maker, doing.watch)
    )


ISSUE = Act(
    code="issue",
    title="Issue a card",
    about="A blank becomes the household's first card; back from its meter it is bound.",
    group=Group.CARD,
    key="I",
    why_not=_why_no_issue,
    fields=(Field("maker", "Maker area", Kind.CHOICE, needed=False, choices=makers_offered),),
    needs=Needs.ANY,
    card="Put a blank card in, or the new card that was in its meter",
    preview=_issue_preview,
    run=_issue,
)


# ── clear ──

_WHY = Field("why", "Why, in words", about="It stands in the records.")


def _why_no_clearing(facts: Facts) -> Said | None:
    if facts.card is not None and facts.card.stop is None:
        return say("The card in the reader is in use.")
    never = facts.card is not None and facts.card.rules.clears is not Clearing.BLANK
    return NEVER_BLANK if never else None


def _clear_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The dead card of {name} becomes a blank again.", name=form.facts.home.name),
        say("Nothing on it can be read afterwards; no gas and no money moves."),
    )


def _clear(doing: Doing) -> Done:
    form, issuing = doing.form, doing.services.issuing
    slip = issuing.clear(doing.presence, form.second, form.words("why"), doing.watch)
    return _written(doing.services, slip)


CLEAR = Act(
    code="clear",
    title="Clear a dead card",
    about="A card nobody needs any more becomes a blank again; two people.",
    group=Group.CARD,
    key="C",
    why_not=_why_no_clearing,
    fields=(_WHY,),
    needs=Needs.ANY,
    card="Put the dead card in",
    two=True,
    preview=_clear_preview,
    run=_clear,
)


# ── given up ──


def _works(facts: Facts) -> list[str]:
    """Codes of the works on a card that were begun for the household."""
    begun = facts.of.open if facts.of is not None else ()
    return [one.code for one in begun if one.direction == Direction.WORK]


def _why_not_aside(facts: Facts) -> Said | None:
    if facts.of is not None and facts.of.last is not None and "card_work_open" not in _works(facts):
        return say("Something was loaded for it already.")
    return None


def _aside_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The new card of {name} is given up; another blank can be issued.",
            name=form.facts.home.name),
        say("Nothing is on it, and no money moves."),
    )  # fmt: skip


def _lay_aside(doing: Doing) -> Done:
    form = doing.form
    doing.services.issuing.lay_aside(form.account_no, form.second, form.words("why"))
    return Done(say("The new card is given up"), (say("Another blank can be issued now."),))


LAY_ASIDE = Act(
    code="lay_aside",
    title="Give up a new card",
    about="A new card that is spoiled or gone before anything was loaded on it; two people.",
    group=Group.CARD,
    key="A",
    why_not=_why_not_aside,
    fields=(_WHY,),
    two=True,
    preview=_aside_preview,
    run=_lay_aside,
)


def _why_no_giving_up(facts: Facts) -> Said | None:
    return None if "card_clearing_open" in _works(facts) else say("No card is being cleared.")


def _give_up_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The card of {name} that was being cleared is given up.", name=form.facts.home.name),
        say("Nothing is on it, and no money moves."),
    )


def _give_up(doing: Doing) -> Done:
    form = doing.form
    doing.services.issuing.give_up_clearing(form.account_no, form.second, form.words("why"))
    return Done(say("The clearing is given up"), (say("Nothing waits for that card any more."),))


GIVE_UP = Act(
    code="give_up_clearing",
    title="Give up a clearing",
    about="A card that was being cleared and is spoiled or gone; two people.",
    group=Group.CARD,
    key="G",
    why_not=_why_no_giving_up,
    fields=(_WHY,),
    two=True,
    preview=_give_up_preview,
    run=_give_up,
)


# ── a load taken back ──


def _why_no_return(facts: Facts) -> Said | None:
    if facts.card is None:
        return say("Put its card in: the load is on it.")
    if facts.card.content.pending is None:
        return say("No load lies on the card.")
    if facts.card.rules.on_waiting_load is WaitingLoad.METER_FIRST:
        return say("Only the meter takes a load off a card of this kind.")
    return None


def _owed_for(facts: Facts) -> Said:
    """What goes back for the load on the card; the figure where this desk sealed that load."""
    last = facts.of.last if facts.of is not None else None
    credit = facts.card.content.credit if facts.card is not None else None
    on_card = (credit.quantity, credit.purchase_counter) if credit is not None else None
    if last is None or (last.quantity, last.counter_after) != on_card:
        return say("What was paid for it is owed to the payer, and is paid out under Exceptions.")
    if last.is_given:
        return say(DUE_AGAIN)
    money = last.quote.total
    return say("{money} is owed to the payer then, and is paid out under Exceptions.", money=money)


def _return_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    card = form.facts.card
    pending = card.content.pending if card is not None else None
    return say("{load} is taken off the card again.", load=str(pending)), _owed_for(form.facts)


def _take_back(doing: Doing) -> Done:
    form = doing.form
    reading = form.words("reading")
    owed = doing.services.back.take_back(doing.card, form.second, reading, doing.watch)
    if owed.is_given:
        return Done(say("The load is taken back"), (say(DUE_AGAIN), say("Take the card.")))
    return Done(
        say("The load is taken back"),
        (
            say("{money} is owed to the payer: pay it out under Exceptions (Ctrl+3).",
                money=owed.money),
            say("Take the card."),
        ),
        figure=str(owed.money),
    )  # fmt: skip


RETURN = Act(
    code="return",
    title="Take a load back",
    about="Gas that the meter has not taken comes off the card again; two people.",
    group=Group.GAS,
    key="R",
    why_not=_why_no_return,
    fields=(
        Field(
            "reading",
            "Fitter's reading",
            needed=False,
            about="Only when the card was out of this reader since it was loaded.",
            longest=40,
        ),
    ),
    needs=Needs.OWN,
    two=True,
    preview=_return_preview,
    run=_take_back,
)
