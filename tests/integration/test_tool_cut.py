"""Tool cards pulled as they are made or cleared, in a lost tail, swapped, and written meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.tool_book import ToolStatus
from cardstation.domain.tool_card import Tool
from cardstation.errors import LedgerRefused, LinkFailed
from cardstation.services import make_tool_card, take_back_tool
from cardstation.services.identify import ToolPlastic, insert_tool
from cardstation.services.intent import tool_work, wipe
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.proof.records import collect_records
from cardstation.services.proof.tool_cards import tool_card_disagreements
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store.frozen import freeze
from drivers.chips.coded import CodedChip
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Tear, VirtualCard, VirtualReader
from tests.kit import cards
from tests.kit.clearing import clear
from tests.kit.issuing import issue, newcomer
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import MAKERS, Desk, card_of, open_desk, repeat_chance
from tests.kit.tooling import SECOND, WHY, every, make, order, shown, stopped_by, take_back, used

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

TEST = order(Tool.TEST, uses=2)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    with ExitStack() as stack:

        def one(name: str = "here", **said: Any) -> Desk:
            desk = open_desk(tmp_path / name, **said)
            stack.callback(desk.station.store.close)
            return desk

        yield one


@pytest.mark.parametrize("tear", [1, 20, 40, 69])
def test_pulled_as_it_is_made_it_is_finished_on_it_or_on_another_blank(
    opened: Callable[..., Desk], tear: int
) -> None:
    repeat_chance()
    desk, card = opened(), VirtualCard()
    card.chip.arm(Tear(tear))
    assert stopped_by(make, desk, card, TEST) == "tool_card_unknown"
    card.chip.arm(None)
    assert [one.code for one in recover(desk.station)] == ["tool_card_open"]
    assert [one.status for one in every(desk)] == [ToolStatus.MAKING]
    number = every(desk)[0].given.tool_no
    chosen = card if tear % 2 == 0 else VirtualCard()
    assert make(desk, chosen, TEST).content.card.tool_no == number
    assert [one.status for one in every(desk)] == [ToolStatus.OUT]
    assert used(chosen).state.used_litres == 500
    assert verify(desk.station).ok


@pytest.mark.parametrize("tear", [1, 9, 20, 60])
def test_pulled_as_it_is_cleared_it_is_finished_and_no_other_card_is(
    opened: Callable[..., Desk], tear: int
) -> None:
    repeat_chance()
    home = newcomer(MAKERS[0])
    desk, card = opened(households=[home]), VirtualCard()
    make(desk, card, TEST)
    used(card)
    card.chip.arm(Tear(tear))
    assert stopped_by(take_back, desk, card) == "tool_back_unknown"
    card.chip.arm(None)
    assert [one.code for one in recover(desk.station)] == ["tool_back_open"]
    torn = card.image
    assert stopped_by(issue, desk, card, home) in (
        *("card_clearing_open", "not_blank", "card_code_unknown", "code_tries_low"),
    )
    assert card.image == torn
    assert stopped_by(clear, desk, card) in ("foreign_card", "blank_card", "tool_card")
    assert stopped_by(take_back, desk, VirtualCard()) == "not_a_tool_card"
    stopped = stopped_by(take_back, desk, card)
    if stopped:
        assert stopped in ("card_code_unknown", "code_tries_low")
        number = every(desk)[0].given.tool_no
        assert lose_tool_card(desk.station, number, SECOND, WHY).status is ToolStatus.BACK
    else:
        assert issue(desk, card, home).card_no == home.card_no
    [record] = every(desk)
    assert record.status is ToolStatus.BACK
    assert record.content is not None
    assert len(record.content.uses) == 1
    assert not recover(desk.station)
    assert verify(desk.station).ok


def test_what_a_meter_wrote_after_it_was_begun_is_kept_too(opened: Callable[..., Desk]) -> None:
    desk, card = opened(), VirtualCard()
    make(desk, card, TEST)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(take_back_tool, "finish_wipe", unplugged)
        assert stopped_by(take_back, desk, card) == "link_failed"
    used(card)
    back = take_back(desk, card)
    assert len(back.content.uses) == 1
    assert every(desk)[0].content == back.content
    assert verify(desk.station).ok


def unplugged(*_: object) -> None:
    raise LinkFailed("link_failed")


@pytest.mark.parametrize("module", [tool_work, wipe])
def test_a_card_whose_seal_was_lost_is_sealed_without_a_second_write(
    opened: Callable[..., Desk], module: Any
) -> None:
    desk, card = opened(), VirtualCard()
    back = module is wipe
    if back:
        make(desk, card)

    act = take_back if back else make
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(module, "record_written", unplugged)
        assert stopped_by(act, desk, card) == "link_failed"
    before = card.chip.wear
    assert stopped_by(act, desk, card) == ""
    assert card.chip.wear == before
    assert verify(desk.station).ok


def test_a_reader_that_writes_nothing_is_found_out(opened: Callable[..., Desk]) -> None:
    desk, card = opened(), VirtualCard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CodedChip, "write", lambda *_: None)
        assert stopped_by(make, desk, card) == "tool_card_unknown"
    household = card_of(cards.household())
    before = household.image
    assert stopped_by(make, desk, household) == "not_blank"
    assert household.image == before
    other = order(work_order="GD-2")
    assert make(desk, VirtualCard(), other).content.card.tool_no == "T00001000002"
    card = VirtualCard()
    assert make(desk, card).content.card.tool_no == "T00001000001", "the one that was begun"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CodedChip, "write", lambda *_: None)
        assert stopped_by(take_back, desk, card) == "tool_back_unknown"
    take_back(desk, card)
    assert verify(desk.station).ok


def test_a_card_that_was_swapped_between_two_looks_is_not_touched(
    opened: Callable[..., Desk],
) -> None:
    desk, card = opened(), VirtualCard()
    make(desk, card)
    looks = 0

    def swapped(*given: Any) -> ToolPlastic:
        nonlocal looks
        seen, looks = insert_tool(*given), looks + 1
        if looks > 1:
            seen.image = VirtualCard().image
        return seen

    before = card.image
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(take_back_tool, "insert_tool", swapped)
        assert stopped_by(take_back, desk, card) == "card_swapped"
    assert card.image == before
    assert [one.status for one in every(desk)] == [ToolStatus.OUT]


def test_a_card_that_is_not_whole_yet_is_not_taken_back(opened: Callable[..., Desk]) -> None:
    desk, card = opened(), VirtualCard()
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(tool_work, "record_written", unplugged)
        assert stopped_by(make, desk, card) == "link_failed"
    assert shown(card).card.work_order == "GD-1"
    assert stopped_by(take_back, desk, card) == "tool_card_open"


def test_a_card_spoiled_as_it_was_made_is_given_up(opened: Callable[..., Desk]) -> None:
    desk, card = opened(), VirtualCard()
    card.chip.arm(Tear(40))
    assert stopped_by(make, desk, card) == "tool_card_unknown"
    number = every(desk)[0].given.tool_no
    assert lose_tool_card(desk.station, number, SECOND, WHY).status is ToolStatus.LOST
    assert not recover(desk.station)
    assert make(desk, VirtualCard()).content.card.tool_no != number
    assert verify(desk.station).ok


def test_given_up_while_it_is_looked_at_it_is_not_cleared_on(opened: Callable[..., Desk]) -> None:
    desk, card = opened(), VirtualCard()
    make(desk, card)
    card.chip.arm(Tear(60))
    assert stopped_by(take_back, desk, card) == "tool_back_unknown"
    card.chip.arm(None)
    torn, on_card = card.image, desk.station.work.on_card

    def given_up_first(card_no: str, holder: object) -> Any:
        desk.station.work.on_card = on_card  # type: ignore[method-assign]
        lose_tool_card(desk.station, card_no, SECOND, WHY)
        return on_card(card_no, holder)

    desk.station.work.on_card = given_up_first  # type: ignore[method-assign]
    assert stopped_by(take_back, desk, card) == "tool_card_ended"
    assert card.image == torn


@pytest.mark.parametrize("back", [False, True])
def test_in_the_lost_tail_it_is_known_again_and_finished(
    tmp_path: Path, opened: Callable[..., Desk], *, back: bool
) -> None:
    ledger, card = MemoryLedger(), VirtualCard()
    open_desk(tmp_path / "day", ledger=ledger).station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", ledger=ledger)
    if back:
        make(desk, card, TEST)
        used(card)
    card.chip.arm(Tear(60))
    assert stopped_by(take_back if back else make, *((desk, card) if back else (desk, card, TEST)))
    card.chip.arm(None)
    before = every(desk)
    sync(desk.station)
    desk.station.store.close()
    restored = opened("backup", ledger=ledger)
    with suppress(LedgerRefused):
        sync(restored.station)
    rejoin(restored.station, SECOND)
    assert every(restored) == before
    if back:
        take_back(restored, card)
        assert OPEN4442.is_blank(card.image)
    else:
        make(restored, card, TEST)
        assert shown(card).card == before[0].given.card
    sync(restored.station)
    assert verify(restored.station).ok
    assert cards.household().account_no == before[0].given.account_no


def test_two_readers_at_once_give_each_card_its_own_number(
    opened: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, other = opened(), VirtualReader(name="second")
    checked = make_tool_card.ensure_presentable

    def meanwhile(*about: Any) -> None:
        monkeypatch.setattr(make_tool_card, "ensure_presentable", checked)
        other.insert(VirtualCard())
        presence = other.wait_card(0)
        assert presence is not None
        wanted = order(Tool.TEST, work_order="GD-2")
        make_tool_card.make_tool_card(
            desk.station, other, presence, wanted, SECOND, WHY, desk.steps.append
        )
        checked(*about)

    monkeypatch.setattr(make_tool_card, "ensure_presentable", meanwhile)
    slip = make(desk, VirtualCard())
    first, second = every(desk)
    assert second.given.card == slip.content.card
    assert first.given.tool_no != second.given.tool_no
    assert verify(desk.station).ok


def test_two_cards_with_one_number_are_named(opened: Callable[..., Desk]) -> None:
    desk = opened()
    make(desk, VirtualCard())
    make(desk, VirtualCard(), TEST)
    records = collect_records(desk.station)
    (one, given), (seq, second) = records.tool_facts
    twice = replace(second, tool_no=given.tool_no)
    vars(records)["tool_facts"] = ((one, given), (seq, twice))
    vars(records)["entries"] = [
        replace(entry, subject=twice.tool_no, detail=freeze(twice)) if entry.seq == seq else entry
        for entry in records.entries
    ]
    found = [each.values for each in tool_card_disagreements(records)]
    assert found[0] == {"seq": seq, "tool_no": given.tool_no}
    desk.station.store.close()
