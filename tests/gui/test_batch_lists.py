"""The pages for lists: paste, headings, newer lists, one row after another, the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.lists.entry import KeyedRow, read_keyed
from cardstation.services.pay_batch import pay_batch
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.lists import lines_of, list_row, taken, with_people
from tests.kit.station import Desk
from tests.kit.window_lists import CHAT, HOMES, lay, list_text, lists_stage
from tests.kit.window_stage import Stage, application
from ui.screens.batch import BatchView
from ui.screens.batch.count_dialog import CountDialog
from ui.screens.batch.lists_state import Ask, Page, order_of
from ui.screens.batch.whose_dialog import WhoseDialog


@dataclass
class Bench:
    """A window, the desk behind it, and a folder for lists."""

    stage: Stage
    desk: Desk
    folder: Path

    @property
    def lists(self):  # type: ignore[no-untyped-def]  # the screen's own model
        return self.stage.batch.lists

    @property
    def view(self) -> BatchView:
        found = self.stage.window.view("batch")
        assert isinstance(found, BatchView)
        return found

    @property
    def batch_id(self) -> str:
        assert self.lists.state.standing is not None
        return str(self.lists.state.standing.batch.batch_id)

    @property
    def lines(self) -> tuple[ManifestLine, ...]:
        return lines_of(self.desk.station, self.batch_id)

    def file(self, text: str, name: str = "list.csv") -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def take_in(self, text: str) -> None:
        self.stage.window.go("batch")
        self.stage.batch.model.take_in(self.file(text))

    def ask_for(self, path: Path) -> None:
        """The next question for a file is answered with this one."""
        tools = self.lists._tools
        object.__setattr__(tools, "ask_file", lambda _folder: path)

    def keys(self, qtbot: QtBot, typed: str) -> None:
        """Type into whatever page or field has the keys."""
        target = self.view.over.table
        for sign in typed:
            if sign == "\n":
                qtbot.keyClick(target, Qt.Key.Key_Return)
            else:
                qtbot.keyClicks(target, sign)
            target = self.view.over.table


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made, desk = lists_stage(tmp_path / "home", "zh_CN", "light", _unseen)
    yield Bench(made, desk, tmp_path)
    made.window.close()
    made.window.deleteLater()
    application().processEvents()
    desk.station.store.close()


def _unseen(_widget: QWidget, _name: str) -> None: ...


def test_what_needs_a_person_stands_first(bench: Bench) -> None:
    bench.take_in(list_text("name", "amount"))
    lines = bench.lines
    order = order_of(lines)
    first = [lines[place - 1].verdict for place in order[:3]]
    assert first == [Verdict.HUMAN] * 3
    table = bench.view.open.table
    assert table.model().index(0, 2).data() == lines[order[0] - 1].name
    assert sorted(order) == list(range(1, 13))


def test_rows_are_solved_one_after_another_with_the_keyboard(bench: Bench, qtbot: QtBot) -> None:
    """Row 2 has arrears and is left out, row 5 names another person, row 7 says 一百五."""
    bench.take_in(list_text("name", "amount"))
    bench.lists.row.solve()
    state = bench.lists.row.state
    assert (state.detail.place, state.left, state.ask) == (2, 3, Ask.AMOUNT)
    assert bench.stage.window.banner.state.kind == "ready"
    bench.keys(qtbot, "r")
    assert bench.lists.row.state.ask is Ask.REASON
    bench.keys(qtbot, "2")
    assert bench.lines[1].withdrawn == "left_out_not_wanted"
    assert bench.lists.row.state.detail.place == 5
    bench.keys(qtbot, "\n")
    assert bench.lines[4].withdrawn == "decided"
    assert bench.lists.row.state.detail.place == 7
    bench.keys(qtbot, "150")
    quote = bench.lists.row.state.quote
    assert quote is not None
    assert quote.money == Money(15_000)
    bench.keys(qtbot, "\n")
    assert bench.lists.state.page is Page.NONE
    assert bench.lines[-1].money == Money(15_000)
    assert bench.lists.state.needing == ()
    bench.stage.batch.model.open(bench.batch_id)
    told = bench.stage.batch.subtitle(bench.stage.window.look.t)
    assert "共 11 行" in told, "one is left out; a decided row is one row"
    assert verify(bench.desk.station).ok


def test_a_candidate_is_picked_with_a_digit(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text("account"))
    bench.lists.row.solve()
    bench.lists.row.skip()
    state = bench.lists.row.state
    assert (state.detail.place, state.ask) == (8, Ask.AMOUNT)
    assert state.picked.account_no == HOMES[7].account_no
    assert state.detail.candidates[0].agrees == ("name", "door")
    bench.lists.row.step_back()
    assert bench.lists.row.state.ask is Ask.WHO
    bench.keys(qtbot, "1")
    assert bench.lists.row.state.ask is Ask.AMOUNT
    bench.keys(qtbot, "\n")
    assert bench.lines[-1].account_no == HOMES[7].account_no


def test_another_account_is_typed(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text("name"))
    bench.lists.row.look_at(5)
    bench.keys(qtbot, "a")
    assert bench.lists.row.state.ask is Ask.ACCOUNT
    bench.keys(qtbot, "999\n")
    assert bench.lists.row.state.problem.code == "unknown_household"
    for _ in range(3):
        qtbot.keyClick(bench.view.over.table, Qt.Key.Key_Backspace)
    bench.keys(qtbot, f"{HOMES[15].account_no}\n")
    assert bench.lists.row.state.picked == HOMES[15]


def test_what_stands_in_the_way_is_said_and_not_decided(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text())
    bench.lists.row.solve()
    bench.keys(qtbot, "\n")
    assert bench.lists.row.state.problem.code == "arrears"
    assert bench.lines[1].withdrawn == ""
    names = [name.text() for name, _ in bench.view.over.row._price._rows]
    assert any("欠费" in name for name in names)


def test_a_decision_is_taken_back_from_its_row(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text("amount"))
    bench.lists.row.look_at(7)
    bench.keys(qtbot, "150\n")
    place = len(bench.lines)
    bench.lists.row.look_at(place)
    assert bench.lists.row.state.ask is Ask.NOTHING
    bench.keys(qtbot, "u")
    assert (bench.lines[place - 1].withdrawn, bench.lines[-1].verdict) == (
        "reopened",
        Verdict.HUMAN,
    )


def test_enter_on_a_sound_row_shows_its_tiers(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text())
    table = bench.view.open.table
    table.select(3)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert bench.lists.state.page is Page.ROW
    assert bench.view.over.row._bar._state.tiers
    facts = {name.text(): value.text() for name, value in bench.view.over.row._home._rows}
    assert facts["依据"] == "户号、卡号、姓名一致"
    assert bench.view.over.row._who.text() == "用户"
    bench.lists.row.step_back()
    assert bench.lists.state.page is Page.NONE


def test_chat_text_is_pasted_counted_and_paid(bench: Bench) -> None:
    with_people(bench.desk)
    bench.stage.window.go("batch")
    bench.lists.paste()
    page = bench.view.over.paste
    page.text.setPlainText(CHAT)
    assert page._count.text() == "读出 5 行，1 行看不懂"
    bench.lists.take_text(page.text.toPlainText())
    assert page.text.toPlainText() == ""
    assert bench.lists.state.page is Page.NONE
    for place, (home, fen) in enumerate(((HOMES[0], 20_000), (HOMES[4], 15_000)), start=1):
        settle_line(bench.desk.station, bench.batch_id, place, home.account_no, Money(fen))
    bench.lists.look()
    assert bench.lists.state.entry.unchecked == 2
    with pytest.raises(Refusal, match="entry_not_checked"):
        pay_batch(bench.desk.station, bench.batch_id, tender=Tender.CASH, money=Money(100))
    doors = [HOMES[0].address.door, HOMES[4].address.door]
    swapped, right = (
        read_keyed(f"{doors[0]} {first}\n{doors[1]} {second}")
        for first, second in ((150, 200), (200, 150))
    )
    bench.lists.count(swapped, Approval("林静"))
    assert bench.lists.state.entry.unchecked == 2
    bench.lists.count(right, Approval("林静"))
    assert bench.lists.state.entry.unchecked == 0


def test_a_newer_list_is_shown_before_it_is_taken(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text())
    newer = list_text(yuan=150).splitlines()
    bench.ask_for(bench.file("\n".join(newer[:-1]) + "\n", "newer.csv"))
    before = bench.lines
    bench.lists.newer_file()
    assert bench.lists.state.page is Page.COMPARE
    assert bench.lines == before
    table = bench.view.over.compare.table
    assert table.model().rowCount() == 12
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert bench.lists.state.page is Page.NONE
    assert sum(one.withdrawn == "revised" for one in bench.lines) == 12
    bench.lists.newer_file()
    assert not bench.view.over.compare._take.isEnabled()


def test_headings_are_explained_with_digits(bench: Bench, qtbot: QtBot) -> None:
    text = list_text().replace("户号,卡号,户主,门牌,金额", "车位,片片,谁家,哪里,多少呀")
    bench.take_in(text)
    assert bench.lists.state.page is Page.HEADINGS
    page = bench.view.over.headings
    assert not page._take.isEnabled()
    for digit in "12345":
        qtbot.keyClicks(page.table, digit)
    page.manager.setText("甲物业")
    page.manager.editingFinished.emit()
    for digit in "12345":
        page.table.select(int(digit) - 1)
        qtbot.keyClicks(page.table, digit)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert bench.lists.state.page is Page.NONE
    assert len(bench.lines) == 12
    bench.stage.batch.model.leave()
    bench.take_in(text.replace("100", "80"))
    page.manager.setText("乙物业")
    page.manager.editingFinished.emit()
    assert not page._take.isEnabled()
    page.manager.setText("甲物业")
    page.manager.editingFinished.emit()
    assert page._take.isEnabled()


def test_cards_at_the_door_make_a_list(bench: Bench, qtbot: QtBot) -> None:
    with_people(bench.desk)
    bench.stage.window.go("batch")
    bench.lists.open_door("上门")
    assert bench.lists.state.page is Page.DOOR
    page = bench.view.over.door
    lay(bench.stage, HOMES[0])
    assert page._title.text() == HOMES[0].name
    qtbot.keyClicks(page.amount, "200")
    qtbot.keyClick(page.amount, Qt.Key.Key_Return)
    bench.stage.remove()
    lay(bench.stage, HOMES[4])
    bench.stage.remove()
    assert page._title.text() == ""
    assert [(one.account_no, one.money) for one in bench.lines] == [
        (HOMES[0].account_no, Money(20_000)),
        (HOMES[4].account_no, None),
    ]
    lay(bench.stage, HOMES[0])
    bench.stage.remove()
    assert bench.lists.door.state.problem.code == "already_on_list"
    qtbot.keyClicks(page.number, HOMES[5].account_no)
    qtbot.keyClick(page.number, Qt.Key.Key_Return)
    qtbot.keyClicks(page.amount, "50")
    qtbot.keyClick(page.amount, Qt.Key.Key_Return)
    assert bench.lines[-1].money == Money(5_000)
    bench.lists.close()
    assert bench.lists.state.entry.unchecked == 2, "one waits for its amount"


def test_a_household_that_does_not_count_yet_is_said_at_the_door(
    bench: Bench, qtbot: QtBot
) -> None:
    taken(bench.desk.station, [list_row(HOMES[0])])
    bench.stage.window.go("batch")
    bench.lists.open_door("上门")
    page = bench.view.over.door
    lay(bench.stage, HOMES[0])
    qtbot.keyClicks(page.amount, "200")
    qtbot.keyClick(page.amount, Qt.Key.Key_Return)
    assert bench.lines[-1].verdict is Verdict.HUMAN
    problem = bench.lists.door.state.problem
    assert problem is not None
    assert problem.code == "in_other_batch"
    bench.stage.remove()
    assert bench.lists.door.state.problem == problem.bare()
    lay(bench.stage, HOMES[4])
    assert bench.lists.door.state.problem is None
    bench.stage.remove()
    assert bench.lists.door.state.problem is None, "an amount left for later is no problem"


def test_a_card_that_lies_there_is_not_added_by_leaving_the_door(bench: Bench) -> None:
    bench.stage.window.go("batch")
    bench.lists.open_door("上门")
    lay(bench.stage, HOMES[0])
    bench.lists.close()
    bench.stage.remove()
    assert bench.lines == ()


def test_the_second_person_keys_every_row_before_the_pin(bench: Bench, qtbot: QtBot) -> None:
    with_people(bench.desk)
    window = bench.stage.window
    dialog = CountDialog(window, window.look, bench.lists.approver)
    qtbot.addWidget(dialog)
    dialog.pin.setText("482915")
    assert not dialog.accept_button.isEnabled()
    qtbot.keyClicks(dialog.rows, "3-2-601 120.50")
    qtbot.keyClick(dialog.rows, Qt.Key.Key_Return)
    dialog.rows.insertPlainText("３栋２单元６０２")
    assert dialog.counted == (KeyedRow("3-2-601", Money(12_050)), KeyedRow("3栋2单元602", None))
    assert dialog.accept_button.isEnabled()
    dialog.close()


def test_whose_bag_it_is_is_filed(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text())
    standing = bench.lists.state.standing
    assert standing is not None
    dialog = WhoseDialog(bench.stage.window, bench.stage.window.look, standing.batch)
    qtbot.addWidget(dialog)
    dialog._fields[1].setText("阳光物业")
    dialog._choose("sealed")
    bench.lists.file(dialog.whose)
    standing = bench.lists.state.standing
    assert (standing.batch.manager, standing.batch.zone) == ("阳光物业", "sealed")
    dialog.close()


def test_a_run_is_never_covered_by_a_row(bench: Bench, qtbot: QtBot) -> None:
    bench.take_in(list_text())
    pay_batch(bench.desk.station, bench.batch_id, tender=Tender.CASH, money=Money(200_000))
    bench.stage.batch.model.look()
    bench.stage.batch.model.start()
    assert bench.stage.batch.model.state.running
    assert not bench.view.open.list_bar.isVisible()
    table = bench.view.open.table
    table.select(0)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert bench.lists.state.page is Page.NONE


def test_the_banner_says_what_comes_before_the_money(bench: Bench) -> None:
    with_people(bench.desk)
    bench.stage.window.go("batch")
    bench.lists.take_text(CHAT)
    assert bench.stage.window.banner.state.title == "5 行待核实"
    for place in range(1, 6):
        bench.lists.row.look_at(place)
        bench.lists.row.ask_reason()
        bench.lists.row.pick(1)
    bench.lists.close()
    bench.lists.open_door("")
    bench.lists.door.add(HOMES[0].account_no, "100")
    bench.lists.close()
    assert bench.stage.window.banner.state.title == "按 F11 第二人复核"
    bench.lists.count(read_keyed(f"{HOMES[0].account_no} 100"), Approval("林静"))
    assert bench.stage.window.banner.state.title == "按 F9 · Q 报价"
