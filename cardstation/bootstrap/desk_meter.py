"""Gives the window its callables for a change of meter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_meter_change
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip, NewMeter
from cardstation.domain.shift import Approval
from cardstation.ports.reader import Presence, Reader
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.change_card import change_card
from cardstation.services.change_meter import change_meter, reckon_change
from cardstation.services.intent.whole_card import Watch
from cardstation.services.station import Station
from cardstation.settings import Settings
from ui.meter_services import MeterServices


def meter_services(
    station: Station,
    reader: Callable[[str], Reader],
    printed: Callable[[Path], Path],
    settings: Settings,
) -> MeterServices:
    """A change of meter behind the window.

    Args:
        station: The desk.
        reader: One of its readers, by name.
        printed: Prints a paper where a printer is set.
        settings: Where papers are filed, and in which language.
    """

    def reckon(account_no: str, new: NewMeter, read: FinalReading, old_no: str) -> Carried:
        return reckon_change(station, account_no, new, read, old_no=old_no)

    def change(
        account_no: str,
        new: NewMeter,
        read: FinalReading,
        old_no: str,
        agreed: Carried,
        by: Approval,
        why: str,
    ) -> MeterChangeSlip:
        return change_meter(station, account_no, new, read, agreed, by, why, old_no=old_no)

    def card(presence: Presence, account_no: str, watch: Watch) -> CardSlip:
        return change_card(station, reader(presence.reader), presence, account_no, watch)

    def print_form(slip: MeterChangeSlip) -> Path:
        return printed(write_meter_change(slip, settings.home / "papers", settings.language))

    return MeterServices(reckon, change, card, partial(cancel_meter_change, station), print_form)
