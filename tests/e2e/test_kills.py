"""kill -9 at random moments of a bag on the real card stack: cards = journal = ledger at the end.

`test_killed.py` strikes at chosen states and bytes; here the moment is a matter of chance.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.e2e import Desk
from tests.kit.kills import NOT_BEGUN, Killer
from tests.kit.repeat import Seeded, first_seed, times

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


def test_a_bag_killed_at_random_moments_is_loaded_once(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    seed, count = first_seed(), times("KILLS", 12)
    killer = Killer(desk, count, seed)
    with Seeded(seed, f"KILLS={count} ./dev soak kills"):
        killer.prove()
    assert sum(killer.struck.values()) == count
    before = sum(many for where, many in killer.struck.items() if where.startswith(NOT_BEGUN))
    assert before < count, "no kill met a load"
    assert killer.proofs > count
    said = f"kill -9: {count} kills, {killer.proofs} proofs of the records, broken 0"
    record_property("figures", f"{said}; {dict(killer.struck.most_common())}")
