"""A load clears what its meter wrote back, and no cut of that costs more than the load's delay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from cardstation.domain.card import Witness, judge
from cardstation.errors import CardStationError, CodeLocked, CodeRefused, Refusal, WriteNotTaken
from cardstation.ports.purse import PurseKeys, PurseStand
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.keys.secret import Secret
from drivers.purses.chip import KIND, PurseChip
from drivers.purses.gas_content import CLEARED, Returned, is_cleared
from drivers.purses.gas_files import RETURNED
from drivers.readers.wrappers import Fault, FaultKind
from drivers.virtual import Tear, VirtualCard, every_tear
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_meter import PurseMeter
from tests.kit.purse_station import LOADS, at_its_meter, issued
from tests.kit.purses import AT, StrictPurseCard, psam
from tests.unit.test_purse_facts import CREDIT, LAYOUT, ChipDesk

LOADED = PurseStand(5000, LOADS + 1)
WRONG = Secret(bytes(range(16)))


def load(desk: ChipDesk) -> PurseChip:
    chip = desk.as_chip()
    before = chip.read()
    chip.unlock(b"")
    chip.write(before, LAYOUT.plan_load(before, CREDIT).spans)
    return chip


def holder(**wrong: Secret) -> PurseKeys:
    return SoftwarePurseKeys(replace(training_masters(), **wrong), TERMINAL)


def strict(keys: PurseKeys | None = None) -> ChipDesk:
    """A desk with a card that wants the key of files, too."""
    chip = issued(kind=StrictPurseCard).chip
    assert isinstance(chip, StrictPurseCard)
    return ChipDesk(keys, chip)


def test_a_load_clears_the_answer_and_its_meter_takes_it_each_time() -> None:
    desk = ChipDesk()
    assert not is_cleared(desk.chip.content(RETURNED))
    chip = load(desk)
    assert desk.chip.content(RETURNED) == CLEARED
    assert chip.tries_left() == chip.all_tries, "nothing is presented to a card that is cleared"
    desk.reader.pull()
    assert at_its_meter(desk.card) == 5000
    assert not is_cleared(desk.chip.content(RETURNED))
    assert desk.as_chip().tries_left() is None


def test_a_cleared_card_is_shown_no_key() -> None:
    desk = strict(holder(external=WRONG, line=WRONG))
    desk.chip.power_up()
    desk.chip._update(desk.chip.place(RETURNED), CLEARED)
    load(desk)
    assert desk.stands(KIND) == LOADED


@pytest.mark.parametrize("new", [ChipDesk, strict], ids=["line", "files and line"])
def test_torn_at_every_sub_step_it_is_answered_or_not_and_goes_on(
    new: Callable[[], ChipDesk],
) -> None:
    counted = new()
    chip = counted.as_chip()
    before = chip.read()
    counted.chip.arm(None)
    chip.unlock(b"")
    chip.write(before, LAYOUT.plan_load(before, CREDIT).spans)
    seen = set()
    for tear in every_tear(counted.chip.steps, seeds=range(2)):
        desk = new()
        desk.as_chip()
        seen.add(_torn_and_finished(desk, tear, meets_meter=tear.seed == 1))
    assert seen == {(True, False), (False, False), (False, True)}, "answered, loaded"


def _torn_and_finished(desk: ChipDesk, tear: Tear, *, meets_meter: bool) -> tuple[bool, bool]:
    chip = desk.as_chip()
    before = chip.read()
    plan = LAYOUT.plan_load(before, CREDIT)
    desk.chip.arm(tear)
    with suppress(CardStationError):
        chip.unlock(b"")
        chip.write(before, plan.spans)
    assert not desk.chip.powered
    desk.chip.arm(None)
    shown = desk.as_chip().read()
    answer = LAYOUT.decode(shown).returned
    assert answer is not None
    answered, loaded = bool(answer.meter_no), desk.stands(KIND) == LOADED
    assert not (answered and loaded), "a load is never there before its answer is cleared"
    assert judge(before, plan.target, plan.owned, shown) is (
        Witness.TARGET if loaded else Witness.BEFORE
    )
    desk.reader.pull()
    taken = at_its_meter(desk.card) if meets_meter else 0
    assert taken == (5000 if meets_meter and loaded else 0)
    if not loaded:
        load(desk)
    desk.reader.pull()
    assert taken + at_its_meter(desk.card) == 5000
    return answered, loaded


def test_a_wrong_key_to_write_files_is_tried_once_an_insertion_and_told() -> None:
    desk = strict(holder(external=WRONG))
    for left in (2, 1):
        chip = desk.as_chip()
        chip.read()
        with pytest.raises(CodeRefused) as stop:
            chip.unlock(b"")
        assert stop.value.values["tries_left"] == left
    chip = desk.as_chip()
    with pytest.raises(CodeLocked):
        chip.unlock(b"")
    assert not is_cleared(desk.chip.content(RETURNED))
    assert desk.stands(KIND) == PurseStand(0, LOADS)


def test_a_wrong_key_of_the_line_is_a_refused_key_too() -> None:
    desk = ChipDesk(holder(line=WRONG))
    chip = desk.as_chip()
    with pytest.raises(CodeRefused) as stop:
        chip.unlock(b"")
    assert stop.value.code == "line_mac_refused"
    assert desk.chip.state.wrong_macs == 1


def test_a_holder_that_is_silent_presents_nothing() -> None:
    fault = Fault()
    desk = ChipDesk(psam(fault=fault))
    chip = desk.as_chip()
    chip.read()
    fault._at, fault._kind = fault.exchanges, FaultKind.BEFORE
    with pytest.raises(Refusal, match="psam_silent"):
        chip.unlock(b"")
    assert desk.chip.state.tries == (3, 3)


def test_an_answer_that_does_not_go_is_told() -> None:
    desk = ChipDesk()
    chip = desk.as_chip()
    chip.read()
    desk.chip._update = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(WriteNotTaken):
        chip.unlock(b"")


def test_a_meter_that_is_full_writes_nothing_and_takes_the_load_later() -> None:
    desk = ChipDesk()
    load(desk)
    desk.reader.pull()
    card = VirtualCard(desk.chip)
    meter = PurseMeter.of_purse(card)
    meter.state = replace(meter.state, residual=1, hoard=5000)
    full = meter.take(card, at=AT)
    assert (full.error, full.written) == (21, False)
    meter.state = replace(meter.state, residual=0)
    assert meter.take(card, at=AT).credited
    assert Returned.of(desk.chip.content(RETURNED)) is not None
