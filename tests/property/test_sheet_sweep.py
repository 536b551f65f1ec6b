"""The power-cut sweep on cards of the worked sheets: one slot, copies, MACs and ciphers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.power import Cut, moments
from tests.kit.sheet_station import SheetCards
from tests.kit.sweep_jobs import BAG, RETURN, SALE, stock
from tests.kit.sweep_sheet import SheetLab
from tests.kit.sweep_world import Job, Where

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.mark.parametrize(
    ("sheet", "job", "where", "stride"),
    [
        ("secured4442", SALE, Where.SAME, 97),
        ("secured4442", RETURN, Where.HOME, 181),
        ("interface2012", SALE, Where.HOME, 97),
        ("interface2012", BAG, Where.SAME, 311),
    ],
)
def test_one_cut(
    folder: Path,
    record_property: Callable[[str, object], None],
    sheet: str,
    job: Job,
    where: Where,
    stride: int,
) -> None:
    lab = SheetLab(folder, job, stock, where=where, made_of=SheetCards(sheet))
    names = lab.boundaries()
    points = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    cuts = points[stride // 3 :: stride]
    for cut in cuts:
        lab.run(cut)
    assert not lab.waits
    counted = {"cut points of cards of sheets": len(points), "cuts, broken 0:": len(cuts)}
    record_property("counted", counted)
