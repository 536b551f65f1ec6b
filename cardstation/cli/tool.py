"""`cardstation tool`: cards of fitters, made against a work order, taken back, lost, listed."""

from __future__ import annotations

from datetime import datetime, time

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.card_works import watching
from cardstation.cli.output import columns, plain
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.tool_book import ToolOrder, ToolRecord
from cardstation.domain.tool_card import Tool
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.sentences import word
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.settle_tool_gas import settle_tool_gas
from cardstation.services.station import Station
from cardstation.services.take_back_tool import take_back_tool_card
from cardstation.services.tool_cards_state import tool_cards_state

_APPROVER = click.option(
    "--approver", required=True, help="Who else agrees: a supervisor of this station."
)


@click.group()
def tool() -> None:
    """Cards of fitters (工具卡): they look, unlock, test, clear or change a meter; no money."""


@tool.command("make")
@click.argument("kind", type=click.Choice([one.value for one in Tool]))
@click.option("--order", "work_order", required=True, help="Number of the work order.")
@click.option("--holder", required=True, help="The fitter who takes it along.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--meter", "meter_no", default="", help="The meter; only a check may name none.")
@click.option("--uses", type=int, default=1, show_default=True, help="How often meters take it.")
@click.option("--test-gas", default="", help="m³ that a test lets through at each use.")
@click.option("--maker", default="", help="Maker area of the meter, where several fit.")
@click.option("--why", required=True, help="What the fitter is sent to do, in words.")
@_APPROVER
@reader_option
@wait_option
@with_json
@pass_call
def make(
    call: Call,
    /,
    *,
    kind: str,
    why: str,
    approver: str,
    reader: str,
    wait_s: float,
    until: datetime,
    **said: str | int,
) -> None:
    """Make the blank in the reader a tool card of a KIND; what was cut short is finished.

    The slip for the fitter's signature is filed.
    """
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        wanted = _order(station, Tool(kind), until, said)
        agreed = approved(call, station, approver)
        slip = make_tool_card(station, chosen, seen, wanted, agreed, why, watching(call))
    _answer(call, slip)


def _order(station: Station, kind: Tool, until: datetime, said: dict[str, str | int]) -> ToolOrder:
    gas = str(said["test_gas"])
    try:
        test_gas = Volume.of_m3(gas) if gas else NO_GAS
    except ValueError as error:
        raise Refusal("bad_amount", given=gas) from error
    end = time(23, 59, 59)
    return ToolOrder(
        tool=kind,
        meter_no=str(said["meter_no"]),
        work_order=str(said["work_order"]),
        holder=str(said["holder"]),
        valid_until=datetime.combine(until, end, station.clock.now().tzinfo),
        uses=int(said["uses"]),
        test_gas=test_gas,
        maker=str(said["maker"]),
    )


@tool.command("take-back")
@click.option("--why", required=True, help="What the fitter did with it, in words.")
@click.option("--as-it-is", is_flag=True, help="Also with a use that no meter ended.")
@_APPROVER
@reader_option
@wait_option
@with_json
@pass_call
def take_back(
    call: Call, /, *, why: str, as_it_is: bool, approver: str, reader: str, wait_s: float
) -> None:
    """Keep what meters wrote on the tool card in the reader, and make it a blank again.

    What was cut short is finished. The slip is filed.
    """
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        agreed = approved(call, station, approver)
        slip = take_back_tool_card(
            station, chosen, seen, agreed, why, watching(call), as_it_is=as_it_is
        )
    _answer(call, slip)


@tool.command("lost")
@click.argument("tool_no", metavar="NUMBER")
@click.option("--why", required=True, help="How it went, in words.")
@_APPROVER
@with_json
@pass_call
def lost(call: Call, tool_no: str, why: str, approver: str) -> None:
    """Say that the tool card NUMBER is gone, or spoiled while it was made or cleared."""
    with call.doors.station(call.settings, True) as station:
        record = lose_tool_card(station, tool_no, approved(call, station, approver), why)
    answer = {"tool_no": tool_no, "status": record.status}
    call.output.answer(answer, [_status(call, record)])


@tool.command("settle")
@click.argument("tool_no", metavar="NUMBER")
@click.option("--why", required=True, help="What the meters show, and where the gas is.")
@_APPROVER
@with_json
@pass_call
def settle(call: Call, tool_no: str, why: str, approver: str) -> None:
    """Say where the gas is that the tool card NUMBER took out of a meter; nothing is booked."""
    with call.doors.station(call.settings, True) as station:
        record = settle_tool_gas(station, tool_no, approved(call, station, approver), why)
    answer = {"tool_no": tool_no, "settled": record.settled}
    call.output.answer(answer, [record.settled])


@tool.command("list")
@click.option("--all", "every", is_flag=True, help="Also cards that came back, and lost ones.")
@with_json
@pass_call
def listed(call: Call, *, every: bool) -> None:
    """List the tool cards that are out: who has which, until when."""
    with call.doors.station(call.settings, False) as station:
        found = tool_cards_state(station, every=every)
    rows = [_row(call, one) for one in found]
    call.output.answer(
        {"tool_cards": [_plain(one) for one in found]},
        columns(rows) or [call.words("No tool card is out.")],
    )


def _plain(one: ToolRecord) -> dict[str, object]:
    card = one.given.card
    return {
        "tool_no": card.tool_no,
        "tool": card.tool,
        "status": one.status,
        "overdue": one.overdue,
        "holder": one.given.holder,
        "work_order": card.work_order,
        "meter_no": card.meter_no,
        "account_no": one.given.account_no,
        "made_at": card.made_at,
        "valid_until": card.valid_until,
        "uses": card.uses,
        "test_litres": card.test_gas.litres,
        "clerk": one.clerk,
        "approver": one.approver,
        "settled": one.settled,
        "used": plain(one.content.uses) if one.content else [],
    }


def _row(call: Call, one: ToolRecord) -> tuple[str, ...]:
    card = one.given.card
    return (
        card.tool_no,
        word(f"tool.{card.tool.value}", call.words),
        _status(call, one),
        one.given.holder,
        card.work_order,
        card.meter_no,
        f"{card.valid_until:%Y-%m-%d}",
    )


def _status(call: Call, one: ToolRecord) -> str:
    if one.overdue:
        return call.words("overdue")
    return word(f"tool_status.{one.status.value}", call.words)


def _answer(call: Call, slip: ToolSlip) -> None:
    filed = call.doors.tool_slip(slip, call.settings)
    said = plain(slip)
    home = plain(slip.content.brought_home)
    told = {**(said if isinstance(said, dict) else {}), "brought_home": home, "paper": filed}
    card = slip.content.card
    kind = word(f"tool.{card.tool.value}", call.words)
    line = f"{word(f'work.{slip.work}', call.words)}  {card.tool_no}  {kind}  {slip.holder}"
    call.output.answer(told, [line, str(filed)])
