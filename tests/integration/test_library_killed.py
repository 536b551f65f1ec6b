"""A station is killed while a maker's library writes: both processes die, one load is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cardstation.services.verify import verify
from tests.kit.e2e import until
from tests.kit.maker_library import BOTH, HOUSEHOLD, Plastic, build
from tests.kit.station import open_desk

ROOT = Path(__file__).parents[2]
LONG_S = 60


def station(home: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.kit.library_station", str(home), str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def bridges_of(folder: Path) -> list[int]:
    """The processes that have a library of this folder loaded: they work in it."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if place.readlink() == folder:
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("when", ["hang_before", "hang_after"])
@pytest.mark.parametrize("name", BOTH)
def test_killed_while_the_library_writes(tmp_path: Path, name: str, when: str) -> None:
    folder, home = tmp_path / "libraries", tmp_path / "home"
    slot = build(folder, name, timeout_s=LONG_S)
    slot.lay(Plastic.of(HOUSEHOLD))
    slot.tell("write", when)
    first = station(home, folder)
    assert until(slot.obeyed, LONG_S)
    written = when == "hang_after"
    assert until(lambda: slot.seen().counter == (51 if written else 50), LONG_S)
    assert len(bridges_of(folder)) == 1
    os.kill(first.pid, signal.SIGKILL)
    first.communicate(timeout=LONG_S)
    assert until(lambda: not bridges_of(folder), LONG_S)

    second = station(home, folder)
    told, _ = second.communicate(timeout=LONG_S)
    assert second.returncode == 0
    steps = told.split()
    assert steps[-1] == "sealed"
    assert ("write" in steps) is not written
    card = slot.seen()
    assert (card.quantity, card.counter) == (29_000, 51)
    assert not bridges_of(folder)

    desk = open_desk(home)
    assert desk.states().count("sealed") == 1
    assert verify(desk.station).ok
    desk.station.store.close()
