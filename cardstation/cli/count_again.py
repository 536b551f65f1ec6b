"""`cardstation batch count-again SEAL`: a team's laptop puts the count of its bag right."""

from __future__ import annotations

import click

from cardstation.cli.bag_trace import answer_trace
from cardstation.cli.hand_over_options import counted
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.custody import RECOUNTS
from cardstation.services.count_again import count_again as again


@click.command("count-again")
@click.argument("seal")
@counted
@click.option("--reason", type=click.Choice(RECOUNTS), required=True, help="Why it was wrong.")
@with_json
@pass_call
def count_again(call: Call, seal: str, arrived: int, expected: int | None, reason: str) -> None:
    """Record the right count of the bag with SEAL, which was collected here."""
    with call.doors.station(call.settings, True) as station:
        found = again(station, seal, arrived, reason, expected)
    answer_trace(call, found)
