"""The power-cut sweep: every effect boundary of every money service, and again during recovery.

`SWEEP=full` cuts every boundary of every job in every place, and every pair of a first boundary
with every third boundary of what follows it; the default looks at a spread of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardstation.domain.payment import Tender
from tests.kit.power import Cut, moments
from tests.kit.sweep import Job, Lab, Where
from tests.kit.sweep_jobs import BAG, JOBS, REFUND, RETURN, SALE, THEIRS, stock

Record = Callable[[str, object], None]
FULL = os.environ.get("SWEEP") == "full"
pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@dataclass(frozen=True)
class Case:
    """One job in one place; of its cuts every `stride`-th from `start` is made."""

    job: Job
    where: Where
    dialect: str
    stride: int
    start: int = 0
    tender: Tender = Tender.CASH
    answers: bool = False

    def __str__(self) -> str:
        return f"{self.job.name}, {self.where.value}, {self.dialect}, {self.tender.value}"


ONCE = (
    Case(SALE, Where.SAME, "acs", 3),
    Case(SALE, Where.HOME, "omnikey", 7, 1),
    Case(SALE, Where.SAME, "omnikey", 7, 2, Tender.QR_CODE, answers=True),
    Case(SALE, Where.ANOTHER, "acs", 9, 4),
    Case(SALE, Where.SOLD, "omnikey", 9, 5),
    Case(BAG, Where.SAME, "omnikey", 9, 1),
    Case(BAG, Where.HOME, "acs", 17, 2, Tender.BANK_TRANSFER),
    Case(BAG, Where.ANOTHER, "acs", 19, 3),
    Case(BAG, Where.SOLD, "acs", 23, 7),
    Case(RETURN, Where.SAME, "acs", 5),
    Case(RETURN, Where.HOME, "omnikey", 9, 1),
    Case(RETURN, Where.ANOTHER, "acs", 11, 2),
    Case(RETURN, Where.SOLD, "acs", 11, 6),
    Case(REFUND, Where.SAME, "acs", 2, 0, Tender.QR_CODE, answers=True),
    Case(REFUND, Where.ANOTHER, "omnikey", 5, 1),
    Case(THEIRS, Where.SAME, "acs", 5),
    Case(THEIRS, Where.ANOTHER, "omnikey", 9, 3),
    Case(THEIRS, Where.HOME, "acs", 9, 5),
)
EVERYWHERE = tuple(
    Case(job, where, dialect, 1, 0, tender, answers=tender is Tender.QR_CODE)
    for job in JOBS
    for where in Where
    for dialect in ("acs", "omnikey")
    for tender in ((Tender.CASH, Tender.QR_CODE) if job is SALE else (Tender.CASH,))
)


def lab_of(case: Case, folder: Path) -> Lab:
    return Lab(folder, case.job, stock, case.tender, case.answers, case.dialect, case.where)


def every_cut(lab: Lab) -> list[Cut]:
    names = lab.boundaries()
    return [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]


def report(record: Record, what: str, points: int, cuts: int, lab: Lab) -> None:
    """Said at the end of the run, whichever worker did it (`tests/conftest.py`)."""
    record(
        "figures",
        f"power-cut sweep, {what}: {points} cut points, {cuts} cut, {lab.runs} runs,"
        f" {lab.stuck} waiting for a supervisor, 0 broken",
    )


@pytest.mark.parametrize("case", EVERYWHERE if FULL else ONCE, ids=str)
def test_one_cut(folder: Path, record_property: Record, case: Case) -> None:
    lab = lab_of(case, folder)
    points = every_cut(lab)
    cuts = points[case.start :: case.stride]
    for cut in cuts:
        lab.run(cut)
    assert lab.stuck < len(cuts)
    report(record_property, str(case), len(points), len(cuts), lab)


TWICE = tuple(
    Case(job, Where.SAME if job is not THEIRS else Where.ANOTHER, "acs", stride, 3)
    for job, stride in ((SALE, 19), (BAG, 61), (RETURN, 23), (REFUND, 17), (THEIRS, 31))
)


@pytest.mark.parametrize("case", TWICE, ids=str)
def test_cut_again_during_recovery(folder: Path, record_property: Record, case: Case) -> None:
    lab, count, points = lab_of(case, folder), 0, 0
    firsts = every_cut(lab)
    for number, cut in enumerate(firsts if FULL else firsts[case.start :: case.stride]):
        names = lab.boundaries(cut)
        seconds = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
        points += len(seconds)
        for second in seconds[number % 3 :: 3] if FULL else seconds[number * 7 % 61 :: 61]:
            lab.run(cut, second)
            count += 1
    report(record_property, f"{case.job.name}, cut twice", points, count, lab)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_the_harness_finds_nothing_where_nothing_is_wrong(folder: Path, job: Job) -> None:
    Lab(folder, job, stock).run()
