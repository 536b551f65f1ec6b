"""`cardstation dispute …`: what a card cannot tell is put before two people, who settle it."""

from __future__ import annotations

import click

from cardstation.cli.output import told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.sentences import word
from cardstation.services.dispute import dispute as dispute_intent
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.settle_dispute import Finding, settle_dispute

approver_option = click.option(
    "--approver", required=True, help="Who else agrees: a supervisor of this station."
)


@click.group()
def dispute() -> None:
    """What a card cannot tell: held for two people to look at, and settled by what they saw."""


@dispute.command()
@click.argument("intent_id")
@click.option("--lost", default="", help="Why its card cannot be read any more.")
@approver_option
@with_json
@pass_call
def begin(call: Call, intent_id: str, lost: str, approver: str) -> None:
    """Hold an unfinished load or return (INTENT_ID of `recover`): nothing is written or paid."""
    with call.doors.station(call.settings, True) as station:
        held = dispute_intent(station, intent_id, approved(call, station, approver), lost)
    answer = {"intent": held.topup_id, "state": held.state}
    call.output.answer(answer, [word(f"state.{held.state.value}", call.words)])


@dispute.command()
@click.argument("intent_id")
@click.option(
    "--finding",
    type=click.Choice([one.value for one in Finding]),
    required=True,
    help="Whether the load is on the card or in the meter. Of a return: the load it takes back.",
)
@click.option(
    "--proof", required=True, help="What both saw: a reading, a photo's number, a report."
)
@click.option(
    "--meter-count",
    type=click.IntRange(min=0),
    help="How many purchases its meter counts; for not_loaded.",
)
@click.option(
    "--counts-another",
    is_flag=True,
    help="The meter counts somebody else's load in its place; the proof says whose.",
)
@click.option(
    "--card-here",
    is_flag=True,
    help="The card is here and stays here, or is destroyed: no meter takes anything from it.",
)
@approver_option
@with_json
@pass_call
def settle(
    call: Call,
    intent_id: str,
    finding: str,
    proof: str,
    meter_count: int | None,
    counts_another: bool,
    card_here: bool,
    approver: str,
) -> None:
    """End a dispute: the load is sealed, or its money is owed; of a return, the other way round."""
    meter = MeterCount(meter_count, another=counts_another, card_here=card_here)
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        ended = settle_dispute(station, intent_id, Finding(finding), proof, by, meter)
    answer = {"intent": ended.topup_id, "state": ended.state, "fen": ended.money.fen}
    call.output.answer(answer, told(answer))
