"""`cardstation change-meter …`: another meter for a household, its card, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from cardstation.cli.card import card_on_reader, money_of, reader_option, wait_option
from cardstation.cli.card_works import answer_slip, watching
from cardstation.cli.dispute import approver_option
from cardstation.cli.output import plain
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.card import Quantity
from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip, NewMeter
from cardstation.domain.volume import Volume
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.change_card import change_card
from cardstation.services.change_meter import change_meter as record_change
from cardstation.services.change_meter import reckon_change

Command = TypeVar("Command", bound=Callable[..., Any])
_KINDS = click.Choice([one.value for one in MeterKind])


def _facts(command: Command) -> Command:
    """What is said of both meters."""
    options = (
        click.argument("account"),
        click.argument("new_meter"),
        click.option("--kind", type=_KINDS, default="volume", help="What the new meter counts."),
        click.option("--was", type=_KINDS, default="volume", help="What the old meter counted."),
        click.option("--left", required=True, help="Left in the old meter: m³, or yuan."),
        click.option("--counter", type=click.IntRange(min=0), required=True, help="Purchases."),
        click.option("--order", required=True, help="Number of the fitter's work order."),
        click.option("--old", default="", help="Old meter; where the file has the new one."),
        click.option("--moved", is_flag=True, help="The fitter's change card moved it all over."),
        click.option("--chip", default="", help="Of the new meter's cards, where it is another."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group("change-meter")
def change_meter() -> None:
    """Another meter for a household: recorded by two people, then its card is written for it."""


@change_meter.command()
@_facts
@with_json
@pass_call
def reckon(call: Call, /, account: str, **said: Any) -> None:
    """Say what the new meter is due for what was left in the old one; nothing is recorded."""
    new, read = _meters(said)
    with call.doors.station(call.settings, False) as station:
        due = reckon_change(station, account, new, read, old_no=said["old"])
    tiers = due.quote.lines if due.quote else ()
    lines = [
        f"{due.quantity}    {due.to_balance}",
        *(f"{one.tier}  {one.volume}  {one.amount}" for one in tiers),
    ]
    call.output.answer({"carried": plain(due)}, lines)


@change_meter.command()
@_facts
@click.option("--carried", required=True, help="What both agreed to: m³, or yuan.")
@click.option("--to-balance", default="0", help="What goes to the balance of it, in yuan.")
@click.option("--why", required=True, help="Why it was changed, and who was there.")
@approver_option
@with_json
@pass_call
def record(call: Call, /, account: str, **said: Any) -> None:
    """Put the NEW_METER of a household (ACCOUNT) on record; the form is filed."""
    new, read = _meters(said)
    due = _quantity("--carried", said["carried"], new.kind)
    agreed = Carried(due, money_of("--to-balance", said["to_balance"]), None)
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, said["approver"])
        slip = record_change(
            station, account, new, read, agreed, by, said["why"], old_no=said["old"]
        )
    _answer(call, slip)


@change_meter.command()
@click.argument("account")
@click.option("--why", default="", help="By what both know that the old meter took the load.")
@click.option("--approver", default="", help="Who else agrees, where a load is on the card.")
@reader_option
@wait_option
@with_json
@pass_call
def card(call: Call, account: str, why: str, approver: str, reader: str, wait_s: float) -> None:
    """Write the card in the reader for the meter that is on file now, or back. The slip is filed.

    What was begun and cut short is finished.
    """
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        by = approved(call, station, approver) if approver else None
        slip = change_card(station, chosen, seen, account, watching(call), approval=by, why=why)
    answer_slip(call, slip)


@change_meter.command()
@click.argument("account")
@click.option("--why", required=True, help="Why: what hangs there, and who saw it.")
@approver_option
@with_json
@pass_call
def cancel(call: Call, account: str, why: str, approver: str) -> None:
    """Take the change of meter of ACCOUNT back; only while nothing was loaded for the new one."""
    with call.doors.station(call.settings, True) as station:
        slip = cancel_meter_change(station, account, approved(call, station, approver), why)
    _answer(call, slip)


def _meters(said: dict[str, Any]) -> tuple[NewMeter, FinalReading]:
    new = NewMeter(said["new_meter"], MeterKind(said["kind"]), said["chip"], moved=said["moved"])
    left = _quantity("--left", said["left"], MeterKind(said["was"]))
    return new, FinalReading(left, said["counter"], said["order"])


def _quantity(option: str, text: str, kind: MeterKind) -> Quantity:
    if kind is MeterKind.MONEY:
        return money_of(option, text)
    try:
        return Volume.of_m3(text)
    except ValueError as error:
        raise click.BadParameter(text, param_hint=option) from error


def _answer(call: Call, slip: MeterChangeSlip) -> None:
    filed = call.doors.meter_change(slip, call.settings)
    answer = plain(slip)
    told = {**(answer if isinstance(answer, dict) else {}), "paper": filed}
    said = f"{slip.old_no} → {slip.new_no}  {slip.carried.quantity}  {slip.carried.to_balance}"
    call.output.answer(told, [said, str(filed)])
