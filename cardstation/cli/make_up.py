"""`cardstation make-up`, `emergency`: gas that two people grant, on its card without money."""

from __future__ import annotations

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option, wanted
from cardstation.cli.card_works import watching
from cardstation.cli.dispute import approver_option
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.card import Quantity
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.gas_due import DueStanding, GasDue
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.desk_form import desk_form
from cardstation.services.dues_state import dues_state
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.identify import insert_card
from cardstation.services.load_due import load_due
from cardstation.services.withdraw_due import withdraw_due

_DOCUMENT = "Number of the work order, the fitter's reading or the photo."


@click.group("make-up")
def make_up() -> None:
    """Gas due: granted by two people, loaded without money, as often as its card needs."""


@make_up.command("grant")
@click.argument("account")
@click.option("--money", "yuan", help="Amount in yuan, for a money meter.")
@click.option("--volume", "m3", help="Volume in m³.")
@click.option("--document", required=True, help=_DOCUMENT)
@click.option("--why", required=True, help="Why, in words.")
@click.option(
    "--meter-counter",
    type=click.IntRange(0),
    help="Purchase counter that the meter shows, where it is one load behind its card.",
)
@approver_option
@with_json
@pass_call
def grant(
    call: Call,
    *,
    account: str,
    yuan: str | None,
    m3: str | None,
    document: str,
    why: str,
    meter_counter: int | None,
    approver: str,
) -> None:
    """Grant a household (ACCOUNT) gas that it did not get, or got too little of."""
    quantity = _quantity(yuan, m3)
    with call.doors.station(call.settings, True) as station:
        due = grant_gas(
            station,
            account,
            quantity,
            Tender.MAKE_UP,
            document,
            approved(call, station, approver),
            why,
            repeats_counter=meter_counter,
        )
        form = desk_form(station, EntryKind.GAS_DUE, due.due_id)
    _answer_due(call, due, form)


@make_up.command("load")
@click.argument("due", required=False)
@reader_option
@wait_option
@with_json
@pass_call
def load(call: Call, due: str | None, reader: str, wait_s: float) -> None:
    """Load gas due (DUE, or the oldest of the household) onto the card in the reader."""
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        inserted = insert_card(station, chosen, seen)
        try:
            slip = load_due(station, inserted, due, watching(call))
        finally:
            inserted.close()
    call.output.answer(slip, [f"{slip.receipt_no}  {slip.volume or slip.gas}  {slip.order_id}"])


@make_up.command("withdraw")
@click.argument("due")
@click.option("--why", required=True, help="Why, in words.")
@approver_option
@with_json
@pass_call
def withdraw(call: Call, due: str, why: str, approver: str) -> None:
    """Take back what is left of gas due (DUE); what is on cards stays given."""
    with call.doors.station(call.settings, True) as station:
        found = withdraw_due(station, due, approved(call, station, approver), why)
        form = desk_form(station, EntryKind.GAS_DUE, found.due.due_id)
    paper = call.doors.desk_form(form, call.settings)
    answer = {"due": found.due.due_id, "withdrawn": _measured(found.left), "paper": paper}
    call.output.answer(answer, told(answer))


@make_up.command("list")
@click.argument("account", required=False, default="")
@click.option("--all", "ended", is_flag=True, help="Those with nothing left, too.")
@with_json
@pass_call
def list_dues(call: Call, account: str, ended: bool) -> None:
    """List gas due at this station, of a household (ACCOUNT) or of all, the oldest first."""
    with call.doors.station(call.settings, False) as station:
        found = [one for one in dues_state(station, account) if ended or one.is_open]
    rows = [_row(one, call.words) for one in found]
    answer = {"dues": [_told(one) for one in found]}
    call.output.answer(answer, columns(rows) or [call.words("No gas is due.")])


@click.command()
@click.argument("account")
@click.option("--document", required=True, help=_DOCUMENT)
@click.option("--why", required=True, help="Why, in words.")
@approver_option
@with_json
@pass_call
def emergency(call: Call, account: str, document: str, why: str, approver: str) -> None:
    """Grant a household (ACCOUNT) gas at once: it is owed, and loaded by `make-up load`."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        due = grant_emergency(station, account, document, by, why)
        form = desk_form(station, EntryKind.GAS_DUE, due.due_id)
    _answer_due(call, due, form)


def _quantity(yuan: str | None, m3: str | None) -> Quantity:
    money, volume = wanted(yuan, m3)
    return money or volume or NO_GAS


def _answer_due(call: Call, due: GasDue, form: DeskForm) -> None:
    paper = call.doors.desk_form(form, call.settings)
    said = f"{word(f'tender.{due.cause.value}', call.words)}  {due.quantity}  {due.due_id}"
    call.output.answer({**_of(due), "paper": paper}, [said, str(paper)])


def _of(due: GasDue) -> dict[str, object]:
    return {
        "due": due.due_id,
        "account_no": due.account_no,
        "meter_no": due.meter_no,
        "cause": due.cause,
        **_measured(due.quantity),
        "document": due.document,
        "why": due.words,
        "clerk": due.clerk,
        "approver": due.approver,
        "at": due.at,
        "meter_counter": due.repeats_counter,
    }


def _told(one: DueStanding) -> dict[str, object]:
    return {**_of(one.due), "left": _measured(one.left), "withdrawn": one.withdrawn}


def _measured(quantity: Quantity) -> dict[str, object]:
    money = isinstance(quantity, Money)
    return {"volume_m3": None if money else quantity, "fen": quantity if money else None}


def _row(one: DueStanding, t: Translator) -> tuple[str, ...]:
    due = one.due
    left = word("line.withdrawn", t) if one.withdrawn else str(one.left)
    cause = word(f"tender.{due.cause.value}", t)
    return (due.due_id, due.account_no, cause, str(due.quantity), left, due.document)
