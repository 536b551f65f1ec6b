"""Card examinations for papers and pictures: made of virtual cards by the service itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from cardstation.domain.card_report import CardReport
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.services.examine_card import examine_card
from cardstation.services.station import Station
from drivers.layouts.findings import places_of
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit import cards
from tests.kit.station import Desk, card_of, open_desk

HOME = cards.household()
BY_LAYOUT = {rules.layout: rules for rules in reversed(MAKERS)}
"""A maker for every layout."""


def firmware_of(chip: str) -> str:
    """A reader that carries this chip."""
    return "part3" if chip == "mifare1k" else "acs"


def examined(
    station: Station, card: VirtualCard, firmware: str = "acs", *, mute: bool = False
) -> CardReport:
    """Put a card into a reader of its own and examine it."""
    reader = VirtualReader("ACS ACR39U ICC Reader 00 00", firmware)
    reader.insert(card, mute=mute)
    presence = reader.wait_card(0)
    assert presence is not None
    return examine_card(station, reader, presence, places_of)


def spoilt(card: VirtualCard, *places: int) -> VirtualCard:
    """Some bytes are others."""
    for at in places:
        card.chip.main[at] ^= 0x55
    return card


def stranger(card: VirtualCard) -> VirtualCard:
    """Somebody else wrote on it."""
    for block in range(1, len(card.chip.main) // 16):
        if not card.chip.contactless or block % 4 != 3:
            card.chip.main[block * 16] = block % 255
    return card


@contextmanager
def desk_of(
    households: tuple[Household, ...] = (HOME,), makers: tuple[MakerRules, ...] = MAKERS
) -> Iterator[Desk]:
    """A desk in a folder that goes away again."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Path(folder), households=households, makers=makers)
        try:
            yield desk
        finally:
            desk.station.store.close()


@cache
def card_reports() -> dict[str, CardReport]:
    """One of each kind that a paper looks different for."""
    with desk_of() as desk:
        station = replace(desk.station, company="长春城市燃气有限公司", training=False)
        contactless = card_of(HOME, BY_LAYOUT["openmf1k"])
        found = {
            "ours": examined(station, card_of(HOME)),
            "damaged": examined(station, spoilt(card_of(HOME), 0x24, 0x51, 0x69, 0x81)),
            "strange": examined(station, stranger(contactless), "part3"),
            "mute": examined(station, VirtualCard(), mute=True),
        }
    other = replace(HOME, card_no="88013025000099", meter=replace(HOME.meter, meter_no="QM17"))
    with desk_of((other,)) as desk:
        found["differs"] = examined(desk.station, card_of(HOME))
    return found
