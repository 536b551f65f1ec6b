"""One life of a station on a disk that forgets: packed, mounted, started, cut or done."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.bootstrap.card_box import FOLDER, CardBox
from cardstation.bootstrap.station import open_station
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.pay_batch import pay_batch
from drivers.virtual import VirtualCard
from tests.kit.cut_station import settings_on
from tests.kit.e2e import PATIENCE_S, Desk, Process
from tests.kit.e2e_cards import TARIFFS, Person, people, write_directory, write_list
from tests.kit.pcsc import until
from tests.kit.proven import not_proven

PATHS = {"PYTHONPATH": str(Path(__file__).parents[2])}
DEVICE = Path("/dev/fuse")
YUAN = 100
WORLD = "training"
"""Cards and their wear: not on the disk of the station, though in its folder."""


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
    """Skip, with the reason, where no file system can be mounted; fail where it was demanded."""
    if not DEVICE.exists():
        not_proven(f"{DEVICE} is missing", by_machine=True)
    if not os.access(DEVICE, os.R_OK | os.W_OK):
        not_proven(f"{DEVICE} cannot be opened", by_machine=True)
    if shutil.which("fusermount3") is None:
        not_proven("fusermount3 is missing")


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
                not_proven("mounting is refused", by_machine=True)
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
    settings = settings_on(desk.home)
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
    images = {one.card_no: image_in(folder, one.card_no) for one in persons}
    bag = Bag(folder, batch, persons, images)
    disk = shutil.copytree(folder, desk.folder / "dry")
    effects = life(desk, disk, bag, Told(), cut_at=0, seed=0)["effects"]
    return replace(bag, effects=effects)


def image_in(home: Path, card_no: str) -> bytes:
    return VirtualCard.load(home / FOLDER / f"{card_no}.json").image


def life(
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
