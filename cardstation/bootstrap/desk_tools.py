"""Gives the window its callables for the cards of fitters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_tool_slip
from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolOrder
from cardstation.domain.tool_slip import ToolSlip
from cardstation.ports.reader import Presence, Reader
from cardstation.services.intent.whole_card import Watch
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.settle_tool_gas import settle_tool_gas
from cardstation.services.station import Station
from cardstation.services.take_back_tool import take_back_tool_card
from cardstation.services.tool_cards_state import tool_cards_state
from cardstation.settings import Settings
from ui.tool_services import ToolServices


def tool_services(
    station: Station,
    reader: Callable[[str], Reader],
    printed: Callable[[Path], Path],
    settings: Settings,
) -> ToolServices:
    """Tool cards behind the window.

    Args:
        station: The desk.
        reader: One of its readers, by name.
        printed: Prints a paper where a printer is set.
        settings: Where papers are filed, and in which language.
    """

    def make(
        presence: Presence, order: ToolOrder, by: Approval, why: str, watch: Watch
    ) -> ToolSlip:
        lane = reader(presence.reader)
        return make_tool_card(station, lane, presence, order, by, why, watch)

    def take_back(
        presence: Presence, by: Approval, why: str, as_it_is: bool, watch: Watch
    ) -> ToolSlip:
        lane = reader(presence.reader)
        return take_back_tool_card(station, lane, presence, by, why, watch, as_it_is=as_it_is)

    def print_slip(slip: ToolSlip) -> Path:
        return printed(write_tool_slip(slip, settings.home / "papers", settings.language))

    return ToolServices(
        make=make,
        take_back=take_back,
        lose=partial(lose_tool_card, station),
        settle=partial(settle_tool_gas, station),
        out=lambda every: tool_cards_state(station, every=every),
        print_slip=print_slip,
    )
