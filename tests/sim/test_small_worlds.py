"""Two hundred small worlds, every kind of bad luck, and planted faults that must be found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from tests.sim.many import play_small
from tests.sim.plants import PLANTED
from tests.sim.play import play
from tests.sim.watch import Broken
from tests.sim.world import Size, small

GROUPS, EACH = 5, 26
BUSY = Size(3, 60, 60, 0.4)
TRIES = 25
CROWDED = Size(3, 20, 120, 0.2)
"""So few households meet several desks with something open."""
EVERY_KIND = [f"crowd {number}" for number in (0, 6, 10, 20, 44, 72, 94)]
HAPPENS = {
    "lost": ("fault: request lost", "fault: answer lost"),
    "duplicate": ("fault: request doubled",),
    "late, after what was sent since": ("fault: message delayed", "fault: message late"),
    "partition": ("fault: station parted", "fault: message into a partition"),
    "kill": ("fault: station killed",),
    "backup put back": ("fault: store restored", "stations rejoined"),
    "anchor lost": ("fault: store restored, anchor too",),
    "clone": ("fault: station cloned",),
    "copied card": ("fault: card copied",),
    "clock jump": ("fault: clock jumped",),
    "torn card": ("fault: card pulled", "fault: card pulled out of a meter"),
    "dispute": ("disputes", "settled by people: not_loaded"),
    "refund": ("refund granted", "return with a reading granted", "paid back"),
    "bank": ("orders paid at a bank", "loads by a bank"),
    "loading machine": ("orders loaded by machines", "loads by others"),
    "other writers' file": ("off-book loads closed by their channel's file",),
    "a desk sells on": ("sales after a load by others",),
    "shift": ("shifts opened", "shifts closed", "shifts closed over or short"),
    "money of a bag": ("bags paid", "arrears paid", "remainders given back"),
    "lease": ("leases taken", "leases given back", "orders loaded at the counter"),
}
"""What is counted of every kind of bad luck of a world, and of its ends."""


@pytest.mark.parametrize("group", range(GROUPS))
def test_small_worlds(group: int, record_property: Callable[[str, object], None]) -> None:
    seeds = range(group * EACH, (group + 1) * EACH)
    total, broken = play_small(seeds)
    assert not broken, broken[0]
    assert total["worlds"] == EACH
    assert total["sales"] > EACH
    said = f"small worlds {seeds}: {total['steps']} steps, {total['sales']} sales, broken 0"
    record_property("figures", said)


@pytest.mark.parametrize("seed", ["busy 1", "busy 2", "busy 3"])
def test_crowded_worlds(seed: str) -> None:
    report = play(seed, CROWDED)
    assert report.counts["households with a card and a meter"] == CROWDED.households


def test_every_kind_of_bad_luck_happens() -> None:
    """One world in hundreds has a refund or a lost anchor: these few have them all."""
    total: Counter[str] = Counter()
    for seed in EVERY_KIND:
        report = play(seed, CROWDED)
        total.update(report.counts)
        total.update(report.named)
    never = {kind: [name for name in names if not total[name]] for kind, names in HAPPENS.items()}
    assert not any(never.values()), never


def test_people_end_what_another_desk_wrote_over_and_took_off() -> None:
    report = play("crowd 58", CROWDED)
    assert report.counts["settled by people: not_loaded"]
    assert not any(name.startswith("left to humans") for name in report.named)


def test_a_seed_is_one_story() -> None:
    program = (
        "from tests.sim.play import play; from tests.sim.world import Size;"
        "print(play(12, Size(3, 60, 60, 0.4)).digest)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert told[0] == told[1]
    assert told[0].strip()
    assert play(12, Size(3, 60, 60, 0.4)).digest == told[0].strip()


def test_other_seeds_are_other_stories() -> None:
    assert len({play(seed, small(seed)).digest for seed in (1, -1, 2, 10**40)}) == 4


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(Broken, match=rf"^seed .*: Broken: .*({PLANTED[plant]})"):
        _busy_worlds(TRIES)


def test_without_a_fault_the_busy_worlds_hold() -> None:
    _busy_worlds(3)


def _busy_worlds(count: int) -> None:
    for seed in range(count):
        play(seed, BUSY)
