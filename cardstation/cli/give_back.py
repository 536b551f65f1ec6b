"""`cardstation reverse`, `return`: gas off its card again, or a load that never was given up."""

from __future__ import annotations

import click

from cardstation.cli.card import card_on_reader, reader_option, wait_option
from cardstation.cli.card_works import watching
from cardstation.cli.dispute import approver_option
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.topup import TopUp
from cardstation.sentences import word
from cardstation.services.identify import insert_card
from cardstation.services.refund import request_refund
from cardstation.services.return_load import return_load


@click.command()
@click.option(
    "--reading",
    default="",
    help="A fitter's reading of the meter, or its photo's number: the card has been away.",
)
@approver_option
@reader_option
@wait_option
@with_json
@pass_call
def reverse(call: Call, reading: str, approver: str, reader: str, wait_s: float) -> None:
    """Take the load on the card in the reader off it again; `pay-out` then returns its money."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        with card_on_reader(call, reader, wait_s) as (chosen, seen):
            inserted = insert_card(station, chosen, seen)
            try:
                taken = return_load(station, inserted, by, watching(call), reading=reading)
            finally:
                inserted.close()
    _answer(call, taken)


@click.command("return")
@approver_option
@reader_option
@wait_option
@with_json
@pass_call
def give_back(call: Call, approver: str, reader: str, wait_s: float) -> None:
    """Give up the paid load that is not on the card in the reader; `pay-out` returns its money."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        with card_on_reader(call, reader, wait_s) as (chosen, seen):
            inserted = insert_card(station, chosen, seen)
            try:
                owed = request_refund(station, inserted, by)
            finally:
                inserted.close()
    _answer(call, owed)


def _answer(call: Call, intent: TopUp) -> None:
    answer = {
        "intent": intent.topup_id,
        "account_no": intent.account_no,
        "state": intent.state,
        "fen": intent.money.fen,
    }
    said = f"{word(f'state.{intent.state.value}', call.words)}  {intent.money}"
    owed = [] if intent.is_given else [f"pay-out {intent.topup_id}"]
    call.output.answer(answer, [said, *owed])
