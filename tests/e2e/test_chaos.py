"""Bags while everything goes wrong at once: nothing lost, nothing loaded twice, every card known.

The other stories here have one trouble each; in this one a seed draws them together.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.chaos import prove_chaos
from tests.kit.e2e import Desk
from tests.kit.repeat import first_seed, times

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


def test_bags_under_all_their_bad_luck(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    count = times("CHAOS", 1)
    told = prove_chaos(desk, first_seed(), count, "CHAOS=1 ./dev soak chaos")
    said = "; ".join(f"{what} {many}" for what, many in told.most_common())
    record_property("figures", f"chaos: {count} bags, broken 0; {said}")
