"""`cardstation clerk …` and `cardstation shift …`: who works here, and from when to when.

PINs are asked for unseen, or come from the environment; never as an argument, which `ps` shows.
"""

from __future__ import annotations

import os
from dataclasses import fields

import click

from cardstation.cli.card import money_of
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval, OpenItem, Role, ShiftClose
from cardstation.errors import Refusal
from cardstation.sentences import brief
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approval_pairs import approval_pairs
from cardstation.services.approve import approve, come_forward, vouch
from cardstation.services.change_pin import begins_alone, change_pin
from cardstation.services.change_roles import change_roles
from cardstation.services.clerks import clerks, from_centre
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.shift_state import ShiftState, shift_state
from cardstation.services.station import Station

PIN = "CARDSTATION_PIN"
NEW_PIN = "CARDSTATION_NEW_PIN"
APPROVER_PIN = "CARDSTATION_APPROVER_PIN"
RECEIVER_PIN = "CARDSTATION_RECEIVER_PIN"


roles_option = click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
)


@click.group()
def clerk() -> None:
    """Who works at this station: names, roles, PINs."""


@clerk.command()
@click.argument("name")
@click.option("--display", default="", help="As shown on screens, the name by default.")
@roles_option
@click.option("--approver", help="The supervisor who agrees; not for the first clerk.")
@with_json
@pass_call
def add(call: Call, name: str, display: str, roles: tuple[str, ...], approver: str | None) -> None:
    """Add a clerk; the first one is a supervisor, the others need one's PIN."""
    with call.doors.station(call.settings, True) as station:
        by = _vouched(call, station, approver, name)
        pin = _pin(PIN, call.words("PIN of {name}", name=name), twice=True)
        added = add_clerk(
            station, name, pin, [Role(role) for role in roles], by=by, display=display
        )
    call.output.answer(added, told(added))


@clerk.command("list")
@with_json
@pass_call
def list_them(call: Call) -> None:
    """List the clerks."""
    with call.doors.station(call.settings, False) as station:
        found, fed = clerks(station), from_centre(station)
    rows = [
        (one.name, one.display, ", ".join(sorted(one.roles)), "✓" if one.active else "–")
        for one in found
    ]
    listed = [
        {
            **{name: getattr(one, name) for name in ("name", "display", "roles", "active")},
            "from_centre": one.name in fed,
            **{
                name: getattr(fed.get(one.name), name, None) for name in ("number", "first", "last")
            },
        }
        for one in found
    ]
    call.output.answer({"clerks": listed}, columns(rows))


@clerk.command()
@click.argument("name")
@click.option("--approver", help="A supervisor, when the old PIN is forgotten.")
@with_json
@pass_call
def pin(call: Call, name: str, approver: str | None) -> None:
    """Change a PIN: with the old one, or with a supervisor's; that one must be changed again."""
    with call.doors.station(call.settings, True) as station:
        by = _vouched(call, station, approver, name)
        unasked = by is not None or begins_alone(station, name)
        old = "" if unasked else _pin(PIN, call.words("PIN of {name}", name=name))
        new = _pin(NEW_PIN, call.words("New PIN of {name}", name=name), twice=True)
        change_pin(station, name, new, pin=old, by=by)
    call.output.answer({"clerk": name}, [name])


@clerk.command()
@click.argument("name")
@roles_option
@click.option("--approver", required=True, help="The supervisor who agrees; somebody else.")
@with_json
@pass_call
def roles(call: Call, name: str, roles: tuple[str, ...], approver: str) -> None:
    """Give a clerk other roles than before."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        changed = change_roles(station, name, [Role(role) for role in roles], by=by)
    call.output.answer(changed, told(changed))


@clerk.command()
@click.argument("name")
@click.option("--approver", required=True, help="The supervisor who agrees.")
@with_json
@pass_call
def remove(call: Call, name: str, approver: str) -> None:
    """Take a clerk off this station."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        removed = retire_clerk(station, name, by=by)
    call.output.answer(removed, told(removed))


@click.group()
def shift() -> None:
    """A shift: opened with a float, closed by a blind count."""


@shift.command("open")
@click.argument("name")
@click.option("--float", "float_yuan", required=True, help="Change in the till, in yuan.")
@click.option(
    "--sign-unknown",
    is_flag=True,
    help="Sign for what nobody knows, and one person alone closed the last shift over.",
)
@with_json
@pass_call
def open_it(call: Call, name: str, float_yuan: str, sign_unknown: bool) -> None:
    """Open a shift: sign for the float and for what is open."""
    money = money_of("--float", float_yuan)
    with call.doors.station(call.settings, True) as station:
        typed = _pin(PIN, call.words("PIN of {name}", name=name))
        opened = open_shift(station, name, typed, float_money=money, signs_unknown=sign_unknown)
        state = shift_state(station)
    said = call.words("Shift of {name} open, float {money}", name=opened.clerk, money=money)
    answer = {one.name: getattr(opened, one.name) for one in fields(opened)}
    call.output.answer(
        {**answer, "moved": state.moved},
        [said, *_moved(call, state), *_items(call, opened.taken_over, state)],
    )


@shift.command("close")
@click.option("--counted", help="All cash in the till, in yuan; asked for when not given.")
@click.option("--to", "handed_to", default="", help="Who takes over, with their PIN.")
@with_json
@pass_call
def close_it(call: Call, counted: str | None, handed_to: str) -> None:
    """Close the shift: count first, then see what it should be."""
    with call.doors.station(call.settings, True) as station:
        state = shift_state(station)
        if state.open is None:
            raise Refusal("no_shift")
        money = _counted(call, state, counted)
        typed = _pin(PIN, call.words("PIN of {name}", name=state.open.clerk))
        theirs = _pin(RECEIVER_PIN, _asks(call, handed_to)) if handed_to else ""
        closed = close_shift(station, typed, counted=money, handed_to=handed_to, handed_pin=theirs)
        state = shift_state(station)
    call.output.answer(closed, _closed(call, closed, state))


@shift.command()
@with_json
@pass_call
def show(call: Call) -> None:
    """Show whose shift is open and what is open; never what should be in the till."""
    with call.doors.station(call.settings, False) as station:
        state = shift_state(station)
    if state.open is None:
        said = call.words("No shift is open at this station.")
    else:
        said = call.words(
            "Shift of {name} open, float {money}",
            name=state.open.clerk,
            money=state.open.float_money,
        )
    call.output.answer(state, [said, *_moved(call, state), *_items(call, state.open_items, state)])


@shift.command()
@click.option("--month", default="", help="Only this month, like 2026-11.")
@with_json
@pass_call
def pairs(call: Call, month: str) -> None:
    """List who approved for whom, or set whose PIN, and how often, month by month."""
    with call.doors.station(call.settings, False) as station:
        found = approval_pairs(station, month)
    rows = [
        (one.month, one.clerk or "–", one.approver, str(one.count), _resets(call, one.resets))
        for one in found
    ]
    call.output.answer({"pairs": found}, columns(rows))


def approved(call: Call, station: Station, approver: str) -> Approval:
    """A second person's approval; the PIN is asked for, or taken from the environment."""
    return approve(station, approver, _pin(APPROVER_PIN, _asks(call, approver)))


def acting(call: Call, station: Station, name: str) -> Approval:
    """Who acts where no shift is open; the PIN is asked for, or taken from the environment."""
    return come_forward(station, name, _pin(PIN, _asks(call, name)))


def _vouched(call: Call, station: Station, approver: str | None, whom: str) -> Approval | None:
    if approver is None:
        return None
    return vouch(station, approver, _pin(APPROVER_PIN, _asks(call, approver)), whom=whom)


def _asks(call: Call, name: str) -> str:
    return call.words("PIN of {name}", name=name)


def _pin(variable: str, prompt: str, *, twice: bool = False) -> str:
    given = os.environ.get(variable, "")
    if given:
        return given
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))


def _resets(call: Call, count: int) -> str:
    return call.words("PIN set anew: {count}", count=count) if count else ""


def _counted(call: Call, state: ShiftState, counted: str | None) -> Money | None:
    if counted is not None:
        return money_of("--counted", counted)
    if state.counted:
        return None
    return money_of("--counted", str(click.prompt(call.words("Cash counted, in yuan"), err=True)))


def _moved(call: Call, state: ShiftState) -> list[str]:
    """That the float is not what was counted before it."""
    if state.last is None or not state.moved:
        return []
    differs = "Counted at the last close: {counted}; the float differs from it by {moved}."
    return [call.words(differs, counted=state.last.counted, moved=state.moved)]


def _items(call: Call, items: tuple[OpenItem, ...], state: ShiftState) -> list[str]:
    """What is open: of a bag its seal and its community stand in place of a card."""
    return columns(
        [
            (
                brief(one.code, call.words),
                one.account_no or one.batch_id,
                one.card_no
                or (state.bags[one.batch_id].words if one.batch_id in state.bags else ""),
                str(one.money),
                f"{one.since:%Y-%m-%d %H:%M}",
            )
            for one in items
        ]
    )


def _closed(call: Call, closed: ShiftClose, state: ShiftState) -> list[str]:
    rows = [
        (call.words("Counted"), str(closed.counted)),
        (call.words("Expected"), str(closed.expected)),
        (call.words("Over or short"), str(closed.over_short)),
        (call.words("Handed to"), closed.handed_to or "–"),
    ]
    return [*columns(rows), *_items(call, closed.open_items, state)]
