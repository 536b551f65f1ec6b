"""Who brings a restored station back, and who works there afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.shift import Approval, Role
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.approve import approve, come_forward, prove
from cardstation.services.change_pin import change_pin
from cardstation.services.change_roles import change_roles
from cardstation.services.clerks import clerks
from cardstation.services.open_shift import open_shift
from cardstation.services.rejoin import rejoin
from cardstation.services.retire_clerk import retire_clerk
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    EYES,
    FLOAT,
    PINS,
    PlainPins,
    RestartableClock,
    desk_with_clerks,
)
from tests.kit.station import Desk, card_of, open_desk

HOME = cards.household()
YES = Approval(CHIEF)
DORA = "dora"


class Restored:
    """A desk with clerks whose folder was copied before the day."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self.opened = folder, opened
        self.ledger, self.clock = MemoryLedger(), RestartableClock()

    def open(self, name: str) -> Desk:
        desk = desk_with_clerks(self.folder / name, ledger=self.ledger, clock=self.clock)
        self.opened.callback(desk.station.store.close)
        return desk

    def day(self, desk: Desk, work: Callable[[Desk], Any]) -> Desk:
        """The backup is made, the day happens, the machine is lost; the backup is put back."""
        sync(desk.station)
        desk.station.store.close()
        shutil.copytree(desk.station.store.home, self.folder / "backup")
        desk = self.open(desk.station.store.home.name)
        work(desk)
        sync(desk.station)
        desk.reader.pull()
        desk.station.store.close()
        back = self.open("backup")
        with pytest.raises(LedgerRefused, match="ledger_ahead"):
            sync(back.station)
        return back


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def a_sale(desk: Desk) -> None:
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    desk.sell(card_of(HOME))


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as stop:
        do()
    return stop.value.code


def ok(desk: Desk) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_two_people_with_their_own_pins_also_while_no_shift_is_open(restored: Restored) -> None:
    desk = restored.day(restored.open("day"), a_sale)
    station = desk.station
    yes = approve(station, CHIEF, PINS[CHIEF])
    assert refused(lambda: rejoin(station, yes)) == "rejoin_needs_both"
    alone = come_forward(station, CHIEF, PINS[CHIEF])
    assert refused(lambda: rejoin(station, yes, clerk=alone)) == "second_person_same"
    rejoin(station, yes, clerk=come_forward(station, BEN, PINS[BEN]))
    with station.store.reading() as reading:
        last = reading.journal.last()
    assert last is not None
    assert (last.entry.kind, last.entry.clerk, last.entry.approver) == ("epoch", BEN, CHIEF)
    ok(desk)


def test_the_clerk_of_an_open_shift_is_the_first_person(restored: Restored) -> None:
    desk = restored.open("day")
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)
    desk = restored.day(desk, lambda one: one.sell(card_of(HOME)))
    assert refused(lambda: rejoin(desk.station, Approval(ANNA))) == "second_person_same"
    rejoin(desk.station, approve(desk.station, CHIEF, PINS[CHIEF]))
    ok(desk)


def test_one_person_alone_is_told_what_to_do(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    desk = open_desk(tmp_path / "day", ledger=ledger)
    station = replace(desk.station, pins=PlainPins())
    add_clerk(station, CHIEF, PINS[CHIEF], {Role.SUPERVISOR}, by=None)
    with pytest.raises(Refusal) as stop:
        rejoin(station, YES, clerk=Approval(CHIEF))
    assert (stop.value.code, stop.value.values["count"]) == ("rejoin_needs_clerks", 1)
    empty = replace(station, store=station.store, training=False)
    station.store.close()
    with open_desk(tmp_path / "new", ledger=ledger).station.store as store:
        real = replace(empty, store=store)
        assert refused(lambda: rejoin(real, YES)) == "rejoin_needs_clerks"


def test_who_left_does_not_come_back_with_an_old_store(restored: Restored) -> None:
    def changes(desk: Desk) -> None:
        station = desk.station
        a_sale(desk)
        retire_clerk(station, BEN, by=YES)
        add_clerk(station, DORA, "640281", {Role.TELLER}, by=YES)
        change_roles(station, ANNA, {Role.TELLER, Role.SUPERVISOR}, by=YES)
        change_pin(station, EYES, "730158", by=YES)

    desk = restored.day(restored.open("day"), changes)
    station = desk.station
    rejoin(station, approve(station, CHIEF, PINS[CHIEF]), clerk=Approval(BEN))
    found = {one.name: one for one in clerks(station)}
    assert {name for name, one in found.items() if one.active} == {CHIEF, ANNA, DORA, EYES}
    assert found[ANNA].roles == {Role.TELLER, Role.SUPERVISOR}
    assert refused(lambda: prove(station, BEN, PINS[BEN])) == "clerk_unknown"
    for name, pin in ((DORA, "640281"), (EYES, PINS[EYES]), (EYES, "730158")):
        assert refused(lambda name=name, pin=pin: prove(station, name, pin)) == "pin_lost"
    ok(desk)
    change_pin(station, DORA, "502817", by=YES)
    change_pin(station, DORA, "640281", pin="502817")
    assert prove(station, DORA, "640281").name == DORA
    sync(station)
    ok(desk)


def test_the_last_supervisor_keeps_a_pin(restored: Restored) -> None:
    desk = restored.day(
        restored.open("day"), lambda one: change_pin(one.station, CHIEF, "730158", by=YES)
    )
    yes = approve(desk.station, CHIEF, PINS[CHIEF])
    rejoin(desk.station, yes, clerk=Approval(ANNA))
    assert prove(desk.station, CHIEF, PINS[CHIEF]).name == CHIEF


def test_a_store_that_is_not_the_newest_changes_no_clerk(restored: Restored) -> None:
    """It would write another history of its own."""
    station = restored.day(restored.open("day"), a_sale).station
    changes: tuple[Callable[[], Any], ...] = (
        lambda: add_clerk(station, DORA, "640281", {Role.TELLER}, by=YES),
        lambda: retire_clerk(station, BEN, by=YES),
        lambda: change_roles(station, BEN, {Role.AUDITOR}, by=YES),
        lambda: change_pin(station, BEN, "730158", by=YES),
    )
    assert {refused(change) for change in changes} == {"selling_frozen"}
    change_pin(station, BEN, "730158", pin=PINS[BEN])
    assert prove(station, BEN, "730158").name == BEN


def test_who_left_does_not_come_back_with_a_copy_of_yesterday(restored: Restored) -> None:
    """Nothing was sold since, and no ledger answers: the anchor alone tells."""
    desk = restored.open("day")
    desk.station.store.close()
    shutil.copy2(restored.folder / "day" / "station.db", restored.folder / "copy.db")
    desk = restored.open("day")
    retire_clerk(desk.station, BEN, by=YES)
    desk.station.store.close()
    for name in ("station.db-wal", "station.db-shm"):
        (restored.folder / "day" / name).unlink(missing_ok=True)
    shutil.copy2(restored.folder / "copy.db", restored.folder / "day" / "station.db")
    desk = restored.open("day")
    stop = refused(lambda: open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT))
    assert stop == "store_rolled_back"
