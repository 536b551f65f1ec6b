"""200 x kill -9 at random moments of a batch: real pcscd, real command line, real ledger."""

from __future__ import annotations

from tests.kit.kills import Killer
from tests.kit.repeat import Seeded, first_seed, times
from tests.soak.figures import Figures, desk_of_its_own


def soak() -> Figures:
    """Kill, recover, compare; the figures say in which state of the card's load it struck."""
    seed, count = first_seed(), times("KILLS", 200)
    with desk_of_its_own() as desk, Seeded(seed, f"KILLS={count} ./dev soak kills"):
        killer = Killer(desk, count, seed)
        killer.prove()
    kills = {"kills": sum(killer.struck.values()), "proofs of the records": killer.proofs}
    return {**kills, **dict(killer.struck.most_common())}
