"""Papers of a household, printed once more."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.sentences.words import WORDS
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
    as_is,
    say,
)

_WHYS = ("lost", "spoilt", "other")


def _receipts(_services: DeskServices, facts: Facts) -> Sequence[tuple[str, Said]]:
    done = facts.of.history if facts.of is not None else ()
    return [
        (one.receipt_no, as_is(f"{one.at:%Y-%m-%d}    {one.gas or one.money}    {one.receipt_no}"))
        for one in done
        if one.receipt_no
    ]


def _whys(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return [(code, Said(WORDS[f"reprint.{code}"])) for code in _WHYS]


def _why_not(facts: Facts) -> Said | None:
    known = any(one.receipt_no for one in facts.of.history) if facts.of is not None else False
    return None if known else say("It has no receipt of this desk.")


def _preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    number = form.words("number")
    return (
        say("Receipt {number} is printed once more; it says reprint, and why.", number=number),
        say("No money moves."),
    )


def _run(doing: Doing) -> Done:
    number, why = doing.form.words("number"), doing.form.words("why")
    lines = (say("It says reprint, and why. No money moved."),)
    return Done(
        say("Receipt {number} is printed again", number=number),
        lines,
        paper=lambda: doing.services.household.reprint(number, why),
    )


REPRINT = Act(
    code="reprint",
    title="Reprint a receipt",
    about="A receipt of this desk that is lost or spoilt; a load that was taken back says so.",
    group=Group.MONEY,
    key="P",
    why_not=_why_not,
    fields=(
        Field("number", "Receipt no.", Kind.CHOICE, choices=_receipts),
        Field("why", "Why once more", Kind.CHOICE, choices=_whys),
    ),
    preview=_preview,
    run=_run,
)
