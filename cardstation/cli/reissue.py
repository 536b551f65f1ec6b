"""`cardstation reissue`: a card in the place of one that is lost or broken, and its taking back."""

from __future__ import annotations

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.card_works import answer_given_up, answer_slip, watching
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.lay_aside import lay_aside as lay_card_aside
from cardstation.services.reissue_card import reissue_card


@click.group()
def reissue() -> None:
    """A card in the place of another, with its last load or without; the old one is void."""


@reissue.command("card")
@click.argument("account")
@click.option("--why", required=True, help="Who the customer is, and what became of the card.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@click.option("--maker", default="", help="Maker area of the meter, where several fit.")
@click.option("--reading", default="", help="Number of the report or photo of the meter.")
@click.option("--purchases", type=click.IntRange(0), help="How many loads the meter took.")
@reader_option
@wait_option
@with_json
@pass_call
def write_card(
    call: Call,
    *,
    account: str,
    why: str,
    approver: str,
    maker: str,
    reading: str,
    purchases: int | None,
    reader: str,
    wait_s: float,
) -> None:
    """Make the blank in the reader the card of a household (ACCOUNT) in the place of a lost one.

    A meter that counts takes the last load once, so the new card carries it. Where a meter counts
    nothing, or purchases were made elsewhere, a fitter reads it first.
    """
    if purchases is not None and not reading:
        raise click.UsageError("--purchases needs --reading")
    meter = MeterRead(reading, purchases) if reading else None
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        agreed = approved(call, station, approver)
        slip = reissue_card(
            *(station, chosen, seen, account, agreed, why, watching(call)),
            maker=maker,
            meter=meter,
        )
    answer_slip(call, slip)


@reissue.command("cancel")
@click.option("--why", required=True, help="Where the old card was found; it lies before both.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@reader_option
@wait_option
@with_json
@pass_call
def cancel(call: Call, *, why: str, approver: str, reader: str, wait_s: float) -> None:
    """Take the new card in the reader back: the old one was found, and holds again."""
    with (
        call.doors.station(call.settings, True) as station,
        card_on_reader(call, reader, wait_s) as (chosen, seen),
    ):
        agreed = approved(call, station, approver)
        slip = cancel_reissue(station, chosen, seen, agreed, why, watching(call))
    answer_slip(call, slip)


@reissue.command("lay-aside")
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
