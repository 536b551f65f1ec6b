"""Every work on a card, on every chip, under every power cut; and pairs of cuts.

Issuing, binding, another card in a lost one's place and taking it back, clearing, tool cards; new
cards torn, and households whose cards are lost and found;
then what is sold, given, taken back and changed with a meter, on every chip but the first, whose
cuts `./dev soak sweep` makes.
"""

from __future__ import annotations

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import click
import pytest

from cardstation.domain.meter import CounterSchool
from cardstation.errors import CardStationError
from cardstation.services.intent import ids
from tests.integration.test_reissue_torn import CASES, steps_of, torn
from tests.kit.cut_lives import CutLab
from tests.kit.cut_works import WORKS
from tests.kit.fast_disk import fast_folder
from tests.kit.shared_engines import share_engines
from tests.property.test_reissue_walk import walk
from tests.soak import sweep
from tests.soak.figures import Figures

FIRSTS, SECONDS, WALKS = 31, 151, 200
BROKEN = (AssertionError, CardStationError)


def soak() -> Figures:
    """Cut all of them; a world that does not hold ends it, once every other was looked at."""
    total, began = Counter[str](), time.monotonic()
    parts = [
        *((str(work), partial(_cut, number)) for number, work in enumerate(WORKS)),
        *((f"{rules.code} torn", partial(_torn, number)) for number, rules in enumerate(CASES)),
        *((f"walks, {school}", partial(_walk, school)) for school in CounterSchool),
    ]
    with ProcessPoolExecutor() as pool:
        waiting = {pool.submit(_alone, part): name for name, part in parts}
        for count, ended in enumerate(as_completed(waiting), start=1):
            found = ended.result()
            total += found
            spent = f"{time.monotonic() - began:.0f} s: {count} of {len(parts)}"
            click.echo(f"  {spent}; {waiting[ended]}: {dict(found)}", err=True)
    total += Counter(sweep.chips())
    assert not total["broken worlds"], total
    return dict(total)


def _alone(part: Callable[[Path], Counter[str]]) -> Counter[str]:
    """In a folder of its own, with chance given back."""
    folder = fast_folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "randbits", ids.randbits)
        share_engines(patch)
        try:
            return part(folder)
        finally:
            shutil.rmtree(folder)


def _cut(number: int, folder: Path) -> Counter[str]:
    """Every cut of one work, and every so many again with what follows it."""
    lab, total = CutLab(folder, WORKS[number]), Counter[str]({"works": 1})
    for at, cut in enumerate(lab.cuts()):
        total += _held("cuts", lab.run, cut)
        for second in lab.cuts(cut)[at % SECONDS :: SECONDS] if at % FIRSTS == 0 else ():
            total += _held("pairs of cuts", lab.run, cut, second)
    return total


def _torn(number: int, folder: Path) -> Counter[str]:
    """A new card of one maker, pulled at every step of its writing."""
    rules, total = CASES[number], Counter[str]()
    for tear in range(steps_of(folder / "count", rules)):
        total += _held("tears", torn, folder / str(tear), rules, tear)
    return total


def _walk(school: CounterSchool, folder: Path) -> Counter[str]:
    """Lives of households whose cards are lost and found."""
    total = Counter[str]()
    for seed in range(WALKS):
        total += _held("walks", walk, folder / str(seed), seed, school)
    return total


def _held(what: str, world: Callable[..., list[str] | None], *said: object) -> Counter[str]:
    found = Counter({what: 1, "worlds": 1})
    try:
        found["cards laid aside"] = len(world(*said) or ())
    except BROKEN as stop:
        traceback.print_exception(stop)
        found["broken worlds"] = 1
    return found
