"""The station whose power is cut: a process that runs a bag of cards and says what is certain.

    python -m tests.kit.cut_station HOME CARDS BATCH [--forgetful]

It is the product's own station on the product's own store; only the reader is in memory, and no
ledger is asked. After
every commit it says `acked` and how far each record of the store had come, and after every line
which receipt or stop it had.
`--forgetful` is the control that must lose: its writer does not wait for the disk at a commit.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cardstation.bootstrap.station import open_station
from cardstation.errors import Refusal
from cardstation.services.identify import insert_card
from cardstation.services.load_line import load_line
from cardstation.services.recover import recover
from cardstation.services.station import Station
from cardstation.settings import Settings, load_settings
from cardstation.sql import engine
from cardstation.store import Store, Unit
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.station import nobody

MARKS = """SELECT (SELECT coalesce(max(seq), 0) FROM journal),
                  (SELECT coalesce(max(no), 0) FROM topup_log),
                  (SELECT coalesce(max(no), 0) FROM code_attempt
                   WHERE event <> 'accepted' OR tries_left IS NULL)"""
"""How far the records have come that nothing is ever taken out of.

That a code was accepted may be lost until the seal, where the card says how many tries it has.
"""
DONE = {"line_already_done", "load_still_on_card"}


class AckedUnit(Unit):
    """Says what a commit made certain, once it came back."""

    def commit(self) -> None:
        [marks] = self._connection.exec_driver_sql(MARKS)
        super().commit()
        click.echo(json.dumps({"acked": list(marks)}))


def forget_to_sync() -> None:
    """`synchronous = NORMAL`: the log is written at a commit and left to the kernel."""
    as_it_should = engine._prepare_writer

    def prepare(connection: Any, record: object) -> None:
        as_it_should(connection, record)
        connection.execute("PRAGMA synchronous = NORMAL")

    engine._prepare_writer = prepare


def run_bag(station: Station, cards: Path, batch_id: str) -> None:
    """Recover, then every card of the bag once, as a clerk would lay them in."""
    recover(station)
    reader = VirtualReader()
    for path in sorted(cards.glob("[!.]*.json")):
        card = VirtualCard.load(path)
        card.keep_in(path)
        reader.insert(card)
        _load(station, reader, batch_id)
        reader.pull()


def _load(station: Station, reader: VirtualReader, batch_id: str) -> None:
    presence = reader.wait_card(0)
    assert presence is not None
    inserted = insert_card(station, reader, presence)
    said = {"card": inserted.content.identity.card_no}
    try:
        said["receipt"] = load_line(station, batch_id, inserted, nobody).receipt_no
    except Refusal as stop:
        if stop.code not in DONE:
            raise
        said["stop"] = stop.code
    finally:
        inserted.close()
    click.echo(json.dumps(said))


def settings_on(disk: Path) -> Settings:
    """Of a station whose anchor lies on the disk of its store: both lose what was not synced."""
    return load_settings(disk, {"CARDSTATION_STATE": str(state_on(disk))})


def state_on(disk: Path) -> Path:
    """Where that anchor is kept."""
    return disk / "state"


def main() -> None:
    """Run until the bag is done or the power is gone."""
    words = argparse.ArgumentParser()
    words.add_argument("home", type=Path)
    words.add_argument("cards", type=Path)
    words.add_argument("batch")
    words.add_argument("--forgetful", action="store_true")
    given = words.parse_args()
    if given.forgetful:
        forget_to_sync()
    Store.unit_kind = AckedUnit
    settings = replace(settings_on(given.home), ledger_url="")
    with open_station(settings, True) as station:
        run_bag(station, given.cards, given.batch)


if __name__ == "__main__":
    main()
