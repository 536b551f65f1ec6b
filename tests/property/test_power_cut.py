"""The power-cut sweep: every effect boundary of every money service, and again during recovery.

`SWEEP=full` cuts every boundary of every job in every place, and every pair of a first boundary
with every third boundary of what follows it; the default looks at a spread of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cardstation.domain.ledger import GENESIS
from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import Tender
from cardstation.errors import LedgerUnreachable
from cardstation.ports.ledger import Ledger
from drivers.makers import MAKERS
from tests.kit import trials
from tests.kit.chips import on_other_chips
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, CutLine, Power, PowerCut, When, moments
from tests.kit.sweep import Job, Lab, Where
from tests.kit.sweep_jobs import (
    ARREARS,
    BAG,
    PREPAID,
    REFUND,
    REMAINDER,
    RETURN,
    SALE,
    SHIFT,
    THEIRS,
    stock,
)
from tests.kit.sweep_rare import (
    DISOWNED,
    DISPUTE,
    EVERY_JOB,
    FINISHED_THERE,
    REJOIN,
    REJOIN_UNSENT,
    SEALED_TWICE,
)
from tests.kit.sweep_waits import Wait

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
FULL = os.environ.get("SWEEP") == "full"


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
    maker: MakerRules = MAKERS[0]

    def __str__(self) -> str:
        chip = "" if self.maker is MAKERS[0] else f"{self.maker.layout}, "
        return f"{self.job.name}, {self.where.value}, {self.dialect}, {chip}{self.tender.value}"


ONCE = (
    Case(SALE, Where.SAME, "acs", 11),
    Case(SALE, Where.HOME, "omnikey", 17, 1),
    Case(SALE, Where.SAME, "omnikey", 13, 2, Tender.QR_CODE, answers=True),
    Case(SALE, Where.ANOTHER, "acs", 23, 4),
    Case(SALE, Where.SOLD, "omnikey", 23, 5),
    Case(BAG, Where.SAME, "omnikey", 29, 1),
    Case(BAG, Where.HOME, "acs", 47, 2, Tender.BANK_TRANSFER),
    Case(BAG, Where.ANOTHER, "acs", 53, 3),
    Case(BAG, Where.SOLD, "acs", 61, 7),
    Case(PREPAID, Where.SAME, "omnikey", 17, 1),
    Case(PREPAID, Where.HOME, "acs", 23, 2),
    Case(PREPAID, Where.ANOTHER, "acs", 29, 3),
    Case(PREPAID, Where.SOLD, "acs", 29, 5),
    Case(RETURN, Where.SAME, "acs", 17),
    Case(RETURN, Where.HOME, "omnikey", 23, 1),
    Case(RETURN, Where.ANOTHER, "acs", 29, 2),
    Case(RETURN, Where.SOLD, "acs", 29, 6),
    Case(REFUND, Where.SAME, "acs", 5, 0, Tender.QR_CODE, answers=True),
    Case(REFUND, Where.ANOTHER, "omnikey", 11, 1),
    Case(REMAINDER, Where.SAME, "acs", 3),
    Case(REMAINDER, Where.ANOTHER, "omnikey", 7, 1, Tender.QR_CODE, answers=True),
    Case(ARREARS, Where.SAME, "acs", 1),
    Case(ARREARS, Where.ANOTHER, "omnikey", 2),
    Case(SHIFT, Where.SAME, "omnikey", 7),
    Case(SHIFT, Where.HOME, "acs", 13, 2),
    Case(THEIRS, Where.SAME, "acs", 23),
    Case(THEIRS, Where.ANOTHER, "omnikey", 23, 3),
    Case(THEIRS, Where.HOME, "acs", 29, 5),
    Case(FINISHED_THERE, Where.SAME, "acs", 7),
    Case(FINISHED_THERE, Where.ANOTHER, "omnikey", 11, 1),
    Case(SEALED_TWICE, Where.SAME, "omnikey", 7, 2),
    Case(SEALED_TWICE, Where.HOME, "acs", 11, 3),
    Case(DISOWNED, Where.SAME, "acs", 7, 1),
    Case(DISOWNED, Where.ANOTHER, "omnikey", 13, 4),
    Case(DISPUTE, Where.SAME, "acs", 7),
    Case(DISPUTE, Where.ANOTHER, "omnikey", 11, 2),
    Case(REJOIN, Where.SAME, "acs", 23, 1),
    Case(REJOIN, Where.ANOTHER, "omnikey", 31, 3),
    Case(REJOIN_UNSENT, Where.SAME, "omnikey", 13, 2),
)
MORE = {"part3": 5}
"""A chip whose sectors are opened one by one has so many times the exchanges of another."""

OTHER_CHIPS = tuple(
    replace(case, maker=maker, dialect=dialect, stride=case.stride * MORE.get(dialect, 1))
    for number, (maker, dialect) in enumerate(on_other_chips())
    for case in (
        Case(SALE, Where.SAME, "", 37, number),
        Case(BAG, Where.HOME, "", 211, number),
        Case(PREPAID, Where.ANOTHER, "", 131, number),
        Case(RETURN, Where.SAME, "", 61, number),
    )
)
"""Each money service that writes cards, once on every chip that a maker's cards have."""

EVERYWHERE = tuple(
    Case(job, where, dialect, 1, 0, tender, answers=tender is Tender.QR_CODE)
    for job in EVERY_JOB
    for where in Where
    for dialect in ("acs", "omnikey")
    for tender in ((Tender.CASH, Tender.QR_CODE) if job is SALE else (Tender.CASH,))
)


def lab_of(case: Case, folder: Path) -> Lab:
    lab = Lab(folder, case.job, stock, case.tender, case.answers, case.dialect, case.where)
    lab.maker = case.maker
    return lab


def every_cut(lab: Lab) -> list[Cut]:
    names = lab.boundaries()
    return [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]


def report(record: Record, what: str, points: int, cuts: int, lab: Lab, kind: str) -> None:
    """Said at the end of the run, whichever worker did it (`tests/conftest.py`)."""
    waits = "".join(f"; {count} wait ({why.value})" for why, count in lab.waits.items())
    record(
        "figures",
        f"power-cut sweep, {what}: {points} cut points, {cuts} cut, {lab.runs} runs,"
        f" 0 broken{waits}",
    )
    record("counted", {f"cut points of {kind}": points, f"{kind}, broken 0:": cuts})


@pytest.mark.parametrize("case", [*(EVERYWHERE if FULL else ONCE), *OTHER_CHIPS], ids=str)
def test_one_cut(folder: Path, record_property: Record, case: Case) -> None:
    lab = lab_of(case, folder)
    points = every_cut(lab)
    cuts = points[case.start :: case.stride]
    for cut in cuts:
        lab.run(cut)
    assert lab.waits.total() < len(cuts)
    report(record_property, str(case), len(points), len(cuts), lab, "single cuts")


TWICE = tuple(
    Case(job, Where.SAME if job is not THEIRS else Where.ANOTHER, dialect, stride, 3)
    for job, stride in (
        *((SALE, 47), (BAG, 151), (PREPAID, 61), (RETURN, 61)),
        *((REFUND, 31), (REMAINDER, 31), (THEIRS, 61)),
        *((FINISHED_THERE, 31), (SEALED_TWICE, 31), (DISOWNED, 37), (DISPUTE, 31)),
        *((REJOIN, 151), (REJOIN_UNSENT, 61)),
    )
    for dialect in ("acs", "omnikey")
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
    report(record_property, f"{case}, cut twice", points, count, lab, "second cuts")


def test_a_code_cut_short_twice_waits_though_the_meter_makes_its_tries_whole(folder: Path) -> None:
    """The desk refused the card; the load on it is the meter's, which presents its own code."""
    lab = Lab(folder, RETURN, stock)
    first = Cut(lab.boundaries().index("chip"), When.AFTER)
    second = Cut(lab.boundaries(first).index("chip"), When.AFTER)
    lab.run(first, second)
    assert lab.waits == {Wait.SPENT: 1}


def test_every_message_to_the_ledger_is_cut_before_after_and_unheard() -> None:
    """The port's own list says which messages there are."""
    asked: dict[str, Callable[[CutLine], object]] = {
        "head": CutLine.head,
        "push": lambda line: line.push([b"one"], ""),
        "loads_of": lambda line: line.loads_of("1"),
        "orders": CutLine.orders,
        "lease_order": lambda line: line.lease_order("1"),
        "release_order": lambda line: line.release_order("1"),
        "entries_after": lambda line: line.entries_after(0),
        "new_epoch": lambda line: line.new_epoch(
            last_seq=0, last_hash=GENESIS, clerk="one", approver="other"
        ),
    }
    assert set(asked) | {"hurried"} == {n for n in vars(Ledger) if not n.startswith("_")}
    for name, ask in asked.items():
        for when in (When.BEFORE, When.AFTER, When.LOST):
            line = CutLine("S001", Centre(), power := Power(Cut(0, when)))
            with pytest.raises((PowerCut, LedgerUnreachable)) as cut:
                ask(line)
            assert (cut.type is LedgerUnreachable) == (when is When.LOST), name
            assert moments(power.names[0]) == (When.BEFORE, When.AFTER, When.LOST)
    rests = CutLine("S001", Centre(), power := Power(Cut(0, When.LOST)))
    assert rests.hurried() is None
    assert moments(power.names[0]) == (When.LOST,)


def test_a_provisional_seal_is_settled_by_the_ledger(folder: Path) -> None:
    """Paid at two desks, on a card that cannot say whose load it shows: one payment goes back."""
    trials.same_load_from_two_desks(folder)


@pytest.mark.parametrize("job", EVERY_JOB, ids=lambda job: job.name)
def test_the_harness_finds_nothing_where_nothing_is_wrong(folder: Path, job: Job) -> None:
    lab = Lab(folder, job, stock)
    lab.run()
    assert not lab.waits
