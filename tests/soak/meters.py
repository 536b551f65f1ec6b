"""A year of desk, card and meter for every training maker, purse cards too, and both kinds."""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import pytest

from cardstation.domain.meter import MakerRules, MeterKind
from drivers.makers import MAKERS
from drivers.makers.purse_cards import PURSE_CARDS
from tests.kit.fast_disk import fast_folder
from tests.kit.meter_loop import Loop
from tests.kit.purse_loop import PurseLoop
from tests.kit.shared_engines import share_engines
from tests.soak.figures import Figures

DAYS = 365
HOUSEHOLDS = 6
SEED = 1

CASES = tuple(
    (rules, kind)
    for rules in (*MAKERS, PURSE_CARDS)
    if rules.training
    for kind in sorted(rules.kinds)
)


def soak() -> Figures:
    """A year each; loads and bad luck as they happened. Gas that is there but not sold ends it."""
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for (rules, kind), found in zip(CASES, pool.map(_a_year, CASES), strict=True):
            click.echo(f"  {rules.code} {rules.school} {kind}: {dict(found)}", err=True)
            total += found
    told = ("sold", "loads taken", "taken back", "torn at the desk", "torn at the meter")
    told += ("switched off", "taken twice, no counter", "meter error 21", "settled by people")
    return {
        "household days": DAYS * HOUSEHOLDS * len(CASES),
        **{name: total[name] for name in told},
    }


def _a_year(case: tuple[MakerRules, MeterKind]) -> Counter[str]:
    folder = fast_folder()
    with pytest.MonkeyPatch.context() as patch:
        share_engines(patch)
        try:
            loop = _world(folder, *case)
            loop.live(DAYS)
            loop.close()
            return loop.counts
        finally:
            shutil.rmtree(folder)


def _world(folder: Path, rules: MakerRules, kind: MeterKind) -> Loop:
    if rules.code == PURSE_CARDS.code:
        return PurseLoop(folder, kind, seed=SEED, households=HOUSEHOLDS)
    return Loop(folder, rules, kind, seed=SEED, households=HOUSEHOLDS)
