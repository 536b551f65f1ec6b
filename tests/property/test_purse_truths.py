"""What a purse proves about a load after others moved it: other desks, meters, other issuers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.errors import CardNotGenuine, Refusal
from cardstation.ports.purse import LoadPlan, LoadTruth, PurseStand
from drivers.virtual.apdu import Apdu
from drivers.virtual.gas_card import NO_FILE
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.purse_cuts import BEFORE, FEN, HOLDERS, Said, by_holder, desk_of, elsewhere, loaded
from tests.kit.purses import AT, PURSE, PurseDesk, order, stranger_masters


@by_holder
def test_a_load_of_another_desk_is_not_taken_for_ours(holder: str) -> None:
    """Same amount, too: only terminal, second and proof tell them apart."""
    for fen in (FEN, FEN + 1):
        desk = desk_of(holder)
        plan = desk.planned(FEN)
        elsewhere(desk, fen, 1)
        assert loaded(desk, plan) is Said.NOT_DONE
        assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER
        elsewhere(desk, fen, 2)
        assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER


@by_holder
def test_the_same_order_loaded_before_its_plan_is_not_taken_for_it(holder: str) -> None:
    desk = desk_of(holder)
    first = desk.planned(FEN)
    desk.powered().load(first, desk.keys)
    plan = desk.planned(FEN)
    elsewhere(desk, FEN, 1)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.OTHER


@by_holder
def test_our_load_is_found_under_later_ones_and_what_the_meter_took(holder: str) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered().load(plan, desk.keys)
    desk.chip.spend(PURSE, FEN, at=AT)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.DONE
    elsewhere(desk, FEN, 1)
    finding = desk.powered().find_out(plan, desk.keys)
    assert (finding.truth, finding.stand.sequence) == (LoadTruth.DONE, 9)


@by_holder
def test_what_the_log_has_forgotten_is_not_guessed(holder: str) -> None:
    """Where the proof is gone, too: one later load pushes it out."""
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered().load(plan, desk.keys)
    elsewhere(desk, FEN, 1)
    desk.powered()
    for _ in range(10):
        desk.chip.spend(PURSE, 1, at=AT)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN


class OtherIssuers(VirtualPurseCard):
    """What the sources leave open, the other way: no log of loads, proofs under the old count."""

    logs = False
    under_the_old_count = True

    def _record(self, apdu: Apdu) -> bytes:
        return super()._record(apdu) if self.logs else NO_FILE

    def _prove(self, apdu: Apdu) -> bytes:
        if not self.under_the_old_count:
            return super()._prove(apdu)
        asked = int.from_bytes(apdu.data) + 1
        return super()._prove(replace(apdu, data=asked.to_bytes(2)))


@by_holder
@pytest.mark.parametrize("logs", [False, True])
@pytest.mark.parametrize("old", [False, True])
def test_what_an_issuer_does_otherwise_makes_no_answer_wrong(
    holder: str, logs: bool, old: bool
) -> None:
    """Less is proven then, and never what is not so."""
    for ours in (True, False):
        chip = OtherIssuers()
        chip.logs, chip.under_the_old_count = logs, old
        desk = PurseDesk(HOLDERS[holder](), chip=chip)
        chip.stand(PURSE, balance=BEFORE.balance_fen, online=BEFORE.sequence)
        plan = desk.planned(FEN)
        assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.NOT_DONE
        if ours:
            desk.powered().load(plan, desk.keys)
        else:
            elsewhere(desk, FEN, 1)
        truth = desk.powered().find_out(plan, desk.keys).truth
        proven = logs or (ours and holder == "software" and not old)
        so = LoadTruth.DONE if ours else LoadTruth.OTHER
        assert truth is (so if proven else LoadTruth.UNPROVEN)


@by_holder
def test_a_meter_that_took_money_before_the_load_asks_for_a_new_plan(holder: str) -> None:
    desk = desk_of(holder)
    plan = desk.planned(FEN)
    desk.powered()
    desk.chip.spend(PURSE, 200, at=AT)
    with pytest.raises(Refusal) as stop:
        desk.powered().load(plan, desk.keys)
    assert stop.value.code == "purse_moved"
    finding = desk.powered().find_out(plan, desk.keys)
    assert finding.truth is LoadTruth.NOT_DONE
    again = desk.planned(FEN)
    assert (again.before, again.order) == (finding.stand, plan.order)
    desk.powered().load(again, desk.keys)
    assert desk.stands() == PurseStand(BEFORE.balance_fen - 200 + FEN, 8)


def test_a_card_that_was_set_back_proves_nothing() -> None:
    desk = desk_of("software")
    plan = desk.planned(FEN)
    desk.chip.stand(PURSE, balance=BEFORE.balance_fen, online=BEFORE.sequence - 1)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN
    desk.chip.stand(PURSE, balance=BEFORE.balance_fen + 1, online=BEFORE.sequence)
    assert desk.powered().find_out(plan, desk.keys).truth is LoadTruth.UNPROVEN


def test_a_plan_of_another_card_is_refused_before_anything_is_asked() -> None:
    desk, other = desk_of("software"), PurseDesk(chip=VirtualPurseCard(bytes(10)))
    plan = other.planned(FEN)
    for act in (desk.powered().load, desk.powered().find_out):
        with pytest.raises(Refusal) as stop:
            act(plan, desk.keys)
        assert stop.value.code == "purse_other_card"


def test_a_forged_card_is_not_loaded() -> None:
    """Same serial number, other keys."""
    stranger = VirtualPurseCard(masters=stranger_masters())
    desk = PurseDesk(chip=stranger)
    with pytest.raises(CardNotGenuine):
        desk.planned(FEN)
    plan = LoadPlan(stranger.serial, order(FEN), PurseStand(0, 0))
    with pytest.raises(CardNotGenuine):
        desk.powered().find_out(plan, desk.keys)
    assert loaded(desk, plan) is Said.NOT_DONE
    assert desk.stands() == PurseStand(0, 0)
