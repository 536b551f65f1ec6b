"""Power cuts under a real station: a bag of cards, a disk that forgets, and what must be left.

One cut is told by one number, its seed: at which effect the power fails, what of the unsynced
survives, whether it fails again during the recovery. The station is killed in the very call of
that effect; then the disk forgets, is mounted anew, and a new station recovers with the same
cards. `CUTS=1 SEED=… ./dev soak power` tells one again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.card_box import FOLDER, CardBox
from cardstation.bootstrap.plastic import money_on_cards
from cardstation.bootstrap.station import open_station
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.pay_batch import pay_batch
from cardstation.settings import load_settings
from drivers.virtual import VirtualCard
from tests.kit.cut_station import MARKS
from tests.kit.e2e import PATIENCE_S, Desk, Process
from tests.kit.e2e_cards import TARIFFS, Person, people, write_directory, write_list
from tests.kit.pcsc import until
from tests.kit.repeat import Seeded

PATHS = {"PYTHONPATH": str(Path(__file__).parents[2])}
YUAN = 100
AGAIN = 0.4
"""Chance of a second cut during the recovery."""
RECOVERY = 50
"""About so many effects has a start that finds a card half done, beside what is still to do."""
WORLD = "training"
"""Cards and their wear: not on the disk of the station, though in its folder."""
NAMED = {"armed", "outcome_unknown", "sealed"}


@dataclass(frozen=True, slots=True)
class Bag:
    """A folder as it was before the run, and how many effects a run without a cut has."""

    folder: Path
    batch: str
    persons: Sequence[Person]
    images: dict[str, bytes]
    effects: int = 0


@dataclass(slots=True)
class Told:
    """What the station said was certain, over all its lives, and where each was cut."""

    marks: list[int] = field(default_factory=lambda: [0, 0, 0])
    receipts: dict[str, str] = field(default_factory=dict)
    cuts: list[Any] = field(default_factory=list)

    def hear(self, out: str) -> None:
        """Take in the lines of one life; the last may have been cut."""
        for line in out.splitlines(keepends=True):
            said = json.loads(line) if line.endswith("\n") else {}
            self.marks = [
                max(pair) for pair in zip(self.marks, said.get("acked", self.marks), strict=True)
            ]
            if said.get("receipt"):
                self.receipts[said["card"]] = said["receipt"]


def need_forgetful_disk() -> None:
    """Skip, with the reason, where no file system can be mounted."""
    lacking = ""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        lacking = "/dev/fuse cannot be opened"
    elif shutil.which("fusermount3") is None:
        lacking = "fusermount3 is missing"
    if lacking:
        pytest.skip(f"{lacking}: power cuts under a real file system are not proven here")


@contextmanager
def mounted(desk: Desk, disk: Path, cut_at: int, seed: int) -> Iterator[Process]:
    """The disk under the desk's home; unmounted at the end, whatever happens."""
    desk.home.mkdir(exist_ok=True)
    words = ("--cut-at", cut_at, "--seed", seed, "--kept", WORLD)
    served = desk.module("tests.kit.forgetful_fs", desk.home, disk, *words, **PATHS)
    try:
        if served.out.wait_for("mounted", 0, time.monotonic() + PATIENCE_S) is None:
            told = str(served.told())
            if "not permitted" in told or "Permission denied" in told:
                pytest.skip("mounting is refused: power cuts are not proven here")
            pytest.fail(told)
        yield served
        assert until(lambda: _unmount(desk.home)), str(served.told())
    finally:
        _unmount(desk.home, "-z")


def _unmount(place: Path, *how: str) -> bool:
    command = ["fusermount3", "-u", *how, str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def pack(desk: Desk, cards: int = 3) -> Bag:
    """A station with a paid list and its cards, on an ordinary disk; and one run without a cut."""
    persons = people(cards)
    settings = load_settings(desk.home, {})
    with open_station(settings, True) as station:
        import_directory(station, write_directory(desk.folder / "d.csv", persons), TARIFFS)
        rows = [(one, str(YUAN)) for one in persons]
        batch = import_list(station, write_list(desk.folder / "list.xlsx", rows)).batch_id
        paid = Money.of_yuan(str(YUAN * cards))
        pay_batch(station, batch, tender=Tender.CASH, money=paid)
        box = CardBox(station, desk.home)
        for one in persons:
            box.make(box.household(one.account_no))
    folder = desk.home.rename(desk.folder / "packed")
    images = {one.card_no: _image(folder, one.card_no) for one in persons}
    bag = Bag(folder, batch, persons, images)
    disk = shutil.copytree(folder, desk.folder / "dry")
    effects = _life(desk, disk, bag, Told(), cut_at=0, seed=0)["effects"]
    return replace(bag, effects=effects)


def _image(home: Path, card_no: str) -> bytes:
    return VirtualCard.load(home / FOLDER / f"{card_no}.json").image


def _life(
    desk: Desk, disk: Path, bag: Bag, told: Told, *, cut_at: int, seed: int, how: str = ""
) -> Any:
    """One start of the station on this disk, until it is done or its power is cut."""
    with mounted(desk, disk, cut_at, seed) as served:
        words = (desk.home, desk.home / FOLDER, bag.batch, *filter(None, [how]))
        station = desk.module("tests.kit.cut_station", *words, **PATHS)
        switch = threading.Thread(target=_switch, args=(served, station))
        switch.start()
        answer = station.answer()
        told.hear(answer.out)
        assert answer.status in (0, -9), str(answer)
    lost = json.loads(served.answer().out.splitlines()[-1])
    switch.join(PATIENCE_S)
    assert lost["cut"] == (answer.status == -9), f"{lost}\n{answer}"
    return lost


def _switch(served: Process, station: Process) -> None:
    """When the disk says that the power is gone, it is gone for the processor too."""
    if served.out.wait_for("cut", 1, time.monotonic() + 2 * PATIENCE_S) == "cut\n":
        station.strike()
        served.say("struck")


def prove_cuts(desk: Desk, bag: Bag, count: int, seed: int) -> Counter[str]:
    """So many stories; returns in what the power failed, and how often."""
    where: Counter[str] = Counter()
    for number in range(seed, seed + count):
        with Seeded(number, "CUTS=1 ./dev soak power"):
            told = cut_once(desk, bag, number)
        where.update(_kind(cut["cut_in"]) for cut in told.cuts)
        where["forgotten sectors"] += sum(cut["sectors"] for cut in told.cuts)
        where["forgotten names"] += sum(cut["entries"] for cut in told.cuts)
    return where


def _kind(cut_in: str) -> str:
    effect, _, path = cut_in.partition(" ")
    return "card" if path.startswith(WORLD) else f"{effect} {path}"


def prove_control(desk: Desk, bag: Bag, most: int, seed: int) -> tuple[int, list[str]]:
    """Cut the forgetful writer until it loses; returns how many cuts that took, and what."""
    for number in range(seed, seed + most):
        if missing := control_loses(desk, bag, number):
            return number - seed + 1, missing
    pytest.fail(f"{most} power cuts, and a writer that never waits for the disk lost nothing")


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
        told.cuts.append(_life(desk, disk, bag, told, cut_at=moment, seed=chance.getrandbits(32)))
        missing = missing_from(disk, told)
        assert not missing, f"acknowledged and lost: {missing}"
        _named(disk, bag)
        again = chance.random() < AGAIN
    _life(desk, disk, bag, told, cut_at=0, seed=0)
    _prove(desk, disk, bag, told)
    shutil.rmtree(disk)
    return told


def control_loses(desk: Desk, bag: Bag, seed: int) -> list[str]:
    """The same with a writer that does not wait for the disk: what was acknowledged and lost."""
    chance = random.Random(seed)
    disk = desk.folder / f"control-{seed}"
    shutil.copytree(bag.folder, disk)
    told = Told()
    moment = chance.randrange(bag.effects // 4, bag.effects + 1)
    seed_of_disk = chance.getrandbits(32)
    _life(desk, disk, bag, told, cut_at=moment, seed=seed_of_disk, how="--forgetful")
    return missing_from(disk, told)


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


def _named(disk: Path, bag: Bag) -> None:
    """No card carries a byte that no surviving record names."""
    with _survived(disk) as store:
        for card_no, before in bag.images.items():
            found = store.execute("SELECT state FROM topup WHERE card_no = ?", [card_no])
            states = {str(state) for (state,) in found}
            assert _image(disk, card_no) == before or states & NAMED, (card_no, states)


def _prove(desk: Desk, disk: Path, bag: Bag, told: Told) -> None:
    """`cardstation verify`, the cards, and the receipts a customer may hold already."""
    proof = desk.run("verify", CARDSTATION_HOME=str(disk))
    fen = 100 * YUAN * len(bag.persons)
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == fen
    with open_station(load_settings(disk, {}), False) as station:
        assert money_on_cards(station, CardBox(station, disk), bag.batch).fen == fen
        with station.store.reading() as reading:
            receipts = reading.receipts.of_batch(bag.batch)
    numbers = {one.card_no: one.receipt_no for one in receipts}
    assert len(receipts) == len(numbers) == len(bag.persons)
    assert told.receipts.items() <= numbers.items()
    counters = {one.card_no: one.purchase_counter for one in receipts}
    assert counters == {one.card_no: one.counter + 1 for one in bag.persons}
