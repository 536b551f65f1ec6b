"""`cardstation batch collect-bag | return-bag SEAL`: what a team's laptop did at the door."""

from __future__ import annotations

from typing import Any

import click

from cardstation.cli.bag_trace import answer_trace
from cardstation.cli.hand_over_options import counted, signed, with_pictures
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.domain.custody import Party
from cardstation.services.collect_bag import collect_bag as collect
from cardstation.services.hand_over import HandOverRequest


@click.command("collect-bag")
@click.argument("seal")
@counted
@signed
@with_json
@pass_call
def collect_bag(call: Call, /, seal: str, **given: Any) -> None:
    """Record that the team took the bag with SEAL, whose list lies at another desk."""
    _record(call, Party.MANAGER, Party.TEAM, seal, given)


@click.command("return-bag")
@click.argument("seal")
@counted
@signed
@with_json
@pass_call
def return_bag(call: Call, /, seal: str, **given: Any) -> None:
    """Record that the team gave the bag with SEAL back, whose list lies at another desk."""
    _record(call, Party.TEAM, Party.MANAGER, seal, given)


def _record(call: Call, giver: Party, taker: Party, seal: str, given: dict[str, Any]) -> None:
    said = with_pictures(given)
    with call.doors.station(call.settings, True) as station:
        found = collect(station, HandOverRequest(giver, taker, seal_no=seal, **said))
    answer_trace(call, found)
