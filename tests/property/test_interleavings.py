"""Two hands at one desk: at every boundary of a money service another one may run whole.

A spread of each pair; `./dev soak interleave` does every boundary of every pair. A refusal of
either is a fine answer; afterwards money, records, cards and meters tell one story.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardstation.domain.payment import Tender
from cardstation.errors import Defect
from cardstation.services.work import Work
from tests.kit.interleave import Pair
from tests.kit.interleave_counter import COUNTER_HANDS
from tests.kit.interleave_hands import (
    AMOUNTS,
    ANSWERS,
    DISPUTES,
    FREES,
    GIVE_BACK,
    HANDS,
    ON_DUTY,
    RELEASES,
    SYNCS,
    TORN,
    WITHDRAWS,
    day_over,
    on_duty,
)
from tests.kit.sweep import Lab
from tests.kit.sweep_charges import CHARGES, FROM_BALANCE
from tests.kit.sweep_given import GIVE
from tests.kit.sweep_jobs import ARREARS, BAG, PREPAID, REFUND, RETURN, SALE, stock
from tests.kit.sweep_world import Job

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


EVERY_HAND = {**HANDS, **COUNTER_HANDS}


@dataclass(frozen=True)
class Case:
    """A service, and who acts meanwhile: at every `stride`-th of its boundaries from `start`."""

    job: Job
    hand: str
    stride: int
    start: int = 0
    tender: Tender = Tender.CASH

    def __str__(self) -> str:
        return f"{self.job.name} - {self.hand}, {self.tender.value}"


SPREAD = (
    Case(BAG, "release and give back", 7, 3),
    Case(BAG, "copy: line", 17, 5),
    Case(BAG, "order given free", 11, 9),
    Case(BAG, "lump sum", 19, 2),
    Case(BAG, "payment answered", 23, 1, Tender.QR_CODE),
    Case(BAG, "row left out", 29, 4),
    Case(ON_DUTY, "blind count", 5, 1),
    Case(SALE, "copy: refund", 11, 6),
    Case(SALE, "copy: resolve", 9, 7),
    Case(SALE, "copy: sale", 9, 3),
    Case(SALE, "dispute and payout", 11, 8),
    Case(SALE, "payment answered", 5, 4, Tender.QR_CODE),
    Case(PREPAID, "order given free", 7, 2),
    Case(PREPAID, "copy: refund", 13, 5),
    Case(TORN, "copy: resolve", 9, 2),
    Case(TORN, "copy: refund", 11, 4),
    Case(TORN, "dispute and payout", 9, 6),
    Case(RETURN, "copy: return", 11, 3),
    Case(RETURN, "payout", 13, 6),
    Case(REFUND, "copy: refund", 7, 2),
    Case(REFUND, "copy: resolve", 7, 4),
    Case(GIVE_BACK, "release and give back", 7, 1),
    Case(GIVE_BACK, "copy: line", 7, 4),
    Case(ARREARS, "release and give back", 5, 1),
    Case(RELEASES, "copy: line", 7, 2),
    Case(ANSWERS, "copy: resolve", 2, 1),
    Case(ANSWERS, "copy: resolve", 1, 4, Tender.QR_CODE),
    Case(DISPUTES, "copy: resolve", 11, 5),
    Case(FREES, "copy: order", 2),
    Case(SYNCS, "copy: refund", 99, 2),
    Case(AMOUNTS, "release and give back", 99, 1),
    Case(WITHDRAWS, "copy: return", 99, 1),
    Case(SALE, "over-use paid", 17, 2),
    Case(SALE, "copy: gas due", 17, 9),
    Case(GIVE, "gas due withdrawn", 29, 3),
    Case(CHARGES, "charge undone", 19, 4),
    Case(FROM_BALANCE, "balance", 17, 5),
)
FIRSTS = (
    *(SALE, BAG, PREPAID, RETURN, REFUND, TORN, ON_DUTY),
    *(GIVE_BACK, RELEASES, ARREARS, DISPUTES, ANSWERS, FREES),
    *(SYNCS, AMOUNTS, WITHDRAWS),
    *(GIVE, CHARGES, FROM_BALANCE),
)
CI_SHARE = 2
"""Of the strides above one in so many is met; `./dev soak interleave` meets at every boundary."""
EVERY_PAIR = tuple(
    Case(job, hand, 1, 0, tender)
    for job in FIRSTS
    for hand in EVERY_HAND
    for tender in ((Tender.CASH, Tender.QR_CODE) if job in (SALE, BAG, ANSWERS) else (Tender.CASH,))
    if (hand == "blind count") <= (job is ON_DUTY)
)


def pair_of(case: Case, folder: Path) -> Pair:
    lab = Lab(folder, case.job, stock, case.tender, answers=case.tender is Tender.QR_CODE)
    if case.job is ON_DUTY:
        return Pair(lab, EVERY_HAND[case.hand], resume=on_duty, close=day_over)
    return Pair(lab, EVERY_HAND[case.hand])


@pytest.mark.parametrize("case", SPREAD, ids=str)
def test_another_hand_acts_in_between(
    folder: Path, record_property: Callable[[str, object], None], case: Case
) -> None:
    pair = pair_of(case, folder)
    places = pair.places()
    chosen = range(case.start, len(places), CI_SHARE * case.stride)
    assert chosen
    for at in chosen:
        pair.run(at)
    told = "; ".join(f"{count} {how}" for how, count in sorted(pair.told.items()))
    record_property(
        "figures", f"interleavings, {case}: {len(places)} boundaries, {len(chosen)} met ({told})"
    )
    record_property(
        "counted", {"boundaries of two hands": len(places), "meetings, broken 0:": len(chosen)}
    )


@pytest.mark.parametrize(
    "case",
    [
        Case(ON_DUTY, "blind count", 1, 12),
        Case(SALE, "copy: refund", 1, 20),
        Case(SALE, "copy: resolve", 1, 24),
        Case(SALE, "dispute and payout", 1, 24),
        Case(SYNCS, "copy: refund", 1, 1),
    ],
    ids=str,
)
def test_at_a_desk_that_does_not_know_what_is_at_work_it_breaks(
    folder: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    for name in ("on_card", "on_money", "on_line", "at_rest"):
        monkeypatch.setattr(Work, name, lambda *_: nullcontext())
    monkeypatch.setattr(Work, "has", lambda *_: False)
    pair, found = pair_of(case, folder), 0
    for at in range(case.start, case.start + 3):
        try:
            pair.run(at)
        except (AssertionError, Defect):
            found += 1
    assert found
