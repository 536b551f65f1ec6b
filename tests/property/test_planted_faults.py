"""Wrong orders and lazy shortcuts, planted one by one: each must break its trial."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from cardstation.errors import CardStationError
from cardstation.services.intent import ids
from tests.kit import plants, trials
from tests.kit.shared_engines import share_engines

FAST_DISK = Path("/dev/shm")  # noqa: S108  # a folder in memory: syncing is not what is tested here
FOUND = (AssertionError, CardStationError, DatabaseError)

Trial = Callable[[Path], None]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is planted, and the trial that must find it."""

    plant: Plant
    trial: Trial

    def __str__(self) -> str:
        return self.plant.__name__


FAULTS = (
    Fault(plants.journal_after_write, trials.sale_under_cuts),
    Fault(plants.seal_before_read_back, trials.sale_under_cuts),
    Fault(plants.money_after_write, trials.sale_under_cuts),
    Fault(plants.charged_again, trials.sale_under_cuts),
    Fault(plants.card_not_asked_first, trials.sale_under_cuts),
    Fault(plants.retry_with_a_new_counter, trials.sale_under_cuts),
    Fault(plants.ack_before_commit, trials.sale_under_cuts),
    Fault(plants.flag_instead_of_derived_ack, trials.sale_under_cuts),
    Fault(plants.counter_early, trials.torn_loads),
    Fault(plants.missing_anchor, trials.restored_backup),
    Fault(plants.refund_without_reading_the_card, trials.refund_of_a_written_card),
    Fault(plants.conflicts_do_nothing, trials.cloned_station),
    Fault(plants.second_writer, trials.two_writers),
    Fault(plants.unique_over_reversed_loads, trials.sold_again_after_a_return),
    Fault(plants.image_taken_for_our_own, trials.same_load_from_two_desks),
    Fault(plants.money_before_the_card, trials.return_under_cuts),
)


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give chance back after each test."""
    monkeypatch.setattr(ids, "randbits", ids.randbits)
    share_engines(monkeypatch)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(dir=FAST_DISK if FAST_DISK.is_dir() else None))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("trial", sorted({one.trial for one in FAULTS}, key=str))
def test_nothing_is_found_where_nothing_is_planted(folder: Path, trial: Trial) -> None:
    trial(folder)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    fault.plant(monkeypatch)
    with pytest.raises(FOUND):
        fault.trial(folder)
