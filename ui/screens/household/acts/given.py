"""Gas without money at the counter: granted by two people, loaded, withdrawn; and at once, owed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import DueStanding, amount_of
from cardstation.domain.ledger import EntryKind
from cardstation.domain.payment import Tender
from cardstation.errors import fail
from ui.desk_services import DeskServices
from ui.screens.household.acts.asked import counts_gas, counts_money, not_active
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

_DOCUMENT = Field("document", "No. of work order, reading or photo", longest=60)
_WHY = Field("why", "Why, in words")


# ── granted ──


def _quantity(form: Form) -> Quantity:
    """What was typed for this kind of meter."""
    return form.money("money") if counts_money(form.facts) else form.volume("volume")


def _due_said(form: Form, gas: Quantity) -> Said:
    name = form.facts.home.name
    return say("{gas} are due to {name}; no money is taken for them.", gas=str(gas), name=name)


_LATER = say("Nothing is on the card yet: “Load gas due” brings it there.")


def _granted(doing: Doing, gas: Quantity, shown: int | None) -> Done:
    form, given = doing.form, doing.services.given
    document, why = form.words("document"), form.words("why")
    due = given.grant(form.account_no, gas, document, form.second, why, shown)
    next_step = say("Put the card in and load it (L); what it cannot carry stays due.")
    lines = (next_step, say("Have the form signed."))
    return Done(say("Gas is due"), lines, figure=str(gas), paper=_form(doing, due.due_id))


def _form(doing: Doing, due_id: str) -> Callable[[], Path]:
    return partial(doing.services.household.form, EntryKind.GAS_DUE, due_id)


def _grant_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return _due_said(form, _quantity(form)), _LATER


def _grant(doing: Doing) -> Done:
    return _granted(doing, _quantity(doing.form), None)


MAKE_UP = Act(
    code="make_up",
    title="Grant gas due",
    about="Missing gas is granted without money: m³, or yuan for a money meter; two people.",
    group=Group.GAS,
    key="M",
    why_not=not_active,
    fields=(
        Field("volume", "Volume", Kind.VOLUME, asked=counts_gas),
        Field("money", "Amount", Kind.MONEY, asked=counts_money),
        _DOCUMENT,
        _WHY,
    ),
    two=True,
    preview=_grant_preview,
    run=_grant,
)


def _why_no_repeating(facts: Facts) -> Said | None:
    if counts_money(facts):
        return say("Its meter counts money.")
    return not_active(facts)


def _repeat_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    shown = int(form.words("counter"))
    again = say("The load repeats counter {n}: the meter shows {shown}.", n=shown + 1, shown=shown)
    return _due_said(form, form.volume("volume")), again, _LATER


def _repeat(doing: Doing) -> Done:
    form = doing.form
    return _granted(doing, form.volume("volume"), int(form.words("counter")))


REPEAT = Act(
    code="repeat_load",
    title="Repeat a lost load",
    about="The meter shows one load less than its card: the load is granted again; two people.",
    group=Group.GAS,
    key="Q",
    why_not=_why_no_repeating,
    fields=(
        Field("volume", "Volume", Kind.VOLUME),
        Field("counter", "Counter on the meter", Kind.DIGITS, longest=5),
        _DOCUMENT,
        _WHY,
    ),
    two=True,
    preview=_repeat_preview,
    run=_repeat,
)


# ── loaded, withdrawn ──


def _dues(facts: Facts) -> tuple[DueStanding, ...]:
    return () if facts.of is None else facts.of.dues


def _choices(_services: DeskServices, facts: Facts) -> Sequence[tuple[str, Said]]:
    return tuple((one.due.due_id, _named(one)) for one in _dues(facts))


def _named(one: DueStanding) -> Said:
    due = one.due
    return say("{gas}, {document}, {day}", gas=str(one.left), document=due.document,
               day=f"{due.at:%m-%d}")  # fmt: skip


_DUE = Field("due", "Which", Kind.CHOICE, choices=_choices)


def _chosen(form: Form) -> DueStanding:
    due_id = form.words("due")
    found = next((one for one in _dues(form.facts) if one.due.due_id == due_id), None)
    return found or fail("a choice is one of the dues")


def _why_nothing_due(facts: Facts) -> Said | None:
    return None if _dues(facts) else say("No gas is due.")


def _load_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    chosen, card = _chosen(form), form.facts.card
    owed = chosen.due.cause is Tender.EMERGENCY
    said = say("It is owed as arrears from now on.") if owed else say("No money is taken for it.")
    if card is None:
        return say("As much of {gas} as the card can carry.", gas=str(chosen.left)), said
    now = services.given.portion(card.content, chosen.due.due_id)
    rest = type(now)(amount_of(chosen.left) - amount_of(now))
    written = say("{gas} are written to the card; {rest} stay due.", gas=str(now), rest=str(rest))
    return written, said


def _load(doing: Doing) -> Done:
    services = doing.services
    slip = services.given.load(doing.card, _chosen(doing.form).due.due_id, doing.watch)
    told = say("No money was taken.")
    if slip.tender == Tender.EMERGENCY:
        told = say("No money was taken; {money} is owed as arrears.", money=slip.gas)
    return Done(
        say("Gas is on the card"),
        (told, say("Take the card.")),
        figure=str(slip.volume or slip.gas),
        paper=lambda: services.print_receipt(slip.receipt_no),
    )


LOAD_DUE = Act(
    code="load_due",
    title="Load gas due",
    about="Gas that was granted goes onto the card without money, as much as it can carry.",
    group=Group.GAS,
    key="L",
    why_not=_why_nothing_due,
    fields=(_DUE,),
    needs=Needs.OWN,
    preview=_load_preview,
    run=_load,
)


def _withdraw_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    chosen = _chosen(form)
    return (
        say("{gas} are not due any more.", gas=str(chosen.left)),
        say("What is on cards stays given; no money moves."),
    )


def _withdraw(doing: Doing) -> Done:
    form = doing.form
    given = doing.services.given
    found = given.withdraw(_chosen(form).due.due_id, form.second, form.words("why"))
    return Done(
        say("The rest is withdrawn"),
        (say("No money moved."), say("Have the form signed.")),
        figure=str(found.left),
        paper=_form(doing, found.due.due_id),
    )


WITHDRAW = Act(
    code="withdraw_due",
    title="Withdraw gas due",
    about="What is left of a grant is not due any more; two people.",
    group=Group.GAS,
    key="W",
    why_not=_why_nothing_due,
    fields=(_DUE, _WHY),
    two=True,
    preview=_withdraw_preview,
    run=_withdraw,
)


# ── at once ──


def _emergency_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    terms = services.given.terms(form.account_no)
    return (
        say("{gas} at once for {name}.", gas=str(terms.quantity), name=form.facts.home.name),
        say("Once it is on the card, {money} are owed as arrears; no money is taken now.",
            money=terms.owed),
    )  # fmt: skip


def _emergency(doing: Doing) -> Done:
    form = doing.form
    due = doing.services.given.emergency(
        form.account_no, form.words("document"), form.second, form.words("why")
    )
    return Done(
        say("Emergency gas is granted"),
        (say("Put the card in and load it (L)."), say("Have the form signed.")),
        figure=str(due.quantity),
        paper=_form(doing, due.due_id),
    )


EMERGENCY = Act(
    code="emergency",
    title="Emergency gas",
    about="A household that has run out gets some gas at once and owes for it; two people.",
    group=Group.GAS,
    key="E",
    why_not=not_active,
    fields=(_DOCUMENT, _WHY),
    two=True,
    preview=_emergency_preview,
    run=_emergency,
)
