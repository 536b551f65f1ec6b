"""`cardstation issue`: a blank becomes a household's card, and is bound once it met its meter."""

from __future__ import annotations

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.card_works import answer_given_up, answer_slip, watching
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside as lay_card_aside


@click.group()
def issue() -> None:
    """A new card for a household: no gas, no money, and only on a blank."""


@issue.command("card")
@click.argument("account")
@click.option("--maker", default="", help="Maker area of the meter, where several fit.")
@reader_option
@wait_option
@with_json
@pass_call
def write_card(call: Call, *, account: str, maker: str, reader: str, wait_s: float) -> None:
    """Issue the blank in the reader to a household (ACCOUNT), or bind its opening card.

    What was begun and cut short is finished. The slip is filed.
    """
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        slip = issue_card(station, chosen, seen, account, watching(call), maker=maker)
    answer_slip(call, slip)


@issue.command("lay-aside")
@click.argument("account")
@click.option("--why", required=True, help="What became of the card, in words.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def lay_aside(call: Call, account: str, why: str, approver: str) -> None:
    """Give up the card that was being made for a household (ACCOUNT): it is spoiled or gone."""
    with call.doors.station(call.settings, True) as station:
        done = lay_card_aside(station, account, approved(call, station, approver), why)
    answer_given_up(call, done)
