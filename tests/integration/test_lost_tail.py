"""A store put back from a backup whose lost days nobody else has: they are only on the cards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services import top_up as selling
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, take
from tests.kit.two_stations import open_station

SECOND = Approval("supervisor")


def closed(desk: Desk) -> None:
    desk.reader.pull()
    desk.station.store.close()


def put_back(folder: Path, copy: Path) -> None:
    for name in ("station.db-wal", "station.db-shm"):
        (folder / "S001" / name).unlink(missing_ok=True)
    shutil.copy2(copy, folder / "S001" / "station.db")


def test_two_people_go_on_over_what_was_never_sent(tmp_path: Path) -> None:
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")
    desk.sell(card)
    sync(desk.station)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001")
    take(card)
    desk.sell(card)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")

    desk = open_station(tmp_path, centre, "S001")
    take(card)
    with pytest.raises(Refusal) as stopped:
        desk.sell(card)
    assert stopped.value.code == "store_rolled_back"
    rejoin(desk.station, SECOND)
    desk.sell(card)
    sync(desk.station)
    assert verify(desk.station).ok
    with desk.station.store.reading() as reading:
        assert [one.code for one in reading.outbox.exceptions()] == ["counter_gap"]
    closed(desk)


def test_recovery_leaves_a_store_alone_that_is_older_than_its_anchor(tmp_path: Path) -> None:
    """What is open in it may be paid and loaded since: nothing of it is voided."""
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")

    class Cut(BaseException): ...

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "collect", cut)
        with pytest.raises(Cut):
            desk.sell(card)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001")
    recover(desk.station)
    desk.sell(card)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")

    desk = open_station(tmp_path, centre, "S001")
    (left,) = recover(desk.station)
    assert left.state == TopUpState.QUOTED.value
    closed(desk)


def test_no_receipt_number_is_printed_twice(tmp_path: Path) -> None:
    """The lost part had printed a number that no record holds any more."""
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")
    printed = [desk.sell(card).receipt_no]
    sync(desk.station)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    for epoch in (2, 3):
        desk = open_station(tmp_path, centre, "S001")
        take(card)
        printed.append(desk.sell(card).receipt_no)
        closed(desk)
        put_back(tmp_path, tmp_path / "copy.db")
        desk = open_station(tmp_path, centre, "S001")
        rejoin(desk.station, SECOND)
        with desk.station.store.reading() as reading:
            opened = reading.journal.last()
        assert opened is not None
        assert (opened.entry.epoch, opened.entry.detail) == (epoch, printed[0])
        closed(desk)
    desk = open_station(tmp_path, centre, "S001")
    take(card)
    printed.append(desk.sell(card).receipt_no)
    assert printed == [
        "S001-2026-000001",
        "S001-2026-000002",
        "S001-E2-2026-000002",
        "S001-E3-2026-000002",
    ]
    sync(desk.station)
    assert verify(desk.station).ok
    closed(desk)
