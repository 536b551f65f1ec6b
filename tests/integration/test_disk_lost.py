"""A station's disk is lost with what it had not sent: the card alone tells of it, and is believed.

The sale goes on, and the purchase that is missing in the books is an open item with the image of
the card that shows it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from cardstation.central.books import totals
from cardstation.central.tables import exceptions
from cardstation.domain.exception_case import Kind
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.read_card import read_card
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.sync.http_ledger import HttpLedger
from drivers.virtual import VirtualCard
from tests.kit import cards
from tests.kit.postgres import Centre, TestKey
from tests.kit.station import Desk, card_of, open_desk, take

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

HOME = cards.household()
BEFORE, LOST, AFTER = "100", "60", "50"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def desk_at(home: Path, line: HttpLedger, opened: ExitStack, name: str = "S001") -> Desk:
    desk = open_desk(home, households=[HOME])
    opened.callback(desk.station.store.close)
    station = replace(desk.station, ledger=line, name=name, number=int(name[1:]))
    return replace(desk, station=station)


def sold_and_lost(home: Path, line: HttpLedger, opened: ExitStack) -> VirtualCard:
    """One sale was sent, one was not; then the folder, with the anchor in it, is gone."""
    card, desk = card_of(HOME), desk_at(home, line, opened)
    desk.sell(card, BEFORE)
    sync(desk.station)
    take(card)
    desk.sell(card, LOST)
    take(card)
    assert (home / "anchor").exists()
    desk.reader.pull()
    desk.station.store.close()
    shutil.rmtree(home)
    return card


@pytest.mark.parametrize("name", ["S001", "S002"])
def test_the_card_is_ahead_and_its_image_is_the_evidence(
    centre: Centre, tmp_path: Path, opened: ExitStack, name: str
) -> None:
    """The machine comes back under its own name, as a new epoch, or under a new number."""
    line = centre.station("S001", TestKey())
    card = sold_and_lost(tmp_path / "home", line, opened)
    if name == "S001":
        desk = desk_at(tmp_path / "home", line, opened)
        with pytest.raises(LedgerRefused, match="ledger_ahead"):
            sync(desk.station)
        rejoin(desk.station, Approval("supervisor"))
        known = desk.household().purchase_counter
    else:
        line = centre.station(name, TestKey())
        desk = desk_at(tmp_path / "home", line, opened, name)
        known = HOME.purchase_counter
    found = desk.insert(card)
    assert "off_book_purchase" in read_card(desk.station, found).warnings
    found.close()
    image_before = card.image
    receipt = desk.sell(card, AFTER)
    assert receipt.purchase_counter > known + 1
    sync(desk.station)
    gap_is_proven(desk, centre, image_before, card.image)
    assert verify(desk.station).ok


def gap_is_proven(desk: Desk, centre: Centre, before: bytes, after: bytes) -> None:
    """The open item, at the desk and in the books, names the image; the money is in no doubt."""
    evidence = hashlib.sha256(after).hexdigest()
    [item] = [one for one in exceptions_state(desk.station) if one.kind is Kind.ENTRY]
    assert (item.code, item.values["evidence"]) == ("counter_gap", evidence)
    with centre.books.engine.connect() as connection:
        [told] = connection.execute(select(exceptions)).all()
    assert (told.code, told.suspended, told.other) == ("counter_gap", False, evidence)
    assert not totals(centre.books.engine).classes.get("suspense")
    with desk.station.store.reading() as reading:
        sealed = reading.journal.at(item.seq)
        assert sealed is not None
        assert sealed.entry.proof == evidence
        [armed] = [
            one.entry
            for one in reading.journal.every()
            if one.entry.kind is EntryKind.ARMED and one.entry.subject == sealed.entry.subject
        ]
    assert armed.proof == hashlib.sha256(before).hexdigest()
    assert json.loads(armed.detail)["before"] == before.hex()
