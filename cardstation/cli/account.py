"""`cardstation account …`: an account is stopped, restarted, put in another name."""

from __future__ import annotations

import click

from cardstation.cli.output import columns, plain
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.account_change import FACTS, AccountChange, Heard
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.sentences import of_error, word
from cardstation.services.account_state import account_state
from cardstation.services.desk_form import desk_form
from cardstation.services.restart_account import restart_account
from cardstation.services.stop_account import stop_account
from cardstation.services.transfer_account import NewOwner, transfer_account

_why = click.option("--why", required=True, help="In words: who asked for it, on what paper.")
_approver = click.option(
    "--approver", required=True, help="Who else agrees: a supervisor of this station."
)


@click.group()
def account() -> None:
    """What a desk changes in an account; a directory that comes later knows of it or not."""


@account.command()
@click.argument("account_no", metavar="ACCOUNT")
@with_json
@pass_call
def show(call: Call, account_no: str) -> None:
    """Say how an account stands, what was changed here, and what is open of it."""
    with call.doors.station(call.settings, False) as station:
        found = account_state(station, account_no)
    t, home = call.words, found.household
    rows = [
        (t("Household"), home.name),
        (t("Account number"), home.account_no),
        (t("Status"), word(f"status.{home.status.value}", t)),
        (t("Balance"), str(home.balance)),
        (t("Arrears"), str(home.arrears)),
        *((t.moment(one.at), _told(call, one)) for one in found.changes),
        *((t("Directory"), _heard(call, one)) for one in found.heard),
        *((t("Still open"), of_error(one, t).what) for one in found.open),
    ]
    value = {
        "household": home,
        "changes": found.changes,
        "heard": found.heard,
        "open": [{"code": one.code, **one.values} for one in found.open],
    }
    call.output.answer(value, columns(rows))


@account.command()
@click.argument("account_no", metavar="ACCOUNT")
@_why
@with_json
@pass_call
def stop(call: Call, account_no: str, why: str) -> None:
    """Stop an account: nothing is sold to it or issued for it until it is restarted."""
    with call.doors.station(call.settings, True) as station:
        made = stop_account(station, account_no, why)
        form = desk_form(station, EntryKind.ACCOUNT, made.change_id)
    _answer(call, made, form)


@account.command()
@click.argument("account_no", metavar="ACCOUNT")
@_why
@_approver
@with_json
@pass_call
def restart(call: Call, account_no: str, why: str, approver: str) -> None:
    """Restart a stopped account."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        made = restart_account(station, account_no, by, why)
        form = desk_form(station, EntryKind.ACCOUNT, made.change_id)
    _answer(call, made, form)


@account.command()
@click.argument("account_no", metavar="ACCOUNT")
@click.option("--name", required=True, help="Of the new owner.")
@click.option("--phone", default="", help="Of the new owner.")
@click.option("--persons", type=click.IntRange(1), required=True, help="In the household.")
@click.option(
    "--takes-balance", is_flag=True, help="Both said in writing: the balance goes with the account."
)
@_why
@_approver
@with_json
@pass_call
def transfer(
    call: Call,
    *,
    account_no: str,
    name: str,
    phone: str,
    persons: int,
    takes_balance: bool,
    why: str,
    approver: str,
) -> None:
    """Put an account in another name; what the old owner has open is ended first."""
    owner = NewOwner(name, phone, persons, takes_balance)
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        made = transfer_account(station, account_no, by, owner, why)
        form = desk_form(station, EntryKind.ACCOUNT, made.change_id)
    _answer(call, made, form)


def _answer(call: Call, made: AccountChange, form: DeskForm) -> None:
    paper, value = call.doors.desk_form(form, call.settings), plain(made)
    answer = {**(value if isinstance(value, dict) else {}), "paper": paper}
    call.output.answer(answer, [_told(call, made), str(paper)])


def _told(call: Call, made: AccountChange) -> str:
    """What happened, each fact that changed, and why."""
    facts = [
        f"{word(f'fact.{fact}', call.words)} {_value(call, made.before, fact)} → "
        f"{_value(call, made.after, fact)}"
        for fact in FACTS
        if made.touches(fact)
    ]
    return "  ".join((word(f"account.{made.what.value}", call.words), *facts, made.words))


def _value(call: Call, side: object, fact: str) -> str:
    value = getattr(side, fact)
    if isinstance(value, HouseholdStatus):
        return word(f"status.{value.value}", call.words)
    if isinstance(value, MeterKind):
        return word(f"meter.{value.value}", call.words)
    shown = plain(value)
    return "—" if shown in (None, "") else str(shown)


def _heard(call: Call, one: Heard) -> str:
    fact, verdict = word(f"fact.{one.fact}", call.words), word(f"heard.{one.verdict}", call.words)
    return f"{fact} {one.filed}: {verdict}"
