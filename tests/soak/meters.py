"""Years of desk, card and meter for every training maker, purse cards too, and both kinds."""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
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
from tests.kit.town_loop import TownLoop
from tests.soak.figures import Figures

DAYS, HOUSEHOLDS = 365, 6
TOWN_DAYS, TOWN_HOUSEHOLDS = 120, 150
"""Of each of the worlds that are a town together."""
SEED = 1

CASES = tuple(
    (rules, kind)
    for rules in (*MAKERS, PURSE_CARDS)
    if rules.training
    for kind in sorted(rules.kinds)
)
TOLD = ("sold", "loads taken", "taken back", "torn at the desk", "torn at the meter")
TOLD += ("switched off", "taken twice, no counter", "meter error 21", "settled by people")
TOLD += ("given", "lost", "used_again", "found", "cleared", "other_meter", "put_back")
TOLD += ("card_is_ready", "stopped_a_while", "moved_away", "issued", "fitter_came")


@dataclass(frozen=True)
class Life:
    """How long so many households of each maker and kind live.

    Attributes:
        seed: Of all chance.
    """

    days: int
    households: int
    seed: int = SEED

    def of(self, case: tuple[MakerRules, MeterKind]) -> Counter[str]:
        """What happened in the world of one maker and kind; the first wrong step ends it."""
        folder = fast_folder()
        with pytest.MonkeyPatch.context() as patch:
            share_engines(patch)
            try:
                loop = self._world(folder, *case)
                loop.live(self.days)
                loop.close()
                return loop.counts
            finally:
                shutil.rmtree(folder)

    def _world(self, folder: Path, rules: MakerRules, kind: MeterKind) -> Loop:
        if rules.code == PURSE_CARDS.code:
            return PurseLoop(folder, kind, seed=self.seed, households=self.households)
        return TownLoop(folder, rules, kind, seed=self.seed, households=self.households)


def soak() -> Figures:
    """A year each; loads and bad luck as they happened. Gas that is there but not sold ends it."""
    return _all_live(Life(DAYS, HOUSEHOLDS))


def town() -> Figures:
    """Four months of thousands of households, as many of every maker and kind."""
    return _all_live(Life(TOWN_DAYS, TOWN_HOUSEHOLDS, SEED + 1))


def _all_live(life: Life) -> Figures:
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for (rules, kind), found in zip(CASES, pool.map(life.of, CASES), strict=True):
            click.echo(f"  {rules.code} {rules.school} {kind}: {dict(found)}", err=True)
            total += found
    households = life.households * len(CASES)
    figures = {"households": households, "household days": life.days * households}
    return {**figures, **{name: total[name] for name in TOLD}}
