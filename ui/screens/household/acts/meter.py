"""Another meter for a household: recorded by two, its card written for it; taken back by two."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card import Quantity
from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import Carried, FinalReading, NewMeter
from cardstation.domain.money import NO_MONEY
from cardstation.domain.volume import NO_GAS
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

_KINDS = (
    (MeterKind.VOLUME.value, say("Counts gas")),
    (MeterKind.MONEY.value, say("Counts money")),
)
_MOVED = (
    ("", say("It starts at nothing")),
    ("moved", say("The fitter's change card moved all into it")),
)
_WHY = Field("why", "Why, in words", about="It stands in the records.")


# ── recorded ──


def _kinds(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return _KINDS


def _moved(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return _MOVED


def _read(form: Form) -> tuple[NewMeter, FinalReading]:
    moved = bool(form.words("moved"))
    new = NewMeter(form.words("meter_no"), MeterKind(form.words("kind")), moved=moved)
    read = FinalReading(_left(form), int(form.words("counter")), form.words("order"))
    return new, read


def _left(form: Form) -> Quantity:
    """What was left in the old meter, in its unit; nothing typed is nothing."""
    money = counts_money(form.facts)
    name, nothing = ("money", NO_MONEY) if money else ("volume", NO_GAS)
    if form.values[name] is None:
        return nothing
    return form.money(name) if money else form.volume(name)


def _figure(due: Carried) -> str:
    return f"{due.quantity} + {due.to_balance}" if due.to_balance else str(due.quantity)


def _preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    new, read = _read(form)
    due = services.meter.reckon(form.account_no, new, read, form.words("old"))
    head = [
        say("Meter {meter_no} of {name}; in the old one {left} are left.", meter_no=new.meter_no,
            name=form.facts.home.name, left=str(read.residual)),
        say("{much} are due for the new meter.", much=str(due.quantity)),
    ]  # fmt: skip
    if due.to_balance:
        head.append(say("{money} go to the balance.", money=due.to_balance))
    tiers = (
        say("Today's price: tier {tier}, {volume}, {money}.", tier=one.tier,
            volume=str(one.volume), money=one.amount)
        for one in (due.quote.lines if due.quote else ())
    )  # fmt: skip
    return (*head, *tiers)


def _change(doing: Doing) -> Done:
    form, meter = doing.form, doing.services.meter
    new, read = _read(form)
    old = form.words("old")
    agreed = meter.reckon(form.account_no, new, read, old)
    slip = meter.change(form.account_no, new, read, old, agreed, form.second, form.words("why"))
    return Done(
        say("The meter is changed"),
        (say("Now put the card in and write it for the new meter (K)."),),
        figure=_figure(slip.carried),
        paper=lambda: meter.print_form(slip),
    )


CHANGE = Act(
    code="change_meter",
    title="Change the meter",
    about="Another meter hangs there: what was left in the old one is carried over; two people.",
    group=Group.METER,
    key="H",
    why_not=not_active,
    fields=(
        Field("meter_no", "New meter's number", longest=20),
        Field("kind", "New meter", Kind.CHOICE, choices=_kinds),
        Field("moved", "What the new meter counts", Kind.CHOICE, needed=False, choices=_moved),
        Field(
            "volume",
            "Left in the old meter, m³",
            Kind.VOLUME,
            needed=False,
            asked=counts_gas,
        ),
        Field(
            "money",
            "Left in the old meter, yuan",
            Kind.MONEY,
            needed=False,
            asked=counts_money,
        ),
        Field("counter", "Purchases the old meter counts", Kind.DIGITS, longest=5),
        Field("order", "No. of the work order", longest=20),
        Field(
            "old",
            "Old meter's number",
            needed=False,
            about="Only where the directory has the new one already.",
            longest=20,
        ),
        _WHY,
    ),
    two=True,
    preview=_preview,
    run=_change,
)


# ── on the card ──


def _card_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    home = form.facts.home
    return (
        say("The card of {name} is written for meter {meter_no}.", name=home.name,
            meter_no=home.meter.meter_no),
        say("No gas and no money; what is due for that meter is loaded next (L)."),
    )  # fmt: skip


def _card(doing: Doing) -> Done:
    services = doing.services
    slip = services.meter.card(doing.presence, doing.form.account_no, doing.watch)
    lines = (
        say("No gas is on it, and no money moved."),
        say("Leave the card in: load what is due (L)."),
    )
    return Done(
        say("The card is of the new meter"),
        lines,
        figure=slip.meter_no,
        paper=lambda: services.issuing.print_slip(slip),
    )


CARD = Act(
    code="change_card",
    title="Write the card for it",
    about="The household's own card is written for the meter that is on file now.",
    group=Group.METER,
    key="K",
    why_not=not_active,
    needs=Needs.ANY,
    card="Put the household's own card in",
    preview=_card_preview,
    run=_card,
)


# ── taken back ──


def _cancel_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("Meter {meter_no} of {name} is not on file any more; the old one is.",
            meter_no=form.facts.home.meter.meter_no, name=form.facts.home.name),
        say("What was due for it is due no more; what went to the balance goes out of it."),
    )  # fmt: skip


def _cancel(doing: Doing) -> Done:
    form, meter = doing.form, doing.services.meter
    slip = meter.cancel(form.account_no, form.second, form.words("why"))
    return Done(
        say("The change is taken back"),
        (say("A card that was written for the new meter is written back (K)."),),
        figure=slip.old_no,
        paper=lambda: meter.print_form(slip),
    )


CANCEL = Act(
    code="cancel_change",
    title="Take a change back",
    about="The old meter hangs there still, and nothing was loaded for the new one; two people.",
    group=Group.METER,
    key="U",
    fields=(_WHY,),
    two=True,
    preview=_cancel_preview,
    run=_cancel,
)
