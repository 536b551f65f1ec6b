"""Plays many small worlds one after another, on as many processors as there are."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.sim.play import play
from tests.sim.watch import Broken
from tests.sim.world import forget_templates, small

SHARE = 100


def play_small(seeds: Iterable[int]) -> tuple[Counter[str], list[str]]:
    """What was counted in some small worlds, and what was told of those that broke."""
    total: Counter[str] = Counter()
    broken = []
    # What the program itself is made of is left out of the collections after each world.
    gc.collect()
    gc.freeze()
    gc.disable()
    for seed in seeds:
        try:
            report = play(seed, small(seed))
        except Broken as error:
            broken.append(
                f"{error}\nsmall world; again: ./dev python -m tests.sim.many {seed} {seed + 1}"
            )
        else:
            total.update(report.counts)
            total.update(report.named)
            total.update(worlds=1, steps=report.steps, checks=report.checks)
        gc.collect()
    gc.enable()
    forget_templates()
    return total, broken


def play_shares(first: int, end: int, workers: int = 0) -> tuple[Counter[str], list[str]]:
    """Seeds from `first` to before `end`, in shares, over all processors."""
    total: Counter[str] = Counter()
    broken: list[str] = []
    began = time.monotonic()
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        shares = [range(at, min(end, at + SHARE)) for at in range(first, end, SHARE)]
        waiting = {pool.submit(play_small, share): share for share in shares}
        for done in as_completed(waiting):
            counts, told = done.result()
            total.update(counts)
            broken += told
            spent = time.monotonic() - began
            share = waiting[done]
            print(  # noqa: T201
                f"{share.start}-{share.stop - 1} done; {total['worlds']} worlds, broken"
                f" {len(broken)}, {total['steps']} steps, {total['worlds'] / spent:.1f} seeds/s",
                *told,
                sep="\n",
                flush=True,
            )
    return total, broken


def main() -> None:
    """`./dev python -m tests.sim.many FIRST END`: small worlds, the end not included."""
    first, end = int(sys.argv[1]), int(sys.argv[2])
    total, broken = play_shares(first, end)
    for name, count in sorted(total.items()):
        print(f"{name:<50} {count}")  # noqa: T201
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
