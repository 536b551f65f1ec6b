"""Money at the counter without a load: over-used gas, fees of the catalogue, arrears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.charge import ChargeKind, ChargeReceipt, fee_amount
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.tariff import Fee
from cardstation.errors import fail
from ui.desk_services import DeskServices
from ui.screens.household.acts.asked import not_closed
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

PAID = Field("paid", "Paid by", Kind.TENDER)
_DOCUMENT = Field("document", "Meter's reading, or the fitter's paper", longest=180)


def once_more(
    services: DeskServices, form: Form, what: ChargeKind, money: Money, fee: str = ""
) -> tuple[Said, ...]:
    """Says that the same was charged today, and stands; nothing where it was not."""
    known, today = form.facts.of, services.now().date()
    for one in known.money.charges if known is not None and known.money is not None else ():
        taken = one.charge
        code = taken.fee.code if taken.fee is not None else ""
        same = (taken.what, taken.money, code, taken.at.date()) == (what, money, fee, today)
        if same and one.back is None:
            number = taken.receipt_no or str(taken.money)
            return (say("Charged today already ({number}): this is once more.", number=number),)
    return ()


def taken(doing: Doing, made: ChargeReceipt) -> Done:
    """Money came in, and has its receipt."""
    charge = made.charge
    number = say("Receipt {number}. Give it to the household.", number=made.receipt_no)
    return Done(
        say("Money is taken"),
        (number,),
        figure=str(charge.money),
        paper=lambda: doing.services.counter.paper(charge.charge_id),
    )


def _price(services: DeskServices, form: Form) -> Money:
    return services.counter.quote_over_use(form.account_no, form.volume("volume")).total


def _over_use_said(services: DeskServices, form: Form) -> Said:
    money, gas = _price(services, form), form.volume("volume")
    return say("{gas} beyond what was bought cost {money} today.", gas=str(gas), money=str(money))


# ── over-use ──


def _over_use_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    counts = say("It counts as bought this year; nothing is written to a card.")
    twice = once_more(services, form, ChargeKind.OVER_USE, _price(services, form))
    return *twice, _over_use_said(services, form), counts


def _over_use(doing: Doing) -> Done:
    form, paid = doing.form, doing.form.paid("paid")
    shown = _price(doing.services, form)
    again = bool(once_more(doing.services, form, ChargeKind.OVER_USE, shown))
    made = doing.services.counter.over_use(
        form.account_no,
        form.volume("volume"),
        form.words("document"),
        paid.tender,
        paid.reference,
        shown,
        again,
        form.approval,
    )
    return taken(doing, made)


_VOLUME = Field("volume", "Used beyond what was bought", Kind.VOLUME)

OVER_USE = Act(
    code="over_use",
    title="Charge over-used gas",
    about="Gas that the meter gave beyond what was bought, at today's price.",
    group=Group.MONEY,
    key="1",
    why_not=not_closed,
    fields=(_VOLUME, _DOCUMENT, PAID),
    preview=_over_use_preview,
    run=_over_use,
)
OVER_USE_LARGE = replace(
    OVER_USE,
    code="over_use_large",
    title="Large over-use",
    about="More than a household of its kind buys at once: two people looked at the meter.",
    key="8",
    two=True,
)


def _put_off_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    owed = say("No money is taken: it is owed as arrears until {day}.", day=str(form.day("due")))
    twice = once_more(services, form, ChargeKind.OVER_USE, _price(services, form))
    return *twice, _over_use_said(services, form), owed


def _put_off(doing: Doing) -> Done:
    form, counter = doing.form, doing.services.counter
    shown, gas, due = _price(doing.services, form), form.volume("volume"), form.day("due")
    again = bool(once_more(doing.services, form, ChargeKind.OVER_USE, shown))
    document = form.words("document")
    made = counter.put_off(form.account_no, gas, document, form.second, due, shown, again)
    lines = (say("No money was taken; both sign the slip."),)
    charge_id = made.charge.charge_id
    return Done(
        say("Put off as arrears"),
        lines,
        figure=str(made.charge.money),
        paper=lambda: counter.paper(charge_id),
    )


PUT_OFF = Act(
    code="put_off",
    title="Put over-use off",
    about="Over-used gas is owed until a day, by two people; no money is taken now.",
    group=Group.MONEY,
    key="2",
    why_not=not_closed,
    fields=(_VOLUME, _DOCUMENT, Field("due", "To be paid by", Kind.DAY)),
    two=True,
    preview=_put_off_preview,
    run=_put_off,
)


# ── fees ──


def _fees(_services: DeskServices, facts: Facts) -> Sequence[tuple[str, Said]]:
    found = facts.of.fees if facts.of is not None else ()
    return [(one.code, as_is(f"{_named(one)}    {_bounds(one)}")) for one in found]


def _named(fee: Fee) -> str:
    return f"{fee.name} · {fee.name_en}"


def _bounds(fee: Fee) -> str:
    return str(fee.least) if fee.least == fee.most else f"{fee.least} – {fee.most}"


def _fee_of(form: Form) -> Fee:
    fees = form.facts.of.fees if form.facts.of is not None else ()
    return next((one for one in fees if one.code == form.words("fee")), None) or fail("a fee")


def _amount(form: Form) -> Money | None:
    return None if form.values["money"] is None else form.money("money")


def _why_no_fee(facts: Facts) -> Said | None:
    if facts.of is not None and not facts.of.fees:
        return say("No catalogue of fees.")
    return not_closed(facts)


def _fee_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    fee = _fee_of(form)
    money = fee_amount(fee, _amount(form))
    twice = once_more(services, form, ChargeKind.FEE, money, fee.code)
    return (
        *twice,
        say("{name}: {money} is taken.", name=_named(fee), money=str(money)),
        say("Legal basis: {basis}", basis=fee.basis),
    )


def _fee(doing: Doing) -> Done:
    form, paid = doing.form, doing.form.paid("paid")
    fee, money = _fee_of(form), _amount(form)
    asked = fee_amount(fee, money)
    again = bool(once_more(doing.services, form, ChargeKind.FEE, asked, fee.code))
    made = doing.services.counter.fee(
        form.account_no, fee.code, money, paid.tender, paid.reference, again
    )
    return taken(doing, made)


FEE = Act(
    code="fee",
    title="Charge a fee",
    about="One of the utility's catalogue, with its legal basis; nothing else is charged.",
    group=Group.MONEY,
    key="3",
    why_not=_why_no_fee,
    fields=(
        Field("fee", "Fee", Kind.CHOICE, choices=_fees),
        Field("money", "Amount, where it is open", Kind.MONEY, needed=False),
        PAID,
    ),
    preview=_fee_preview,
    run=_fee,
)


# ── arrears ──


def _why_no_arrears(facts: Facts) -> Said | None:
    return None if facts.home.arrears > NO_MONEY else say("It owes nothing.")


def _arrears_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    owed = form.facts.home.arrears
    return (say("All that is owed is paid: {money}.", money=str(owed)),)


def _arrears(doing: Doing) -> Done:
    form, paid = doing.form, doing.form.paid("paid")
    owed = form.facts.home.arrears
    made = doing.services.counter.arrears(form.account_no, paid.tender, paid.reference, owed)
    return taken(doing, made)


ARREARS = Act(
    code="arrears",
    title="Take arrears",
    about="All that the household owes is paid at the counter.",
    group=Group.MONEY,
    key="4",
    why_not=_why_no_arrears,
    fields=(PAID,),
    preview=_arrears_preview,
    run=_arrears,
)
