"""`cardstation card unblock`: a reported card may be used again."""

from __future__ import annotations

import click

from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.ledger import EntryKind
from cardstation.services.desk_form import desk_form
from cardstation.services.unblock_card import unblock_card


@click.command()
@click.argument("card_no", metavar="CARD")
@click.option("--why", required=True, help="How it was found, or who reported it wrongly.")
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def unblock(call: Call, card_no: str, why: str, approver: str) -> None:
    """Take CARD off the list of reported cards (解锁), by two persons.

    Other locks: a meter is unlocked by `tool make unlock`; a card whose code tries are used up is
    reissued; one that waits for its own work is finished, or given up (`issue`, `clear`).
    """
    with call.doors.station(call.settings, True) as station:
        unblock_card(station, card_no, approved(call, station, approver), why)
        form = desk_form(station, EntryKind.CARD_UNBLOCKED, card_no)
    paper = call.doors.desk_form(form, call.settings)
    said = call.words("Reported no more: card {card_no}", card_no=card_no)
    call.output.answer({"card_no": card_no, "paper": paper}, [said, str(paper)])
