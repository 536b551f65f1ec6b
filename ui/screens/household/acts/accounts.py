"""An account is stopped, restarted, put in another name, closed and paid out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from cardstation.domain.account_change import AccountChange
from cardstation.domain.closing import FinalReading, Settlement
from cardstation.domain.gas_due import amount_of
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.errors import Refusal, fail
from cardstation.services.close_account import Leaving
from cardstation.services.identify import Inserted
from cardstation.services.transfer_account import NewOwner
from ui.desk_services import DeskServices
from ui.screens.counter.state import Unit, wish_of
from ui.screens.household.acts.asked import not_active
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

_WHY = Field("why", "Why, in words", about="Who asked for it, and on what paper.", longest=180)
_PARTS = 3
"""Parts of a refund that the form names one by one."""


def _signed(doing: Doing, title: Said, made: AccountChange) -> Done:
    lines = (say("No money moved."), say("Have the form signed."))
    form = partial(doing.services.household.form, EntryKind.ACCOUNT, made.change_id)
    return Done(title, lines, paper=form)


# ── stop, restart ──


def _stop_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("Nothing is sold to {name} any more, until two people restart it.",
            name=form.facts.home.name),
        say("What is paid stays paid: it is not loaded meanwhile."),
    )  # fmt: skip


def _stop(doing: Doing) -> Done:
    made = doing.services.accounts.stop(doing.form.account_no, doing.form.words("why"))
    return _signed(doing, say("The account is stopped"), made)


STOP = Act(
    code="stop_account",
    title="Stop the account",
    about="Nothing is sold to it, issued for it or loaded for it until it is restarted.",
    group=Group.ACCOUNT,
    key="S",
    why_not=not_active,
    fields=(_WHY,),
    preview=_stop_preview,
    run=_stop,
)


def _why_not_stopped(facts: Facts) -> Said | None:
    stopped = facts.home.status is HouseholdStatus.STOPPED
    return None if stopped else say("The account is not stopped.")


def _restart_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (say("{name} can buy gas again; no money moves.", name=form.facts.home.name),)


def _restart(doing: Doing) -> Done:
    form = doing.form
    made = doing.services.accounts.restart(form.account_no, form.second, form.words("why"))
    return _signed(doing, say("The account is in use again"), made)


RESTART = Act(
    code="restart_account",
    title="Restart the account",
    about="An account that was stopped buys gas again; two people.",
    group=Group.ACCOUNT,
    key="N",
    why_not=_why_not_stopped,
    fields=(_WHY,),
    two=True,
    preview=_restart_preview,
    run=_restart,
)


# ── another name ──


def _ways(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return (
        ("first", say("It is paid out to the old owner first")),
        ("along", say("It goes with the account: both signed that")),
    )


def _owner(form: Form) -> NewOwner:
    along = form.words("balance") == "along"
    persons = int(form.words("persons"))
    return NewOwner(form.words("name"), form.words("phone"), persons, along)


def _transfer_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    home, owner = form.facts.home, _owner(form)
    services.accounts.ensure_free(form.account_no)
    if home.balance and not owner.takes_balance:
        fen = home.balance.fen
        raise Refusal("balance_not_settled", account_no=form.account_no, fen=fen)
    along = say("Its balance of {money} goes along.", money=home.balance)
    return (
        say("The account of {name} becomes that of {owner}.", name=home.name, owner=owner.name),
        along if home.balance else say("No money moves."),
        say("Card, meter, tiers and gas stay; a relief was the old owner's and ends."),
    )


def _transfer(doing: Doing) -> Done:
    form = doing.form
    why = form.words("why")
    made = doing.services.accounts.transfer(form.account_no, form.second, _owner(form), why)
    return _signed(doing, say("The account is in another name"), made)


TRANSFER = Act(
    code="transfer_account",
    title="Another owner",
    about="The meter stays, and another household has the account; two people.",
    group=Group.ACCOUNT,
    key="T",
    why_not=not_active,
    fields=(
        Field("name", "Name of the new owner", longest=60),
        Field("phone", "Telephone of the new owner", needed=False, longest=20),
        Field("persons", "Persons in the household", Kind.DIGITS, longest=2),
        Field("balance", "The balance", Kind.CHOICE, choices=_ways),
        _WHY,
    ),
    two=True,
    preview=_transfer_preview,
    run=_transfer,
)


# ── closed ──

_LAST = (
    Field("residual", "Left in the meter (m³ or yuan)", longest=12),
    Field("fitter", "Who read the meter", longest=60),
    Field("document", "No. of the reading or photo", longest=60),
)
_PAID = Field("paid", "How it is paid out", Kind.TENDER)
_REASON = Field("why", "Why, in words", longest=180)


def _why_closed(facts: Facts) -> Said | None:
    closed = facts.home.status is HouseholdStatus.CLOSED
    return say("The account is closed.") if closed else None


def _why_not_with_card(facts: Facts) -> Said | None:
    if facts.card is not None and facts.card.content.pending is not None:
        return say("A load lies on its card.")
    return _why_closed(facts)


def _reading(form: Form) -> FinalReading:
    """In the meter's own unit.

    Raises:
        Refusal: `not_an_amount`, `not_a_volume`.
    """
    by_money = form.facts.home.meter.kind is MeterKind.MONEY
    money, volume = wish_of(form.words("residual"), Unit.MONEY if by_money else Unit.VOLUME)
    typed = volume if money is None else money
    residual = fail("a wish has its unit") if typed is None else typed
    return FinalReading(residual, form.words("fitter"), form.words("document"))


def _close_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    found = services.accounts.quote(form.account_no, _reading(form))
    looked = say("Some of it may be paid out already: look at slip and till, and write under Why "
                 "what you found.")  # fmt: skip
    doubtful = bool(found.total) and services.accounts.in_doubt(form.account_no)
    return (*((looked,) if doubtful else ()), *_told(found, form))


def _told(found: Settlement, form: Form) -> tuple[Said, ...]:
    parts = [
        f"{one.bought_on:%Y-%m-%d}  {one.volume or ''}  {one.amount}"
        for one in found.lines[:_PARTS]
    ]
    lines = [say("Bought: {parts}.", parts="  ·  ".join(parts))] if parts else []
    if (rest := len(found.lines) - _PARTS) > 0:
        lines.append(say("{n} more lines stand on the settlement.", n=rest))
    if amount_of(found.uncovered):
        left = str(found.uncovered)
        lines.append(say("{left} were bought elsewhere and are not paid here.", left=left))
    return (
        say("{total} go back to {name}: {gas} for gas, {balance} of the balance.",
            total=str(found.total), name=form.facts.home.name, gas=str(found.gas),
            balance=str(found.balance)),
        *lines,
        say("Hand it over once the green line says so; the household signs the settlement."),
    )  # fmt: skip


def _close(doing: Doing, card: Inserted | None, lost: str) -> Done:
    form, accounts = doing.form, doing.services.accounts
    final, paid, why = _reading(form), form.paid("paid"), form.words("why")
    said = Leaving(
        final=final,
        why=why,
        handed=accounts.quote(form.account_no, final).total,
        card_lost=lost,
        tender=paid.tender,
        reference=paid.reference,
        found=why if accounts.in_doubt(form.account_no) else "",
    )
    made = accounts.close(form.account_no, form.second, said, card)
    total = made.settlement.total
    keep = say("Keep the card; it can be cleared (C).")
    hand = say("Hand the money over; the household signs the settlement.")
    nothing = say("Nothing is to be paid out.")
    return Done(
        say("The account is closed"),
        (hand if total else nothing, *((keep,) if card is not None else ())),
        figure=str(total),
        paper=lambda: accounts.paper(made.change.account_no),
    )


def _close_with_card(doing: Doing) -> Done:
    return _close(doing, doing.card, "")


def _close_without_card(doing: Doing) -> Done:
    return _close(doing, None, doing.form.words("lost"))


CLOSE = Act(
    code="close_account",
    title="Close the account",
    about="What the meter holds and the balance are paid back; the card comes in; two people.",
    group=Group.ACCOUNT,
    key="X",
    why_not=_why_not_with_card,
    fields=(*_LAST, _REASON, _PAID),
    needs=Needs.OWN,
    two=True,
    preview=_close_preview,
    run=_close_with_card,
)
CLOSE_LOST = Act(
    code="close_account_card_lost",
    title="Close, card lost",
    about="As closing the account, where its card is gone; two people.",
    group=Group.ACCOUNT,
    key="Z",
    why_not=_why_closed,
    fields=(*_LAST, Field("lost", "What became of the card", longest=180), _REASON, _PAID),
    two=True,
    preview=_close_preview,
    run=_close_without_card,
)
