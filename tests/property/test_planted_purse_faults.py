"""The proof of purses can fail: each wrong turn, planted in the driver, is found by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cardstation.errors import LinkFailed, LoadUnanswered
from cardstation.ports.purse import LoadPlan, LoadTruth, PurseKeys, PurseStand
from drivers.keys.purse_keys import SoftwarePurseKeys
from drivers.purses import chip, judging, pboc
from drivers.purses.answers import DEFINITE
from drivers.purses.chip import PurseChip
from drivers.purses.clearing import clear_rest, take_head_off
from drivers.purses.gas_files import LogRecord
from drivers.purses.pboc import PbocPurse
from drivers.readers.wrappers import FaultKind
from drivers.virtual import Noise, NoiseKind
from drivers.virtual.iso7816 import VirtualCpuCard
from tests.property import test_purse_cuts as cuts
from tests.property import test_purse_truths as truths
from tests.unit import test_purse_answer as answers

Patch = pytest.MonkeyPatch
FLIPS = [Noise(0, NoiseKind.FLIPPED_BIT, seed=seed) for seed in range(8)]


def told_as_not_done(patch: Patch) -> None:
    right = PbocPurse._credit

    def wrong(self: PbocPurse, *given: object) -> bytes:
        try:
            return right(self, *given)  # type: ignore[arg-type]
        except LoadUnanswered as lost:
            raise LinkFailed(reader="") from lost

    patch.setattr(PbocPurse, "_credit", wrong)


def readers_word_taken_for_the_cards(patch: Patch) -> None:
    patch.setattr(pboc, "DEFINITE", DEFINITE | {0x6300})


def count_not_looked_at(patch: Patch) -> None:
    patch.setattr(LoadPlan, "__eq__", lambda *_: True)
    patch.setattr(PurseStand, "__ne__", lambda *_: False)


def balance_decides(patch: Patch) -> None:
    def wrong(self: PbocPurse, plan: LoadPlan, stand: PurseStand, _: PurseKeys) -> object:
        done = stand.balance_fen > plan.before.balance_fen
        return proof_of(LoadTruth.DONE if done else LoadTruth.NOT_DONE, stand)

    patch.setattr(PbocPurse, "_judged", wrong)


def proof_of(truth: LoadTruth, stand: PurseStand) -> object:
    return pboc.LoadFinding(truth, stand, bytes(4))


def any_proof_is_ours(patch: Patch) -> None:
    patch.setattr(SoftwarePurseKeys, "tac_fits", lambda *_: True)


def misread_once_is_read(patch: Patch) -> None:
    patch.setattr(PbocPurse, "_steady", lambda _, read: read())


def older_loads_are_ours(patch: Patch) -> None:
    def wrong(plan: LoadPlan, _: PurseStand, records: tuple[LogRecord, ...]) -> LoadTruth:
        found = any(judging.is_of(plan, record) for record in records)
        return LoadTruth.DONE if found else LoadTruth.OTHER

    patch.setattr(pboc, "judge", wrong)


def card_writes_in_place(patch: Patch) -> None:
    def wrong(self: VirtualCpuCard, new: bytes) -> None:
        self._step_all(self.kept, dict(enumerate(new)))

    patch.setattr(VirtualCpuCard, "_commit", wrong)


def answer_never_cleared(patch: Patch) -> None:
    patch.setattr(PurseChip, "_take_head_off", lambda _: None)
    patch.setattr(chip, "is_cleared", lambda _: True)


def answer_cleared_after_the_load(patch: Patch) -> None:
    """A cut in between leaves a load that its meter refuses."""
    load = PurseChip._load

    def wrong(self: PurseChip, *given: object) -> None:
        load(self, *given)  # type: ignore[arg-type]
        take_head_off(self._purse, self._keys)
        clear_rest(self._purse, self._keys)

    answer_never_cleared(patch)
    patch.setattr(PurseChip, "_load", wrong)


def each_flip(of: Callable[[Noise], None]) -> Callable[[], None]:
    def run() -> None:
        for noise in FLIPS:
            of(noise)

    return run


PLANTS: dict[str, tuple[Callable[[Patch], None], Callable[[], None]]] = {
    "told as not done": (
        told_as_not_done,
        lambda: cuts.test_cut_at_every_exchange("software", False, FaultKind.LOST),
    ),
    "a reader's word": (
        readers_word_taken_for_the_cards,
        lambda: cuts.test_noise_at_every_exchange_of_a_load(
            "psam", Noise(0, NoiseKind.FAILED_6300)
        ),
    ),
    "no look at the count": (
        count_not_looked_at,
        lambda: truths.test_a_load_of_another_desk_is_not_taken_for_ours("software"),
    ),
    "balance decides": (
        balance_decides,
        lambda: truths.test_our_load_is_found_under_later_ones_and_what_the_meter_took("software"),
    ),
    "any proof is ours": (
        any_proof_is_ours,
        lambda: truths.test_a_load_of_another_desk_is_not_taken_for_ours("software"),
    ),
    "misread once": (
        misread_once_is_read,
        each_flip(
            lambda noise: cuts.test_noise_at_every_exchange_of_finding_out("psam", noise, True)
        ),
    ),
    "older loads": (
        older_loads_are_ours,
        lambda: truths.test_the_same_order_loaded_before_its_plan_is_not_taken_for_it("psam"),
    ),
    "a card that writes in place": (
        card_writes_in_place,
        lambda: cuts.test_cut_at_every_sub_step_of_the_cards_memory("software"),
    ),
    "an answer never cleared": (
        answer_never_cleared,
        answers.test_a_load_clears_the_answer_and_its_meter_takes_it_each_time,
    ),
    "an answer cleared after the load": (
        answer_cleared_after_the_load,
        lambda: answers.test_torn_at_every_sub_step_it_is_answered_or_not_and_goes_on(
            answers.ChipDesk
        ),
    ),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found(name: str, monkeypatch: Patch) -> None:
    plant, run = PLANTS[name]
    run()
    plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run()
