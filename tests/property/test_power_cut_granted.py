"""Power cuts of a sale that only a grant allows: it is neither lost nor taken twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.sweep_grants import GRANTED
from tests.kit.sweep_world import Where
from tests.property.test_power_cut import Case, every_cut, lab_of, report

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

PLACES = (
    (Where.SAME, "acs", 23),
    (Where.HOME, "omnikey", 37),
    (Where.ANOTHER, "acs", 41),
    (Where.SOLD, "omnikey", 53),
)
"""Where the card is in between, its reader, and every how many cuts are made."""


@pytest.mark.parametrize(("where", "dialect", "stride"), PLACES)
def test_one_cut(
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    where: Where,
    dialect: str,
    stride: int,
) -> None:
    lab = lab_of(Case(GRANTED, where, dialect, stride), tmp_path)
    points = every_cut(lab)
    cuts = points[::stride]
    for cut in cuts:
        lab.run(cut)
    report(record_property, str(lab.job.name), len(points), len(cuts), lab, "granted cuts")
