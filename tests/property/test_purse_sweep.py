"""The power-cut sweep over purses: a sale, a bag, and another desk's load, cut and found out.

A spread; `./dev soak sweep` takes every cut in every place.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.ports.purse import LoadOrder
from drivers.purses import facts
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purse_station import SOLD_FEN
from tests.kit.sweep_purse import (
    PURSE_BAG,
    PURSE_JOBS,
    PURSE_LOADED,
    PURSE_NOT_LOADED,
    PURSE_SALE,
    PurseLab,
    stock_purses,
)
from tests.kit.sweep_world import Job, Where
from tests.property.test_power_cut import Case, Record, every_cut, lab_of, report

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

ONCE = (
    Case(PURSE_SALE, Where.SAME, "acs", 71),
    Case(PURSE_SALE, Where.HOME, "acs", 89, 1),
    Case(PURSE_SALE, Where.ANOTHER, "acs", 157, 2),
    Case(PURSE_SALE, Where.SOLD, "acs", 257, 3),
    Case(PURSE_BAG, Where.SAME, "acs", 157, 4),
    Case(PURSE_BAG, Where.HOME, "acs", 181, 5),
    Case(PURSE_BAG, Where.ANOTHER, "acs", 257, 6),
    Case(PURSE_LOADED, Where.SAME, "acs", 89),
    Case(PURSE_NOT_LOADED, Where.SAME, "acs", 139, 1),
)


@pytest.mark.parametrize("case", ONCE, ids=str)
def test_one_cut_of_a_purse(folder: Path, record_property: Record, case: Case) -> None:
    lab = lab_of(case, folder)
    points = every_cut(lab)
    cuts = points[case.start :: case.stride]
    for cut in cuts:
        lab.run(cut)
    report(record_property, str(case), len(points), len(cuts), lab, "purse cuts")


@pytest.mark.parametrize("job", PURSE_JOBS, ids=lambda job: job.name)
def test_the_harness_finds_nothing_where_nothing_is_wrong(folder: Path, job: Job) -> None:
    lab = PurseLab(folder, job, stock_purses)
    lab.run()
    assert not lab.waits


def test_a_load_that_moves_too_much_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the card takes the money twice under one count; the desk cannot see it."""
    loaded = VirtualPurseCard._loaded

    def twice(chip: VirtualPurseCard, order: LoadOrder, mac2: bytes) -> bytes:
        tac = loaded(chip, order, mac2)
        if order.fen == SOLD_FEN:
            cells = chip.state.of_kind(order.kind)
            chip.stand(order.kind, balance=cells.balance + order.fen, online=cells.online)
        return tac

    monkeypatch.setattr(VirtualPurseCard, "_loaded", twice)
    with pytest.raises(AssertionError, match=r"\[20000, 0\], 10000"):
        PurseLab(folder, PURSE_SALE, stock_purses).run()


def test_a_load_that_is_only_said_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: before and after look alike, so that the desk seals what it never loaded."""
    digest = facts._digest
    monkeypatch.setattr(facts, "_digest", lambda place, card, *_moved: digest(place, card))
    with pytest.raises(AssertionError, match=r"\[0, 0\], 10000"):
        PurseLab(folder, PURSE_SALE, stock_purses).run()
