"""Bags while everything goes wrong at once: nothing lost, nothing loaded twice, every card known.

The other stories here have one trouble each; in this one a seed draws them together.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count as numbers

import pytest

from cardstation.services import load_line as loading
from tests.kit.chaos import prove_chaos
from tests.kit.chaos_plan import STRANGE, Accident, Deed, Outside, draw
from tests.kit.e2e import Desk
from tests.kit.repeat import first_seed, times

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]

EVERYTHING = 20274091
"""A bag to which all of it happens, but that a driver stops: one trouble of the room a round."""
DRIVER_STOPS = 20277697
"""A short one to which that happens."""
BAGS = (EVERYTHING, DRIVER_STOPS)


def test_the_bags_of_every_run_have_all_bad_luck() -> None:
    plan = draw(EVERYTHING)
    deeds = {one.deed for each in plan.rounds for one in each.insertions}
    rounds = [each for seed in BAGS for each in draw(seed).rounds]
    accidents = {one.accident for each in rounds for one in each.accidents}
    assert deeds >= {Deed.TORN, Deed.DRAWN, Deed.SWAPPED, Deed.BLIND}
    assert deeds & STRANGE
    assert accidents == set(Accident)
    deeds |= {one.deed for each in rounds for one in each.insertions}
    assert deeds >= set(Deed) - STRANGE
    assert plan.outside == set(Outside)


@pytest.mark.parametrize("seed", BAGS)
def test_bags_under_all_their_bad_luck(
    desk: Desk, record_property: Callable[[str, object], None], seed: int
) -> None:
    count = times("CHAOS", 1)
    told = prove_chaos(desk, first_seed(seed), count, "CHAOS=1 ./dev soak chaos")
    said = "; ".join(f"{what} {many}" for what, many in told.most_common())
    record_property("figures", f"chaos: {count} bags, broken 0; {said}")


def test_envelopes_that_nobody_looks_at_are_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the lock off, a card is loaded out of the envelope of another: the books say which."""
    monkeypatch.setattr(loading, "ensure_own_envelope", lambda *_: None)
    seed = next(seed for seed in numbers() if Outside.ENVELOPES in draw(seed).outside)
    with pytest.raises(AssertionError, match=r"in another's envelope: written, S001-"):
        prove_chaos(desk, seed, 1, "CHAOS=1 ./dev soak chaos")
