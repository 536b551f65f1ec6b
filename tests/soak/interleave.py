"""Every boundary of every service, with every other one running whole at it, at one desk."""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import click
import pytest

from cardstation.services.intent import ids
from tests.kit.fast_disk import fast_folder
from tests.kit.shared_engines import share_engines
from tests.property.test_interleavings import EVERY_PAIR, pair_of
from tests.soak.figures import Figures


def soak() -> Figures:
    """All pairs."""
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        for case, found in zip(EVERY_PAIR, pool.map(_all, range(len(EVERY_PAIR))), strict=True):
            total += found
            click.echo(f"  {case}: {dict(found)}", err=True)
    return dict(total)


def _all(number: int) -> Counter[str]:
    folder = fast_folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids, "randbits", ids.randbits)
        share_engines(patch)
        try:
            pair = pair_of(EVERY_PAIR[number], folder)
            places = pair.places()
            for at in range(len(places)):
                pair.run(at)
        finally:
            shutil.rmtree(folder)
    return Counter({"pairs": 1, "boundaries met": len(places)})
