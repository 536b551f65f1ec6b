"""A household's balance: kept, paid out; and charges that are taken back."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.charge import Charge, ChargeKind, Original
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import fail
from cardstation.sentences.words import WORDS
from cardstation.services.charges_of import Standing
from ui.desk_services import DeskServices
from ui.screens.household.acts.asked import not_closed
from ui.screens.household.acts.charges import PAID, once_more, taken
from ui.screens.household.acts.kind import (
    Act,
    Doing,
    Done,
    Facts,
    Field,
    Form,
    Group,
    Kind,
    Said,
    as_is,
    say,
)

_FOUND = Field(
    "found",
    "What slip and till say",
    needed=False,
    about="Only where it may have been paid out already: begun before a break.",
    longest=180,
)


# ── balance ──


def _deposit_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    money = form.money("money")
    left = form.facts.home.balance + money
    return (
        *once_more(services, form, ChargeKind.DEPOSIT, money),
        say("{money} is taken; the balance is {left} afterwards.", money=money, left=left),
        say("It buys gas at this desk; nothing is written to a card now."),
    )


def _deposit(doing: Doing) -> Done:
    form, paid = doing.form, doing.form.paid("paid")
    money = form.money("money")
    again = bool(once_more(doing.services, form, ChargeKind.DEPOSIT, money))
    made = doing.services.counter.deposit(
        form.account_no, money, paid.tender, paid.reference, again
    )
    return taken(doing, made)


DEPOSIT = Act(
    code="deposit",
    title="Keep a deposit",
    about="Money is kept as the household's balance; it buys gas when the card is here.",
    group=Group.MONEY,
    key="5",
    why_not=not_closed,
    fields=(Field("money", "Amount", Kind.MONEY), PAID),
    preview=_deposit_preview,
    run=_deposit,
)


def _free(facts: Facts) -> Money:
    money = facts.of.money if facts.of is not None else None
    return NO_MONEY if money is None else money.free


def _why_no_payout(facts: Facts) -> Said | None:
    return None if _free(facts) > NO_MONEY else say("No balance is free.")


def _payout_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    free, money = _free(form.facts), form.money("money")
    return (
        say("{money} of {free} go out, by two people.", money=str(money), free=str(free)),
        say("Hand it over once the green line says so; the household signs."),
    )


def _pay_out(doing: Doing) -> Done:
    form, paid = doing.form, doing.form.paid("paid")
    money, found = form.money("money"), form.words("found")
    counter = doing.services.counter
    made = counter.pay_out(form.account_no, money, form.second, paid.tender, paid.reference, found)
    return Done(
        say("Hand the money over"),
        (say("It is on record as paid out of the balance; the household signs."),),
        figure=str(money),
        paper=lambda: counter.paid_slip(made.payout_id),
    )


PAY_BALANCE = Act(
    code="pay_balance",
    title="Pay a balance out",
    about="Money of the balance goes back to the household, by two people.",
    group=Group.MONEY,
    key="6",
    why_not=_why_no_payout,
    fields=(Field("money", "Amount", Kind.MONEY), PAID, _FOUND),
    two=True,
    preview=_payout_preview,
    run=_pay_out,
)


# ── taken back ──


def _standing(facts: Facts) -> list[Standing]:
    money = facts.of.money if facts.of is not None else None
    return [one for one in reversed(money.charges) if one.back is None] if money else []


def _charges(_services: DeskServices, facts: Facts) -> Sequence[tuple[str, Said]]:
    return [
        (
            one.charge.charge_id,
            as_is(f"{one.charge.at:%Y-%m-%d}    {one.charge.money}    {one.charge.receipt_no}"),
        )
        for one in _standing(facts)
    ]


def _originals(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return [(one.value, Said(WORDS[f"original.{one.value}"])) for one in Original]


def _why_nothing_to_reverse(facts: Facts) -> Said | None:
    return None if _standing(facts) else say("No charge stands here.")


def _chosen(form: Form) -> Standing:
    wanted = form.words("charge")
    found = (one for one in _standing(form.facts) if one.charge.charge_id == wanted)
    return next(found, None) or fail("a charge was chosen")


def _goes_back(charge: Charge) -> Said:
    """How, and of which receipt."""
    money, day, number = charge.money, f"{charge.at:%Y-%m-%d}", charge.receipt_no
    match charge.tender:
        case Tender.CASH:
            said = "{money} goes back in cash: receipt {number} of {day}."
        case Tender.QR_CODE:
            said = "{money} goes back by QR payment: receipt {number} of {day}."
        case _:
            said = "{money} goes back by bank transfer: receipt {number} of {day}."
    return say(said, money=money, number=number, day=day)


def _reverse_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    charge = _chosen(form).charge
    if charge.tender is None:
        return (say("{money} is owed no more; no money moves.", money=str(charge.money)),)
    return (
        _goes_back(charge),
        say("Hand it over once the green line says so; the household signs."),
    )


def _reverse(doing: Doing) -> Done:
    form, counter = doing.form, doing.services.counter
    made = counter.reverse(
        form.words("charge"),
        form.second,
        form.words("why"),
        Original(form.words("original")),
        form.words("found"),
    )
    owed = made.charge.tender is None
    said = say("It is owed no more") if owed else say("Hand the money over")
    charge_id = made.charge.charge_id
    return Done(
        said,
        (say("The charge is taken back and on record; keep its receipt with the slip."),),
        figure=str(made.charge.money),
        paper=lambda: counter.paper(charge_id),
    )


REVERSE = Act(
    code="reverse_charge",
    title="Take a charge back",
    about="Once, by two people, with its receipt; the money goes back as it came.",
    group=Group.MONEY,
    key="7",
    why_not=_why_nothing_to_reverse,
    fields=(
        Field("charge", "Charge", Kind.CHOICE, choices=_charges),
        Field("original", "Original receipt", Kind.CHOICE, choices=_originals),
        Field("why", "Why, in words", longest=180),
        _FOUND,
    ),
    two=True,
    preview=_reverse_preview,
    run=_reverse,
)
