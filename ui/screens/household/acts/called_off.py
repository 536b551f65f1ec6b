"""A payout that a break left begun, of which nothing was handed over."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.charge import Begun, Way
from cardstation.errors import fail
from ui.desk_services import DeskServices
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
    say,
)

_WAYS = {
    Way.CLOSING: "Closing of the account: {money}",
    Way.BALANCE: "Balance: {money}",
    Way.CHARGE: "Charge taken back: {money}",
}


def _begun(facts: Facts) -> tuple[Begun, ...]:
    money = facts.of.money if facts.of is not None else None
    return () if money is None else money.begun


def _payouts(_services: DeskServices, facts: Facts) -> Sequence[tuple[str, Said]]:
    return [
        (f"{one.way} {one.named}", say(_WAYS[one.way], money=one.money)) for one in _begun(facts)
    ]


def _why_nothing_begun(facts: Facts) -> Said | None:
    return None if _begun(facts) else say("No payout is in doubt.")


def _called(form: Form) -> Begun:
    wanted = form.words("payout")
    found = (one for one in _begun(form.facts) if f"{one.way} {one.named}" == wanted)
    return next(found, None) or fail("a payout was chosen")


def _call_off_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("{money} were not handed over: they are in the till.", money=_called(form).money),
        say("Both looked at slip and till. What was handed over is paid out once more instead."),
    )


def _call_off(doing: Doing) -> Done:
    begun = _called(doing.form)
    doing.services.counter.call_off(begun, doing.form.second)
    lines = (say("The money is the household's still; it can be paid out now."),)
    return Done(say("Nothing was paid out"), lines, figure=str(begun.money))


CALL_OFF = Act(
    code="call_off_payout",
    title="Call a payout off",
    about="Begun before a break, and nothing was handed over: two people looked.",
    group=Group.MONEY,
    key="9",
    why_not=_why_nothing_begun,
    fields=(Field("payout", "Payout", Kind.CHOICE, choices=_payouts),),
    two=True,
    preview=_call_off_preview,
    run=_call_off,
)
