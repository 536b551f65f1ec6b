"""A million card images that nobody wrote, read as a station reads cards, on every core."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice

import click

from tests.kit.fast_disk import fast_folder
from tests.kit.image_reading import ImageDesk
from tests.kit.repeat import Seeded, first_seed, times
from tests.soak.figures import Figures

SHARE = 10_000


def soak() -> Figures:
    """Read them; a crash, a code presented or a card believed to be another's ends it."""
    images = times("IMAGES", 1_000_000)
    seeds = islice(count(first_seed()), -(-images // SHARE))
    total: Counter[str] = Counter()
    spent = 0.0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, (counts, busy_s) in enumerate(pool.map(_share, seeds), start=1):
            total, spent = total + counts, spent + busy_s
            if number % 10 == 0:
                click.echo(f"  {number * SHARE} images", err=True)
    return {
        "images": images,
        **dict(total.most_common()),
        "a second of one core": round(images / spent),
    }


def _share(seed: int) -> tuple[Counter[str], float]:
    folder = fast_folder()
    try:
        with Seeded(seed, f"IMAGES={SHARE} ./dev soak images"), ImageDesk(folder) as desk:
            began = time.process_time()
            desk.read(seed, SHARE)
            return desk.counts, time.process_time() - began
    finally:
        shutil.rmtree(folder)
