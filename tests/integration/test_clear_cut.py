"""A clearing that is cut, swapped or lost: finished on its own card, and on no other."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LedgerRefused, LinkFailed, Refusal
from cardstation.services import clear_card
from cardstation.services.clear_card import give_up_clearing
from cardstation.services.identify import Plastic, insert_plastic
from cardstation.services.intent import wipe
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.chips.coded import CodedChip
from drivers.virtual import Tear, VirtualCard
from tests.kit.clearing import (
    CLEARABLE,
    SECOND,
    clear,
    clearings,
    closed,
    is_blank,
    loaded,
    not_cleared,
    put,
)
from tests.kit.issuing import blank, desk_for, newcomer, stopped_by
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import card_of, layout_of, open_desk, repeat_chance

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


def steps_of(folder: Path, rules: MakerRules) -> int:
    repeat_chance()
    home = closed(rules)
    desk, card = desk_for(folder, home, rules), card_of(home, rules)
    card.chip.arm(None)
    clear(desk, card)
    desk.station.store.close()
    return card.chip.steps


SPOILED = {
    "open4442": {"card_code_unknown", "code_tries_low"},
    "open4428": {"card_code_unknown", "code_tries_low"},
    "openmf1k": {"card_clear_unknown", "foreign_card"},
}
"""What is said of a card that was cut while it got the code of a blank, and opens no more."""


@pytest.mark.parametrize("rules", CLEARABLE, ids=lambda rules: rules.code)
def test_pulled_anywhere_it_is_finished_on_its_own_card_and_on_no_other(
    folder: Path, rules: MakerRules
) -> None:
    home, layout = closed(rules), layout_of(rules)
    neighbour = replace(newcomer(rules), account_no="220104000999", card_no="88013025000999")
    steps, ends = steps_of(folder / "count", rules), set[str]()
    for tear in sorted({*range(1, 24, 6), steps // 2, steps - 1}):
        repeat_chance()
        desk, card = desk_for(folder / str(tear), home, rules), card_of(home, rules)
        put(desk, neighbour)
        card.chip.arm(Tear(tear))
        assert not_cleared(desk, card) == "card_clear_unknown", tear
        card.chip.arm(None)
        assert [one.code for one in recover(desk.station)] == ["card_clearing_open"]
        torn, spare = card.image, blank(rules)
        stopped = stopped_by(desk, card, neighbour, rules.code)
        assert stopped in {"not_blank", "card_clearing_open", *SPOILED.get(rules.layout, ())}
        assert card.image == torn
        assert not_cleared(desk, spare) == "blank_card", "a blank is the card of no clearing"
        again = not_cleared(desk, card)
        ends.add(again)
        if again:
            assert again in SPOILED[rules.layout], tear
            assert layout.recognises(torn) or again == "foreign_card", "its code comes first"
            give_up_clearing(desk.station, home.account_no, SECOND, "it opens no more; cut in two")
            card = spare
        assert stopped_by(desk, card, neighbour, rules.code) == ""
        assert not recover(desk.station)
        assert verify(desk.station).ok
        desk.station.store.close()
    assert "" in ends


def test_a_twin_is_not_taken_for_the_card_that_is_being_cleared(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    twin = loaded(home)
    card.chip.arm(Tear(40))
    assert not_cleared(desk, card) == "card_clear_unknown"
    card.chip.arm(None)
    before = twin.image
    assert not_cleared(desk, twin) in ("clear_gas_on_card", "clear_intent_open")
    with pytest.raises(Refusal, match="card_clearing_open"):
        desk.sell(twin, "100")
    assert twin.image == before
    assert clear(desk, card).work == Work.CLEAR
    desk.station.store.close()


def test_a_card_whose_seal_was_lost_is_sealed_without_a_second_write(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(wipe, "record_written", unplugged)
        assert not_cleared(desk, card) == "link_failed"
    assert is_blank(card)
    before = card.chip.wear
    assert not_cleared(desk, card) == ""
    assert card.chip.wear == before
    assert clearings(desk) == [TopUpState.SEALED]
    assert verify(desk.station).ok
    desk.station.store.close()


def unplugged(*_: object) -> None:
    raise LinkFailed("link_failed")


def test_two_persons_give_up_a_clearing(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    with pytest.raises(Refusal, match="no_clearing"):
        give_up_clearing(desk.station, home.account_no, SECOND, "it is cut in two")
    with pytest.raises(Refusal, match="unknown_household"):
        give_up_clearing(desk.station, "1", SECOND, "it is cut in two")
    card.chip.arm(Tear(40))
    assert not_cleared(desk, card) == "card_clear_unknown"
    with pytest.raises(Refusal, match="second_person_same"):
        give_up_clearing(desk.station, home.account_no, Approval("demo"), "it is cut in two")
    done = give_up_clearing(desk.station, home.account_no, SECOND, "it is cut in two")
    assert done.state is TopUpState.VOIDED
    assert clearings(desk) == [TopUpState.VOIDED]
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_card_that_was_swapped_between_two_looks_is_not_touched(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    other = VirtualCard()

    def swapped(*given: Any) -> Plastic:
        seen = insert_plastic(*given)
        seen.image = other.image
        return seen

    before = card.image
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear_card, "insert_plastic", swapped)
        assert not_cleared(desk, card) == "card_swapped"
    assert card.image == before
    assert not clearings(desk)
    desk.station.store.close()


def test_a_reader_that_writes_nothing_is_found_out(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CodedChip, "write", lambda *_: None)
        assert not_cleared(desk, card) == "card_clear_unknown"
    assert clearings(desk) == [TopUpState.OUTCOME_UNKNOWN]
    assert clear(desk, card).work == Work.CLEAR
    assert verify(desk.station).ok
    desk.station.store.close()


def test_two_clearings_of_two_chips_are_told_apart(tmp_path: Path) -> None:
    homes = [
        closed(rules)
        if at == 0
        else replace(closed(rules), account_no="220104000999", card_no="88013025000999")
        for at, rules in enumerate(CLEARABLE[:2])
    ]
    desk = open_desk(tmp_path, households=homes)
    made = [card_of(home, rules) for home, rules in zip(homes, CLEARABLE, strict=False)]
    for card in made:
        card.chip.arm(Tear(60))
        assert not_cleared(desk, card) == "card_clear_unknown"
        card.chip.arm(None)
    assert clearings(desk) == [TopUpState.OUTCOME_UNKNOWN] * 2
    for card, home in zip(made, homes, strict=True):
        assert clear(desk, card).card_no == home.card_no
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_clearing_in_the_lost_tail_is_known_again_and_finished(tmp_path: Path) -> None:
    home, ledger = closed(), MemoryLedger()
    card = card_of(home)
    open_desk(tmp_path / "day", households=[home], ledger=ledger).station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", households=[home], ledger=ledger)
    card.chip.arm(Tear(60))
    assert not_cleared(desk, card) == "card_clear_unknown"
    card.chip.arm(None)
    sync(desk.station)
    desk.station.store.close()
    restored = open_desk(tmp_path / "backup", households=[home], ledger=ledger)
    with suppress(LedgerRefused):
        sync(restored.station)
    rejoin(restored.station, SECOND)
    assert [one.code for one in recover(restored.station)] == ["card_clearing_open"]
    assert clear(restored, card).work == Work.CLEAR
    sync(restored.station)
    assert verify(restored.station).ok
    restored.station.store.close()


def test_a_card_that_lives_again_is_not_cleared_on(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    card.chip.arm(Tear(2))
    assert not_cleared(desk, card) == "card_clear_unknown"
    card.chip.arm(None)
    put(desk, replace(home, status=HouseholdStatus.ACTIVE))
    before = card.image
    assert not_cleared(desk, card) == "card_still_live"
    assert card.image == before
    put(desk, home)
    assert clear(desk, card).work == Work.CLEAR
    desk.station.store.close()


def test_what_is_given_up_while_its_card_is_read_is_not_cleared_on(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    card.chip.arm(Tear(60))
    assert not_cleared(desk, card) == "card_clear_unknown"
    card.chip.arm(None)
    torn = card.image

    on_card = desk.station.work.on_card

    def given_up_first(card_no: str, holder: object) -> AbstractContextManager[None]:
        desk.station.work.on_card = on_card  # type: ignore[method-assign]
        give_up_clearing(desk.station, home.account_no, SECOND, "it is cut in two")
        return on_card(card_no, holder)

    desk.station.work.on_card = given_up_first  # type: ignore[method-assign]
    assert not_cleared(desk, card) == "no_clearing"
    assert card.image == torn
    desk.station.store.close()


def test_a_card_with_a_try_missing_is_not_begun(tmp_path: Path) -> None:
    home = closed()
    desk, card = desk_for(tmp_path, home), card_of(home)
    card.chip.security[0] = 3
    assert not_cleared(desk, card) == "code_tries_low"
    assert not clearings(desk)
    desk.station.store.close()
