"""Gives the window what is done with a card as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.shift import Approval
from cardstation.ports.reader import Presence, Reader
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.clear_card import clear_card, give_up_clearing
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.reissue_card import reissue_card
from cardstation.services.station import Station
from cardstation.services.unblock_card import unblock_card
from ui.desk_services import IssueServices, Watch


def issue_services(
    station: Station,
    reader_of: Callable[[str], Reader],
    print_slip: Callable[[CardSlip], Path],
) -> IssueServices:
    """New cards, dead ones, and those in the place of others.

    Args:
        station: The desk.
        reader_of: A reader by its name.
        print_slip: Files and prints a slip.
    """

    def issued(lying: Presence, account_no: str, maker: str, watch: Watch) -> CardSlip:
        return issue_card(station, reader_of(lying.reader), lying, account_no, watch, maker=maker)

    def cleared(lying: Presence, second: Approval, why: str, watch: Watch) -> CardSlip:
        return clear_card(station, reader_of(lying.reader), lying, second, why, watch)

    def reissued(
        lying: Presence,
        account_no: str,
        second: Approval,
        why: str,
        maker: str,
        meter: MeterRead | None,
        watch: Watch,
    ) -> CardSlip:
        said = (station, reader_of(lying.reader), lying, account_no, second, why, watch)
        return reissue_card(*said, maker=maker, meter=meter)

    def cancelled(lying: Presence, second: Approval, why: str, watch: Watch) -> CardSlip:
        return cancel_reissue(station, reader_of(lying.reader), lying, second, why, watch)

    return IssueServices(
        tuple(one.code for one in station.makers if one.training is station.training),
        issued,
        print_slip,
        cleared,
        partial(lay_aside, station),
        partial(give_up_clearing, station),
        reissued,
        cancelled,
        partial(unblock_card, station),
    )
