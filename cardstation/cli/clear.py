"""`cardstation clear`: a dead card becomes a blank again; nothing else does."""

from __future__ import annotations

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.card_works import answer_given_up, answer_slip, watching
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.services.clear_card import clear_card, give_up_clearing


@click.group()
def clear() -> None:
    """A dead card, made a blank again: no gas may be on it, and nothing may wait for it."""


@clear.command("card")
@click.option("--why", required=True, help="Whose card it was, and why nobody needs it.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@reader_option
@wait_option
@with_json
@pass_call
def wipe_card(call: Call, *, why: str, approver: str, reader: str, wait_s: float) -> None:
    """Clear the card in the reader: of a closed account, replaced, or new and given up.

    What was begun and cut short is finished. The slip is filed.
    """
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        agreed = approved(call, station, approver)
        slip = clear_card(station, chosen, seen, agreed, why, watching(call))
    answer_slip(call, slip)


@clear.command("give-up")
@click.argument("account")
@click.option("--why", required=True, help="What became of the card, in words.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def give_up(call: Call, account: str, why: str, approver: str) -> None:
    """Give up the card of ACCOUNT that was being cleared: it is spoiled or gone."""
    with call.doors.station(call.settings, True) as station:
        done = give_up_clearing(station, account, approved(call, station, approver), why)
    answer_given_up(call, done)
