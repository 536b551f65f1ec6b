"""5 000 single bits of a closed store's file: each found and named, or saying nothing at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.kit.bits import UNUSED, file_bits
from tests.kit.repeat import first_seed, times
from tests.soak.figures import Figures


def soak() -> Figures:
    """Change them one after the other; the figures say which code named how many."""
    count, seed = times("BITS", 5_000), first_seed()
    with tempfile.TemporaryDirectory(prefix="cs-soak-") as folder:
        told = file_bits(Path(folder), count, seed)
    meant = count - told[UNUSED]
    return {
        "seed": seed,
        "bits": count,
        "with a meaning": meant,
        "unfound": 0,
        **dict(told.most_common()),
    }
