"""Every cut of every money service, in every place, with both readers; and pairs of cuts.

Two parts, so that a night that is too short still has the single cuts whole.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import click
import pytest

from cardstation.services.intent import ids
from tests.kit.fast_disk import fast_folder
from tests.kit.power import Cut, moments
from tests.kit.shared_engines import share_engines
from tests.kit.sweep import Lab
from tests.property.test_power_cut import EVERYWHERE, TWICE, Case, every_cut, lab_of
from tests.soak.figures import Figures

FIRSTS, SECONDS = 5, 11


def soak() -> Figures:
    """All single cuts."""
    return _all(EVERYWHERE, _once)


def pairs() -> Figures:
    """Every fifth cut again, with every eleventh cut of what follows it."""
    return _all(TWICE, _twice)


def _all(cases: tuple[Case, ...], work: Callable[[int], Counter[str]]) -> Figures:
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for case, found in zip(cases, pool.map(work, range(len(cases))), strict=True):
            total += found
            click.echo(f"  {case}: {dict(found)}", err=True)
    return dict(total)


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


def _once(number: int) -> Counter[str]:
    with _lab(EVERYWHERE[number]) as lab:
        cuts = every_cut(lab)
        for cut in cuts:
            lab.run(cut)
        return Counter({"cut points": len(cuts), "runs": lab.runs}) + _waits(lab)


def _twice(number: int) -> Counter[str]:
    with _lab(TWICE[number]) as lab:
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
