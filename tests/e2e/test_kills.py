"""kill -9 at random moments of a bag on the real card stack: cards = journal = ledger at the end.

`test_killed.py` strikes at chosen states and bytes; here the moment is a matter of chance.
"""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.kills import Killer
from tests.kit.repeat import Seeded, first_seed, times

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


def test_a_bag_killed_at_random_moments_is_loaded_once(desk: Desk) -> None:
    seed, count = first_seed(), times("KILLS", 20)
    killer = Killer(desk, count, seed)
    with Seeded(seed, f"KILLS={count} ./dev soak kills"):
        killer.prove()
    assert sum(killer.struck.values()) == count
    assert killer.proofs > count
