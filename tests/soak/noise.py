"""A sale on every layout with every noise at every exchange."""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import click
import pytest

from cardstation.domain.meter import MakerRules
from tests.kit.fast_disk import fast_folder
from tests.kit.noise_trials import ONE_OF_EACH, every_noise, exchanges_of_a_sale, trial
from tests.kit.shared_engines import share_engines
from tests.soak.figures import Figures


def soak() -> Figures:
    """How the sales ended; a desk that says or books what is not so ends it."""
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for rules, ends in zip(ONE_OF_EACH, pool.map(_of_layout, ONE_OF_EACH), strict=True):
            click.echo(f"  {rules.layout}: {dict(ends)}", err=True)
            total += ends
    said = Counter(end.partition(":")[0] for end in total.elements())
    told = ("sold", "outcome_unknown", "link_failed")
    others = total.total() - sum(said[name] for name in told)
    return {"sales": total.total(), **{one: said[one] for one in told}, "refused": others}


def _of_layout(rules: MakerRules) -> Counter[str]:
    folder, ends = fast_folder(), Counter[str]()
    with pytest.MonkeyPatch.context() as patch:
        share_engines(patch)
        try:
            for at, noise in enumerate(every_noise(exchanges_of_a_sale(folder / "still", rules))):
                here = folder / str(at)
                ends[trial(here, rules, noise)] += 1
                shutil.rmtree(here)
        finally:
            shutil.rmtree(folder)
    return ends
