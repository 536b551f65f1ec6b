"""The power-cut sweep: every effect boundary of every money service, and again during recovery.

`SWEEP=full` cuts every boundary of every piece of work, and every pair of a first
boundary with every third boundary of what follows it; the default looks at all single cuts of a
sale and at a spread of the rest.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.payment import Tender
from cardstation.domain.transitions import TopUpState
from cardstation.services import recover as recovering
from cardstation.services import top_up as selling
from cardstation.services.intent import ids
from cardstation.services.intent import load as loading
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.records import record_sealed
from tests.kit.power import Cut, When, moments
from tests.kit.sweep import Lab, Work, bag, sale

FULL = os.environ.get("SWEEP") == "full"
FAST_DISK = Path("/dev/shm")  # noqa: S108  # a folder in memory: syncing is not what is tested here


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give chance back after each test."""
    monkeypatch.setattr(ids, "randbits", ids.randbits)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(dir=FAST_DISK if FAST_DISK.is_dir() else None))
    yield made
    shutil.rmtree(made)


def every_cut(lab: Lab, stride: int = 1, start: int = 0) -> list[Cut]:
    names = lab.boundaries()
    cuts = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
    return cuts if FULL else cuts[start::stride]


def report(lab: Lab, cuts: int, capsys: pytest.CaptureFixture[str], name: str) -> None:
    with capsys.disabled():
        print(f"\n  power-cut sweep, {name}: {cuts} cuts, {lab.runs} runs")  # noqa: T201


SINGLE = [
    ("sale", sale, Tender.CASH, False, False, 1, 0),
    ("sale, card at home in between", sale, Tender.CASH, False, True, 3, 1),
    ("sale by QR code", sale, Tender.QR_CODE, True, False, 4, 2),
    ("bag", bag, Tender.CASH, False, False, 3, 0),
    ("bag, cards at home in between", bag, Tender.BANK_TRANSFER, False, True, 6, 2),
]


@pytest.mark.parametrize(
    ("name", "work", "tender", "answers", "at_home", "stride", "start"),
    SINGLE,
    ids=[case[0] for case in SINGLE],
)
def test_one_cut(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    work: Work,
    tender: Tender,
    answers: bool,
    at_home: bool,
    stride: int,
    start: int,
) -> None:
    lab = Lab(folder, work, tender, answers)
    cuts = every_cut(lab, stride, start)
    for cut in cuts:
        lab.run(cut, at_home=at_home)
    report(lab, len(cuts), capsys, name)


@pytest.mark.parametrize("work", [sale, bag], ids=["sale", "bag"])
def test_cut_again_during_recovery(
    folder: Path, capsys: pytest.CaptureFixture[str], work: Work
) -> None:
    lab = Lab(folder, work)
    count = 0
    for number, cut in enumerate(every_cut(lab, 5 if work is sale else 17, 3)):
        names = lab.boundaries(cut)
        seconds = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
        chosen = seconds[number % 3 :: 3] if FULL else seconds[number * 7 % 41 :: 41]
        for second in chosen:
            lab.run(cut, second)
            count += 1
    report(lab, count, capsys, f"{work.__name__}, cut twice")


def sealed_before_read_back(station: Any, card: Any, intent: Any, watch: Any) -> Any:
    loading._unlock(station, card, intent)
    _, receipt = record_sealed(station, intent, card.image, witness="card")
    card.chip.write(card.image, intent.plan.spans)
    return receipt


def nothing_armed(station: Any, card: Any, intent: Any, admitted: Any) -> Any:
    """Write first; the plan and the state come to disk afterwards."""
    credit = loading.next_credit(
        admitted, card.rules, intent, at=station.clock.now(), station_no=station.number
    )
    plan = card.layout.plan_load(card.image, credit)
    loading._unlock(station, card, intent)
    card.chip.write(card.image, plan.spans)
    card.power_cycle()
    return loading.record_armed(station, intent, plan, credit.purchase_counter)


def seal_what_is_there(station: Any, card: Any, intent: Any, watch: Any) -> Any:
    return record_sealed(station, intent, card.image, witness="card")[1]


def charged_again(station: Any, intent: Any) -> None:
    """A lost answer taken for a no: the customer pays a second time (against R7)."""
    if intent.state is TopUpState.PAY_PENDING:
        payment = station.payment_by(intent.tender)
        recovering.settle(
            station, intent, payment.take(new_id(station.clock), intent.quote.money, "")
        )


def plant_sealed_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(selling, "write_and_seal", sealed_before_read_back)


def plant_armed_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(selling, "arm", nothing_armed)
    patch.setattr(selling, "write_and_seal", seal_what_is_there)


def plant_paid_late(patch: pytest.MonkeyPatch) -> None:
    """Card first, money afterwards: the sale is written before *paid* is durable."""

    def later(station: Any, intent: Any) -> Any:
        return intent

    def write_then_collect(station: Any, card: Any, intent: Any, admitted: Any) -> Any:
        credit = loading.next_credit(
            admitted, card.rules, intent, at=station.clock.now(), station_no=station.number
        )
        plan = card.layout.plan_load(card.image, credit)
        loading._unlock(station, card, intent)
        card.chip.write(card.image, plan.spans)
        card.power_cycle()
        paid = collect(station, intent)
        return loading.record_armed(station, paid, plan, credit.purchase_counter)

    collect = selling.collect
    patch.setattr(selling, "collect", later)
    patch.setattr(selling, "arm", write_then_collect)
    patch.setattr(selling, "write_and_seal", seal_what_is_there)


def plant_charged_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recovering, "_settle", charged_again)


def run_all(lab: Lab, cuts: list[Cut]) -> None:
    for cut in cuts:
        lab.run(cut)


PLANTED = [
    plant_sealed_first,
    plant_armed_late,
    plant_paid_late,
    plant_charged_again,
]


@pytest.mark.parametrize("plant", PLANTED, ids=[plant.__name__ for plant in PLANTED])
def test_a_planted_wrong_order_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, plant: Any
) -> None:
    plant(monkeypatch)
    lab = Lab(folder, sale, Tender.QR_CODE, answers=True)
    names = lab.boundaries()
    places = [at for at, name in enumerate(names) if name in ("commit", "payment")]
    cuts = [Cut(at, when) for at in places for when in (When.AFTER, When.BEFORE)]
    with pytest.raises(AssertionError):
        run_all(lab, cuts)


def test_the_harness_finds_nothing_where_nothing_is_wrong(folder: Path) -> None:
    Lab(folder, sale).run()
    Lab(folder / "bag", bag).run()
