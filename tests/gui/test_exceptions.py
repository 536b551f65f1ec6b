"""What waits, who owns it, and the one key that answers it; and the torn card in a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cardstation.domain.charge import Original
from cardstation.domain.exception_case import Act
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.errors import CardRemoved, Refusal
from cardstation.i18n import translator
from cardstation.ports.ledger import LedgerException
from cardstation.services.intent.cases import Case
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.resolve import Outcome, Resolution
from cardstation.services.sync_state import SyncState
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_shift_shots import exceptions_of, exceptions_view
from tests.kit.window_stage import Stage
from ui.screens.counter.state import Phase
from ui.screens.exceptions.state import KEYS
from ui.session import Lanes, Session

BY = Approval(SUPERVISOR)
TODAY = samples.quote(samples.household(), Money(30_000), None)


@pytest.fixture
def yes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The second person says yes to everything; returns what they were asked."""
    asked: list[str] = []

    def ask(_view: object, _look: object, _way: object, what: str, **note: str) -> object:
        asked.append(what)
        return BY, note.get("note", "") and "photo 118"

    at = "ui.screens.exceptions.view.ask_"
    monkeypatch.setattr(f"{at}to_bring_back", lambda *_given: asked.append("back") or (BY, None))
    monkeypatch.setattr(f"{at}second_person", ask)
    monkeypatch.setattr("ui.screens.counter.view.ask_second_person", ask)
    monkeypatch.setattr(f"{at}paid_back", lambda *a, **note: (*ask(*a, **note), Original.BACK))
    seen = {"note": "seen"}
    monkeypatch.setattr(f"{at}meter_count", lambda *a: (*ask(*a[:4], **seen), MeterCount(51)))
    return asked


def choose(desk: Stage, qtbot: QtBot, code: str) -> Case:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("exceptions")
    items = exceptions_of(desk).model.state.items or ()
    [at] = [at for at, item in enumerate(items) if item.code == code]
    exceptions_view(desk).table.select(at)
    return items[at]


def test_every_row_has_owner_and_age(desk: Stage, qtbot: QtBot) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "outcome_unknown")
    table = exceptions_view(desk).table.model()
    row = [table.index(0, at).data() for at in range(5)]
    assert row == ["结果不明", "郑国栋  2-1-303", "¥700.00", "已超期", "王敏"]
    texts = [one.text() for one in exceptions_view(desk).wizard.findChildren(QLabel)]
    assert any("8801 3025 0002 76" in text and "27 小时" in text for text in texts)


@pytest.mark.parametrize(
    ("code", "key", "what", "intent"),
    [
        ("payout_pending", Qt.Key.Key_F6, "pay_out", "intent-5 back"),
        ("outcome_unknown", Qt.Key.Key_F8, "dispute", "intent-7 photo 118"),
    ],
)
def test_two_persons_answer_with_one_key(
    desk: Stage, qtbot: QtBot, yes: list[str], code: str, key: Qt.Key, what: str, intent: str
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, code)
    qtbot.keyClick(desk.window, key)
    assert desk.station.backs == [(what, SUPERVISOR, intent)]
    assert yes


def test_of_a_lost_card_people_say_so(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    """Of a card that was read, and cannot tell, no words are asked for."""
    (paid,) = (one for one in samples.open_intents() if one.code == "paid_not_loaded")
    words = {"paid_in_doubt": "intent-6", "card_not_as_left": "intent-6"}
    for code in (paid.code, "paid_in_doubt", "card_not_as_left"):
        desk.station.open = (replace(paid, code=code),)
        choose(desk, qtbot, code)
        qtbot.keyClick(desk.window, Qt.Key.Key_F8)
        said = words.get(code, "intent-6 photo 118")
        assert desk.station.backs[-1] == ("dispute", SUPERVISOR, said)
    assert len(desk.station.backs) == len(yes) == 3


def test_keys_of_other_states_do_nothing(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F11):
        qtbot.keyClick(desk.window, key)
    assert desk.station.backs == []
    assert yes == []


@pytest.mark.parametrize(
    ("key", "said"),
    [(Qt.Key.Key_F9, "loaded photo 118"), (Qt.Key.Key_F10, "not_loaded photo 118 51")],
)
def test_two_persons_settle_a_dispute(
    desk: Stage, qtbot: QtBot, yes: list[str], key: Qt.Key, said: str
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    qtbot.keyClick(desk.window, key)
    assert len(yes) == 1
    assert desk.station.backs == [("settle", SUPERVISOR, f"intent-8 {said}")]


def test_a_refund_waits_for_the_very_card(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "paid_not_loaded")
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes == ["¥650.00  ·  这笔已付的气不充了，应退款给付款人。"]
    assert desk.window.banner.state.title == "退款：请放尾号 0239 的卡"
    desk.insert()
    assert desk.window.banner.state.title == "这不是要等的那张卡"
    assert desk.station.backs == []
    assert "resolve_card" not in desk.station.calls
    desk.remove()
    desk.station.card = FakeCard(samples.facts(of=samples.line(6)))
    desk.insert()
    assert desk.station.backs == [("refund", SUPERVISOR, "")]
    assert desk.window.banner.state.title == "退款已登记，请取卡"
    assert "resolve_card" not in desk.station.calls
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert exceptions_of(desk).holds_cards, "there is nothing left to give up"
    desk.remove()
    assert not exceptions_of(desk).holds_cards


def test_esc_gives_a_refund_up(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "paid_not_loaded")
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not exceptions_of(desk).holds_cards
    assert desk.station.backs == []


def test_a_card_that_carries_the_load_is_not_refunded(
    desk: Stage, qtbot: QtBot, yes: list[str]
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "paid_not_loaded")
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes
    desk.station.card = FakeCard(samples.facts(of=samples.line(6)))
    desk.station.fails["refund"] = Refusal("load_is_on_card", card_no="1")
    desk.insert()
    assert desk.window.banner.state.kind == "needs_you"
    desk.remove()
    assert not exceptions_of(desk).holds_cards


def test_a_pulled_card_is_asked_for_again(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "paid_not_loaded")
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes
    desk.station.fails["insert_card"] = CardRemoved()
    desk.insert()
    desk.remove()
    wanted = exceptions_of(desk).model.state.wanted
    assert wanted is None or wanted.phase is Phase.EMPTY


def test_a_restored_station_compares_and_sells_again(
    desk: Stage, qtbot: QtBot, yes: list[str]
) -> None:
    desk.station.synced = SyncState(0, 0, 12, "ledger_ahead", (), configured=True)
    choose(desk, qtbot, "ledger_ahead")
    qtbot.keyClick(desk.window, Qt.Key.Key_F11)
    assert yes
    assert desk.station.backs == [("rejoin", SUPERVISOR, "")]
    assert not exceptions_of(desk).model.state.items


def test_a_forked_station_offers_nothing_but_words(desk: Stage, qtbot: QtBot) -> None:
    desk.station.synced = SyncState(0, 0, 12, "ledger_fork", (), configured=True)
    assert choose(desk, qtbot, "ledger_fork").actions == ()


def test_entries_put_aside_are_listed_in_words_and_wait_for_nobody_here(
    desk: Stage, qtbot: QtBot
) -> None:
    found = (LedgerException(41, "double_load"),)
    desk.station.synced = SyncState(0, 0, 57, "", found, configured=True)
    choose(desk, qtbot, "double_load")
    table = exceptions_view(desk).table.model()
    assert [table.index(0, at).data() for at in (0, 1, 4)] == ["同一次充了两遍", "第 41 条", "中心"]
    assert exceptions_of(desk).subtitle(translator("zh_CN")) == "未了结 0 项，另有中心 1 项"


def test_every_act_of_people_has_a_key() -> None:
    assert set(KEYS) == set(Act) - {Act.NONE, Act.CARD}


def steps_of(desk: Stage) -> list[str]:
    """What the screen reader hears of the steps that are shown."""
    return [one.accessibleName() for one in exceptions_view(desk).wizard.rows if one.isVisible()]


def test_done_steps_are_ticked_and_the_next_has_its_key(desk: Stage, qtbot: QtBot) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    first, second, third = steps_of(desk)
    assert [one.endswith("已完成") for one in (first, second, third)] == [True, True, False]
    choose(desk, qtbot, "payment_question")
    assert len(steps_of(desk)) == 2


def test_the_card_in_the_reader_chooses_its_own_row_and_ends_it(desk: Stage, qtbot: QtBot) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    desk.station.resolution = Resolution(Outcome.SEALED, receipt=samples.receipt(TODAY))
    desk.station.card = FakeCard(samples.facts(of=samples.line(6)))
    seen: list[str] = []
    desk.station.during = lambda _step: seen.append(chosen(desk))
    desk.insert()
    assert set(seen) == {"paid_not_loaded"}
    assert desk.window.here == "exceptions"
    assert desk.window.banner.state.title == "上次没写完的已写完，请取卡"
    assert desk.station.calls.count("print_receipt") == 1
    desk.remove()
    assert desk.window.banner.state.kind == "idle"


def chosen(desk: Stage) -> str:
    items = exceptions_of(desk).model.state.items or ()
    return items[exceptions_view(desk).table.row].code


def test_a_card_without_a_row_is_told_so_and_served_at_the_counter(
    desk: Stage, qtbot: QtBot
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    desk.insert()
    assert desk.window.banner.state.title == "这张卡没有未了结的事"
    assert desk.station.calls.count("resolve_card") == 1
    desk.window.go("counter")
    assert desk.counter.model.state.phase is Phase.READY


def test_who_goes_on_to_another_screen_stays_there_with_the_card_in_the_reader(
    desk: Stage, qtbot: QtBot
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "disputed")
    desk.insert()
    desk.window.go("shift")
    assert desk.window.here == "shift"
    assert desk.window.view("shift").isVisible()
    assert not desk.window.view("exceptions").isVisible()


def test_a_card_pulled_while_it_is_ended_here_goes_first_everywhere(
    desk: Stage, qtbot: QtBot
) -> None:
    desk.station.open = samples.open_intents()
    choose(desk, qtbot, "paid_not_loaded")
    desk.station.resolution = Resolution(Outcome.SEALED, receipt=samples.receipt(TODAY))
    desk.station.card = FakeCard(samples.facts(of=samples.line(6)))
    desk.pull_at(Step.WRITE)
    desk.insert()
    desk.remove()
    assert desk.session.tools.unfinished.torn is not None


def test_what_cannot_be_looked_up_is_said_and_is_not_taken_for_nothing(
    desk: Stage, qtbot: QtBot
) -> None:
    desk.station.fails["exceptions"] = Refusal("selling_frozen", reason="ledger_fork")
    desk.window.go("exceptions")
    assert exceptions_of(desk).model.state.problem is not None
    said = [one.text() for one in exceptions_view(desk).findChildren(QLabel) if one.isVisible()]
    assert not any("都了结了" in text for text in said)
    desk.station.fails.clear()
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    exceptions_of(desk).model.look()
    assert exceptions_of(desk).model.state.problem is None


def test_a_load_is_taken_back_at_the_counter(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.card = FakeCard(samples.facts(stop="load_still_on_card", taken=False))
    seen: list[str] = []
    desk.station.during = lambda _step: seen.append(desk.window.banner.state.kind)
    desk.insert()
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes
    assert set(seen) == {"writing"}
    assert desk.station.backs == [("take_back", SUPERVISOR, "photo 118")]
    assert desk.window.banner.state.title == "已退气，请取卡"
    assert "¥300.00" in desk.window.banner.state.line
    desk.remove()
    assert desk.counter.model.state.owed is None


def test_gas_that_was_given_is_due_again_and_no_money_is_owed(
    desk: Stage, qtbot: QtBot, yes: list[str]
) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.owes = NO_MONEY
    desk.station.card = FakeCard(samples.facts(stop="load_still_on_card", taken=False))
    desk.insert()
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes
    assert desk.window.banner.state.line == "气量重新记为应补，不退款。"
    said = [one.text() for one in desk.window.findChildren(QLabel) if one.isVisible()]
    assert not any("欠" in text for text in said)


def test_a_card_without_a_load_offers_no_return(desk: Stage, qtbot: QtBot, yes: list[str]) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.insert()
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert yes == []
    assert desk.station.backs == []


@pytest.mark.parametrize(
    ("pick", "words"),
    [
        (lambda one: one.code == "payment_question", "上次关机前有 1 笔正在收款"),
        (lambda one: one.code != "payment_question", "有 5 笔没有做完"),
    ],
)
def test_what_recovery_left_is_said_with_one_key(
    desk: Stage, pick: Callable[[object], bool], words: str
) -> None:
    from ui.courier import InlineCourier

    station = FakeStation(found=tuple(filter(pick, samples.open_intents())))
    session = Session(station.services(), InlineCourier(), Lanes.inline())
    note = session.tools.board.note
    assert note is not None
    said = desk.window.look.t(note.text, **note.fields)
    assert words in said
    assert "Ctrl+3" in said


def test_a_running_batch_stops_for_the_torn_card_and_goes_on_with_one_key(
    desk: Stage, qtbot: QtBot
) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.standing = samples.batch_standing(10)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    desk.batch.model.start()
    torn, other = (samples.batch_standing(10).outcomes[at].line for at in (1, 2))
    desk.station.card = FakeCard(samples.facts(of=torn), row=1)
    desk.pull_at(Step.WRITE)
    desk.insert()
    desk.remove()
    desk.station.during = lambda _step: None
    [one] = [i for i in samples.open_intents() if i.code == "load_unfinished"]
    object.__setattr__(one, "card_no", torn.card_no)
    desk.station.open = (one,)
    desk.station.card = FakeCard(samples.facts(of=other), row=2)
    desk.insert()
    title = desk.window.banner.state.title
    assert title == "这是另一张卡，请先放回刚才那张"
    assert "load_line" not in desk.station.calls
    desk.remove()
    assert desk.batch.model.state.phase is Phase.PULLED
    desk.insert()
    qtbot.keyClick(desk.window, Qt.Key.Key_F8)
    assert desk.window.banner.state.kind == "done"
    assert desk.batch.model.state.running
