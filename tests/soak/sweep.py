"""Every cut of every money service, in every place, with both readers; and pairs of cuts.

Two parts, so that a night that is too short still has the single cuts whole.
"""

from __future__ import annotations

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial

import click
import pytest

from cardstation.errors import CardStationError
from cardstation.services.intent import ids
from tests.kit.fast_disk import fast_folder
from tests.kit.power import Cut, moments
from tests.kit.shared_engines import share_engines
from tests.kit.sweep import Lab
from tests.kit.sweep_world import Where
from tests.property.test_power_cut import (
    EVERYWHERE,
    OTHER_CHIPS,
    TWICE,
    Case,
    every_cut,
    lab_of,
)
from tests.soak.figures import Figures

FIRSTS, SECONDS = 9, 31
BROKEN = (AssertionError, CardStationError, pytest.fail.Exception)
LISTS: Mapping[str, tuple[Case, ...]] = {
    "sweep": EVERYWHERE,
    "chips": OTHER_CHIPS,
    "pairs": TWICE,
}


def soak() -> Figures:
    """All single cuts."""
    return _all("sweep", partial(_once, "sweep"))


def chips() -> Figures:
    """All single cuts of the services that write cards, on every chip but the first."""
    return _all("chips", partial(_once, "chips"))


def pairs() -> Figures:
    """Every ninth cut again, with every thirty-first cut of what follows it."""
    return _all("pairs", _twice)


def _all(name: str, work: Callable[[int], Counter[str]]) -> Figures:
    """Place by place, in each the longest first: no core is idle while another has the last one."""
    cases, began = LISTS[name], time.monotonic()
    total, broken, done = Counter[str](), [], 0
    with ProcessPoolExecutor() as pool:
        points = list(pool.map(partial(_points, name), range(len(cases))))
        turns = sorted(range(len(cases)), key=lambda n: _turn(cases[n], points[n]))
        waiting = {pool.submit(_timed, work, number): number for number in turns}
        for count, ended in enumerate(as_completed(waiting), start=1):
            number = waiting[ended]
            try:
                told, found = ended.result()
                total += found
            except BROKEN as stop:
                traceback.print_exception(stop)
                told = "broken"
                broken.append(str(cases[number]))
            done += points[number]
            click.echo(
                f"  {time.monotonic() - began:.0f} s: {count} of {len(cases)},"
                f" {done / sum(points):.0%}; {cases[number]}: {told}",
                err=True,
            )
    assert not broken, broken
    return dict(total)


def _turn(case: Case, points: int) -> tuple[int, int]:
    return list(Where).index(case.where), -points


def _points(name: str, number: int) -> int:
    """How many cuts there are of a case."""
    with _lab(LISTS[name][number]) as lab:
        return len(every_cut(lab))


def _timed(work: Callable[[int], Counter[str]], number: int) -> tuple[str, Counter[str]]:
    began = time.monotonic()
    found = work(number)
    return f"{dict(found)}, {time.monotonic() - began:.0f} s", found


@contextmanager
def _lab(case: Case) -> Iterator[Lab]:
    folder = fast_folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "randbits", ids.randbits)
        share_engines(patch)
        try:
            yield lab_of(case, folder)
        finally:
            shutil.rmtree(folder)


def _once(name: str, number: int) -> Counter[str]:
    with _lab(LISTS[name][number]) as lab:
        cuts = every_cut(lab)
        for cut in cuts:
            lab.run(cut)
        return Counter({"cut points": len(cuts), "runs": lab.runs}) + _waits(lab)


def _twice(number: int) -> Counter[str]:
    with _lab(LISTS["pairs"][number]) as lab:
        cut_twice = 0
        for at, cut in enumerate(every_cut(lab)[::FIRSTS]):
            names = lab.boundaries(cut)
            seconds = [
                Cut(place, when) for place, name in enumerate(names) for when in moments(name)
            ]
            for second in seconds[at % SECONDS :: SECONDS]:
                lab.run(cut, second)
                cut_twice += 1
        return Counter({"pairs of cuts": cut_twice, "runs": lab.runs}) + _waits(lab)


def _waits(lab: Lab) -> Counter[str]:
    return Counter({f"waiting ({why.value})": count for why, count in lab.waits.items()})
