"""Wrong orders and lazy shortcuts, planted one by one: each must break its trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit import dispute_trials, money_races, plants, trials

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


GAS = "on card and in meter, on record"
MONEY = "in the books, in the tills"
UNSENT = "confirmed, written, in the ledger"
NOT_THE_SAME = "not the same money"
LEFT_OPEN = "<TopUpState.PAID: 'paid'>"

Trial = Callable[[Path], None]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is planted, the trial that must find it, and what it must say: a crash finds nothing."""

    plant: Plant
    trial: Trial
    word: str

    def __str__(self) -> str:
        return self.plant.__name__


FAULTS = (
    Fault(plants.journal_after_write, trials.sale_under_cuts, GAS),
    Fault(plants.seal_before_read_back, trials.sale_under_cuts, GAS),
    Fault(plants.money_after_write, trials.sale_under_cuts, GAS),
    Fault(plants.charged_again, trials.sale_under_cuts, MONEY),
    Fault(plants.card_not_asked_first, trials.sale_under_cuts, LEFT_OPEN),
    Fault(plants.retry_with_a_new_counter, trials.sale_under_cuts, "entry_disagrees"),
    Fault(plants.ack_before_commit, trials.sale_under_cuts, UNSENT),
    Fault(plants.flag_instead_of_derived_ack, trials.sale_under_cuts, UNSENT),
    Fault(plants.counter_early, trials.torn_loads, "neither before nor after"),
    Fault(plants.missing_anchor, trials.restored_backup, "it sold"),
    Fault(
        plants.refund_without_reading_the_card,
        trials.refund_of_a_written_card,
        "paid back, and on the card",
    ),
    Fault(plants.conflicts_do_nothing, trials.cloned_station, "the second branch was swallowed"),
    Fault(plants.second_writer, trials.two_writers, "a second process writes"),
    Fault(
        plants.unique_over_reversed_loads, trials.sold_again_after_a_return, "the ledger questions"
    ),
    Fault(
        plants.image_taken_for_our_own, trials.same_load_from_two_desks, "paid twice, given back"
    ),
    Fault(plants.money_before_the_card, trials.return_under_cuts, GAS),
    Fault(plants.handed_over_unnoted, trials.remainder_under_cuts, "handed back .*, on record "),
    Fault(plants.paid_on_an_old_answer, trials.given_up_with_a_dead_line, NOT_THE_SAME),
    Fault(plants.settled_and_paid_unheard, trials.disputed_with_a_dead_line, NOT_THE_SAME),
    Fault(
        plants.paid_on_words_alone, dispute_trials.lost_with_its_load, "paid back, and in the meter"
    ),
    Fault(
        plants.returned_before_anybody_heard,
        dispute_trials.taken_off_for_another_desk,
        "two desks give it back",
    ),
    Fault(
        plants.money_not_asked_again,
        money_races.released_under_a_card,
        "given back, and on the card",
    ),
)


@pytest.mark.parametrize("trial", sorted({one.trial for one in FAULTS}, key=str))
def test_nothing_is_found_where_nothing_is_planted(folder: Path, trial: Trial) -> None:
    trial(folder)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    fault.plant(monkeypatch)
    with pytest.raises(AssertionError, match=fault.word):
        fault.trial(folder)
