"""A station with a maker's library, as a process that can be killed: it sells to one card.

    python -m tests.kit.library_station HOME LIBRARY_FOLDER LIBRARY

It says `insert`ed, every step as it begins, and the receipt. Its reader is the library's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.services.identify import insert_card
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.top_up import top_up
from drivers.bridge.shelf import Shelf
from tests.kit.maker_library import beside
from tests.kit.station import open_desk

WAIT_S = 20


def say(step: Step) -> None:
    click.echo(step.value)


def main(home: Path, folder: Path) -> None:
    """Recover, then bring the card in the slot to its end."""
    shelf = Shelf.of_folder(folder)
    room = shelf.open()
    desk = open_desk(home)
    station = beside(desk.station, shelf)
    recover(station)
    [reader] = room.readers()
    presence = reader.wait_card(WAIT_S)
    assert presence is not None
    card = insert_card(station, reader, presence)
    found = resolve_card(station, card, say)
    if found.outcome is not Outcome.SEALED:
        wanted = TopUpRequest(
            money=Money.of_yuan("100"), tender=Tender.BANK_TRANSFER, reference="B1"
        )
        top_up(station, card, wanted, say)
    click.echo("sealed")
    card.close()
    room.close()
    station.store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
