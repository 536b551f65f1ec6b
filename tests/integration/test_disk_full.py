"""A disk that takes no more, at any write of a sale: said, undone, and looked up at the next start.

Both failures are the real ones: SQLite's own limit of pages is the full disk, the system's limit of
a file's size fails the very write of a COMMIT.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import Mishap
from cardstation.services.answer_payment import answer_payment
from cardstation.services.recover import recover
from cardstation.services.resolve import resolve_card
from cardstation.services.verify import verify
from cardstation.store import Store
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.station import Desk, card_of, neighbours, open_desk

pytest_plugins = ("tests.kit.fast_disk",)

(HOME,) = neighbours(1)
LOADED = 29_000
LOG_ROOM = 20_000
MOST_STEPS = 60


@contextmanager
def no_write_behind(desk: Desk, step: int) -> Iterator[None]:
    """Writes fail that make any file longer than the log is and a little more with every step."""
    size = (desk.station.store.home / "station.db-wal").stat().st_size + step * LOG_ROOM
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_more_pages(desk: Desk, step: int) -> Iterator[None]:
    """The disk is full after a page more with every step."""
    with desk.station.store.unit() as unit:
        pages = unit._connection.exec_driver_sql("PRAGMA page_count").scalar_one() + step
        unit._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    yield


def litres_on(card: VirtualCard) -> int:
    """What the household's meter would take from it."""
    meter = VirtualMeter.of_card(OPEN4442.decode(card_of(HOME).image), OPEN4442)
    credited = meter.take(card.copy()).credited
    assert isinstance(credited, Volume)
    return credited.litres


def closed(desk: Desk) -> None:
    desk.reader.pull()
    desk.station.store.close()


def stopped_by(desk: Desk, card: VirtualCard) -> str:
    try:
        desk.sell(card)
    except Mishap as mishap:
        return mishap.code
    return ""


def next_start(home: Path, card: VirtualCard) -> None:
    """The disk has room again; the clerk counted the till, puts the card in, and sells."""
    desk = open_desk(home)
    for one in recover(desk.station):
        if one.code == "payment_question":
            answer_payment(desk.station, one.intent_id, taken=False)
    inserted = desk.insert(card)
    resolve_card(desk.station, inserted)
    inserted.close()
    with desk.station.store.reading() as reading:
        states = [one.state for one in reading.topups.every()]
    assert set(states) <= {TopUpState.SEALED, TopUpState.VOIDED}
    assert litres_on(card) == LOADED * states.count(TopUpState.SEALED)
    if TopUpState.SEALED not in states:
        desk.sell(card)
    assert litres_on(card) == LOADED
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    assert proof.taken_fen == proof.loaded_fen == 10_000
    closed(desk)


@pytest.mark.parametrize(
    ("disk", "code", "stops"),
    [
        (no_write_behind, "store_not_written", {"pay_pending", "paid", "armed"}),
        (no_more_pages, "store_full", {"paid"}),
    ],
)
def test_a_sale_meets_the_end_of_the_disk_at_each_of_its_writes(
    folder: Path,
    disk: Callable[[Desk, int], AbstractContextManager[None]],
    code: str,
    stops: set[str],
) -> None:
    stopped_in: set[str] = set()
    for step in range(MOST_STEPS):
        home, card = folder / str(step), card_of(HOME)
        desk = open_desk(home, households=[HOME])
        with disk(desk, step):
            stopped = stopped_by(desk, card)
        states = desk.states()
        closed(desk)
        if not stopped:
            break
        assert stopped == code
        stopped_in |= set(states[-1:])
        next_start(home, card)
    assert not stopped
    assert stopped_in >= stops


def test_a_mark_that_cannot_be_written_stops_before_the_card(tmp_path: Path) -> None:
    desk, card = open_desk(tmp_path, households=[HOME]), card_of(HOME)
    draft = tmp_path / "anchor.part"
    draft.mkdir()
    with pytest.raises(Mishap, match="store_not_written"):
        desk.sell(card)
    assert litres_on(card) == 0
    draft.rmdir()
    closed(desk)
    next_start(tmp_path, card)


def test_what_is_no_fault_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path) as store,
        pytest.raises(OperationalError, match="no such table"),
        store.unit() as unit,
    ):
        unit._connection.exec_driver_sql("DELETE FROM no_table")
