"""Lives of a desk's process under power cuts, over books and cards that outlive them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cardstation.errors import CardStationError, LedgerUnreachable
from cardstation.services.sync import sync
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.memory_ledger import Centre
from tests.kit.power import CutLine, CutLink, Power, PowerCut, store_under
from tests.kit.station import Desk, open_desk

HERE = "S001"
SPOILED = {"card_code_unknown", "code_tries_low"}
"""Why a card that was cut while its code changed is given up."""


def started(
    power: Power,
    home: Path,
    centre: Centre,
    cards: Sequence[VirtualCard],
    *,
    dialect: str = "acs",
    **more: Any,
) -> Desk:
    """A desk whose every effect (disk, ledger, reader, cards) this power may cut."""
    for card in cards:
        card.chip.power = power  # type: ignore[attr-defined]
    desk = open_desk(
        home,
        store=store_under(power),
        ledger=CutLine(HERE, centre, power),
        reader=VirtualReader(dialect=dialect, wrap=lambda link: CutLink(link, power)),
        **more,
    )
    desk.station = replace(desk.station, name=HERE, number=1)
    return desk


def one_life(start: Callable[[], Desk], tried: Callable[[Desk], str]) -> str:
    """One life of the process: what is tried is done, or what stopped it is told."""
    desk: Desk | None = None
    try:
        desk = start()
        stopped = tried(desk)
        _told(desk)
        return stopped
    except PowerCut:
        return "power_cut"
    finally:
        if desk is not None:
            desk.reader.pull()
            desk.station.store.close()


def _told(desk: Desk) -> None:
    try:
        sync(desk.station)
    except (LedgerUnreachable, CardStationError):
        return
