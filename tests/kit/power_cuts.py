"""Power cuts under a real station: a bag of cards, a disk that forgets, and what must be left.

One cut is told by one number, its seed: at which effect the power fails, what of the unsynced
survives, whether it fails again during the recovery. The station is killed in the very call of
that effect; then the disk forgets, is mounted anew, and a new station recovers with the same
cards. `CUTS=1 SEED=… ./dev soak power` tells one again.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.plastic import money_on_cards
from cardstation.bootstrap.station import open_station
from tests.kit.cut_station import MARKS, settings_on, state_on
from tests.kit.e2e import Desk
from tests.kit.power_life import WORLD, YUAN, Bag, Told, image_in, life
from tests.kit.repeat import Seeded

AGAIN = 0.4
"""Chance of a second cut during the recovery."""
RECOVERY = 50
"""About so many effects has a start that finds a card half done, beside what is still to do."""
CUTS = "power cuts"
NAMED = {"armed", "outcome_unknown", "sealed"}


def prove_cuts(desk: Desk, bag: Bag, count: int, seed: int) -> Counter[str]:
    """So many stories; returns in what the power failed, and how often."""
    where: Counter[str] = Counter()
    for number in range(seed, seed + count):
        with Seeded(number, "CUTS=1 ./dev soak power"):
            told = cut_once(desk, bag, number)
        where.update(_kind(cut["cut_in"]) for cut in told.cuts if cut["cut"])
        where[CUTS] += sum(bool(cut["cut"]) for cut in told.cuts)
        where["forgotten sectors"] += sum(cut["sectors"] for cut in told.cuts)
        where["forgotten names"] += sum(cut["entries"] for cut in told.cuts)
    assert where[CUTS] >= count, f"{where[CUTS]} power cuts in {count} stories"
    return where


def _kind(cut_in: str) -> str:
    effect, _, path = cut_in.partition(" ")
    return "card" if path.startswith(WORLD) else f"{effect} {path}"


def prove_control(desk: Desk, bag: Bag, most: int, seed: int) -> tuple[int, list[str]]:
    """Cut the forgetful writer until both looks have found something; after how many cuts, what.

    It must lose what it had acknowledged, and leave gas on a card that no record names.
    """
    found: list[str] = []
    for number in range(seed, seed + most):
        missing, unnamed = control_loses(desk, bag, number)
        found += missing + unnamed
        if missing and unnamed:
            return number - seed + 1, found
    pytest.fail(f"{most} power cuts under a writer that never waits for the disk: only {found}")


def cut_once(desk: Desk, bag: Bag, seed: int) -> Told:
    """One story: cut, look at what is left, recover (which may be cut too), prove."""
    chance = random.Random(seed)
    disk = desk.folder / f"disk-{seed}"
    shutil.copytree(bag.folder, disk)
    told = Told()
    left, again = bag.effects, True
    while again:
        moment = chance.randrange(1, left + 1)
        left += RECOVERY - moment
        told.cuts.append(life(desk, disk, bag, told, cut_at=moment, seed=chance.getrandbits(32)))
        missing = missing_from(disk, told)
        assert not missing, f"acknowledged and lost: {missing}"
        stray = unnamed(disk, bag)
        assert not stray, f"on a card and in no record: {stray}"
        again = chance.random() < AGAIN
    life(desk, disk, bag, told, cut_at=0, seed=0)
    _prove(desk, disk, bag, told)
    shutil.rmtree(disk)
    return told


def control_loses(desk: Desk, bag: Bag, seed: int) -> tuple[list[str], list[str]]:
    """The same with a writer that does not wait for the disk: what both looks find then."""
    chance = random.Random(seed)
    disk = desk.folder / f"control-{seed}"
    shutil.copytree(bag.folder, disk)
    told = Told()
    moment = chance.randrange(bag.effects // 4, bag.effects + 1)
    seed_of_disk = chance.getrandbits(32)
    life(desk, disk, bag, told, cut_at=moment, seed=seed_of_disk, how="--forgetful")
    return missing_from(disk, told), unnamed(disk, bag)


@contextmanager
def _survived(disk: Path) -> Iterator[sqlite3.Connection]:
    """The store as it is found; a copy, for reading rolls the log in."""
    copy = disk.with_name(f"{disk.name}-copy")
    copy.mkdir()
    for path in disk.glob("station.db*"):
        shutil.copy(path, copy)
    with closing(sqlite3.connect(copy / "station.db")) as store:
        yield store
    shutil.rmtree(copy)


def missing_from(disk: Path, told: Told) -> list[str]:
    """What the station had called certain and the disk does not have."""
    with _survived(disk) as store:
        [marks] = store.execute(MARKS)
        receipts = {str(no) for (no,) in store.execute("SELECT receipt_no FROM receipt")}
    names = ("journal", "topup_log", "code_attempt")
    missing = [
        f"{name}: {there} of {said}"
        for name, there, said in zip(names, marks, told.marks, strict=True)
        if there < said
    ]
    return missing + sorted(set(told.receipts.values()) - receipts)


def unnamed(disk: Path, bag: Bag) -> list[str]:
    """Cards that carry a byte which no surviving record names."""
    stray = []
    with _survived(disk) as store:
        for card_no, before in bag.images.items():
            found = store.execute("SELECT state FROM topup WHERE card_no = ?", [card_no])
            states = {str(state) for (state,) in found}
            if image_in(disk, card_no) != before and not states & NAMED:
                stray.append(f"card {card_no} {sorted(states)}")
    return stray


def _prove(desk: Desk, disk: Path, bag: Bag, told: Told) -> None:
    """`cardstation verify`, the cards, and the receipts a customer may hold already."""
    proof = desk.run("verify", CARDSTATION_HOME=str(disk), CARDSTATION_STATE=str(state_on(disk)))
    fen = 100 * YUAN * len(bag.persons)
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == fen
    with open_station(settings_on(disk), False) as station:
        assert money_on_cards(station, CardBox(station, disk), bag.batch).fen == fen
        with station.store.reading() as reading:
            receipts = reading.receipts.of_batch(bag.batch)
    numbers = {one.card_no: one.receipt_no for one in receipts}
    assert len(receipts) == len(numbers) == len(bag.persons)
    assert told.receipts.items() <= numbers.items()
    counters = {one.card_no: one.purchase_counter for one in receipts}
    assert counters == {one.card_no: one.counter + 1 for one in bag.persons}
