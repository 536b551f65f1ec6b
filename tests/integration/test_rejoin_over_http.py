"""A restored station and the real ledger: frozen, brought back; acks are signed evidence."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from cardstation.central.signatures import genuine
from cardstation.domain.checkpoint import Checkpoint
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused, OutcomeUnknown
from cardstation.services.approve import approve
from cardstation.services.clerks import clerks
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.rejoin import rejoin
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.virtual import Tear
from tests.kit.postgres import CENTRE_KEY, Centre, TestKey
from tests.kit.shifts import ANNA, BEN, CHIEF, EYES, PINS, desk_on_duty
from tests.kit.station import card_of, neighbours, open_desk

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


def test_the_day_after_a_backup_comes_back_from_the_books(centre: Centre, tmp_path: Path) -> None:
    line, homes = centre.station(key=TestKey()), neighbours(3)
    made = open_desk(tmp_path / "day", households=homes)
    made.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", households=homes)
    station = replace(desk.station, ledger=line)
    for home in homes:
        desk.sell(card_of(home))
    sync(station)
    with station.store.reading() as reading:
        before = [one.raw for one in reading.journal.every()]
        receipts = reading.receipts.every()
    desk.station.store.close()
    back = open_desk(tmp_path / "backup", households=homes)
    restored = replace(back.station, ledger=line)
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(restored)
    assert rejoin(restored, Approval("supervisor")).verdict == ""
    with restored.store.reading() as reading:
        assert [one.raw for one in reading.journal.every()][:-1] == before
        assert reading.receipts.every() == receipts
        assert reading.journal.head().epoch == 2
    assert verify(restored).ok
    back.station.store.close()


def test_every_ack_is_kept_with_the_centres_own_word(centre: Centre, tmp_path: Path) -> None:
    line = centre.station(key=TestKey())
    desk = open_desk(tmp_path, households=neighbours(1))
    station = replace(desk.station, ledger=line)
    desk.sell(card_of(neighbours(1)[0]))
    sync(station)
    with desk.station.store.unit() as unit:
        query = text("SELECT acked_seq, acked_hash, epoch, nonce, signature FROM ledger_ack")
        row = unit.journal._connection.execute(query).one()
    told = Checkpoint("S001", row.epoch, row.acked_seq, row.acked_hash, row.nonce)
    assert genuine(CENTRE_KEY.public, bytes.fromhex(row.signature), told.message)
    desk.station.store.close()


def test_clerks_and_disputes_are_facts_of_the_books_too(centre: Centre, tmp_path: Path) -> None:
    """People's changes have no postings; what people settled is booked as if the card had told."""
    line, home = centre.station(key=TestKey()), neighbours(1)[0]
    desk = desk_on_duty(tmp_path / "day", households=[home])
    station = replace(desk.station, ledger=line)
    card = card_of(home)
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    (open_one,) = open_intents(station)
    yes = approve(station, CHIEF, PINS[CHIEF])
    dispute(station, open_one.intent_id, yes, "the card went under a lorry")
    untaken = MeterCount(home.purchase_counter, card_here=True)
    seen = "photo 118 of the meter"
    settle_dispute(station, open_one.intent_id, Finding.NOT_LOADED, seen, yes, untaken)
    pay_out(station, open_one.intent_id, yes)
    retire_clerk(station, BEN, by=yes)
    state = sync(station)
    assert (state.unsent, state.exceptions) == (0, ())
    centre.books.prove()
    assert verify(station).ok
    desk.station.store.close()
    back = open_desk(tmp_path / "new", households=[home], clock=desk.clock)
    people = replace(back.station, ledger=line, pins=desk.station.pins)
    rejoin(people, Approval(CHIEF))
    assert {one.name for one in clerks(people) if one.active} == {CHIEF, ANNA, EYES}
    assert open_intents(people) == ()
    assert verify(people).ok
    centre.books.prove()
    back.station.store.close()
