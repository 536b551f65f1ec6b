"""What waits is answered on the page of the exceptions, with keys alone, and is really recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from cardstation.domain.batch import LineState, ManifestLine, Verdict
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services.bag_papers import custody_slip
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.custody_state import custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.run_batch import start_batch
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.kit.handing import SIGNED, hand
from tests.kit.shifts import CHIEF, PINS
from tests.kit.station import card_of, line, neighbours, put_batch
from tests.kit.window_guided import COUNTED_AND_SIGNED, GuidedDesk, guided_desk
from ui.screens.batch.custody_hand_over import HandOverDialog
from ui.screens.batch.custody_timeline import event_words
from ui.screens.exceptions import bag_keys

Key = Qt.Key
A, B, OWES = neighbours(3)
OWES = replace(OWES, arrears=Money(3_460))
BATCH = "2026-11-24-01"
SECOND = f"{PINS[CHIEF]}\n"
"""The second person's PIN: their name stands there already."""


@pytest.fixture
def guided(tmp_path: Path) -> Iterator[GuidedDesk]:
    with guided_desk(tmp_path / "home", (A, B, OWES)) as opened:
        yield opened
        proof = verify(opened.desk.station)
        assert proof.ok, proof.disagreements


def taken_in(guided: GuidedDesk, *lines: ManifestLine) -> None:
    put_batch(guided.desk, lines, BATCH)


def paid(guided: GuidedDesk, fen: int) -> None:
    pay_batch(guided.desk.station, BATCH, tender=Tender.CASH, money=Money(fen))


def asks(home: object, row: int, reason: str) -> ManifestLine:
    return replace(line(home, row), verdict=Verdict.HUMAN, reasons=(reason,))  # type: ignore[arg-type]


def outcomes(guided: GuidedDesk) -> list[LineState]:
    return [one.state for one in batch_state(guided.desk.station, BATCH).outcomes]


def left(guided: GuidedDesk) -> list[str]:
    return [one.code for one in guided.cases]


def test_a_row_is_decided_where_it_stands(guided: GuidedDesk) -> None:
    taken_in(guided, asks(A, 2, "note_to_read"), line(B, 3))
    case = guided.choose("note_to_read")
    assert (case.kind, case.guide.step.act) == (Kind.LINE, Act.DECIDE)
    guided.press(Key.Key_F4)
    page = guided.view.row_page
    assert page.isVisible()
    QTest.keyClick(page.focus_here, Key.Key_Return)
    assert not page.isVisible()
    assert left(guided) == []
    assert outcomes(guided)[0] is LineState.WITHDRAWN


def test_a_row_is_left_out_with_its_reason(guided: GuidedDesk) -> None:
    taken_in(guided, asks(A, 2, "name_differs"), line(B, 3))
    guided.choose("name_differs")
    guided.press(Key.Key_F8, "↓\n")
    assert left(guided) == []
    assert batch_state(guided.desk.station, BATCH).outcomes[0].reason == "left_out_not_wanted"


def test_a_debt_goes_from_its_money_over_consent_to_a_row_that_counts(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2), asks(OWES, 3, "arrears"))
    paid(guided, 10_000)
    first = guided.choose("arrears")
    assert (first.guide.at, first.guide.step.act) == (0, Act.TAKE_MONEY)
    guided.press(Key.Key_F6, "\n")
    second = guided.choose("arrears")
    assert (second.guide.at, second.guide.step.act) == (1, Act.ARREARS)
    guided.press(Key.Key_F7, "\n")
    assert left(guided) == []
    assert guided.desk.household(OWES.account_no).arrears == NO_MONEY
    money = batch_state(guided.desk.station, BATCH).money
    assert (money.arrears, money.remainder) == (Money(3_460), NO_MONEY)
    assert outcomes(guided) == [LineState.WAITING, LineState.WITHDRAWN, LineState.UNFUNDED]


def stopped(guided: GuidedDesk, code: str = "card_in_other_envelope") -> None:
    """The card of the first row was stopped in its batch."""
    services = guided.window.session.tools.services
    if code == "card_in_other_envelope":
        with pytest.raises(Refusal, match=code):
            services.lanes.check_envelope(BATCH, 1, "B-2")
    else:
        services.lanes.route(BATCH, Tray.B, 1, A.card_no, code)


def test_an_envelope_is_scanned_and_then_any_reader_loads_its_card(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2), line(B, 3))
    for place, envelope in ((1, "A-1"), (2, "B-2")):
        put_in_envelope(guided.desk.station, BATCH, place, envelope)
    paid(guided, 20_000)
    stopped(guided)
    card = card_of(A)
    before = card.image
    guided.choose("card_in_other_envelope")
    guided.put_in(card)
    assert card.image == before, "nothing is written before its own envelope lies there"
    guided.take_out()
    guided.press(Key.Key_F6, "B-2\n")
    guided.put_in(card)
    assert card.image == before, "the wrong envelope opens nothing"
    guided.take_out()
    guided.choose("card_in_other_envelope")
    guided.press(Key.Key_F6, "a-1\n")
    assert guided.view.wizard.rows[0].accessibleName().endswith("已完成")
    guided.put_in(card)
    assert guided.window.banner.state.kind == "done"
    guided.take_out()
    assert outcomes(guided) == [LineState.DONE, LineState.WAITING]
    assert left(guided) == []


def test_a_card_that_went_on_goes_back_without_a_load_and_frees_its_money(
    guided: GuidedDesk,
) -> None:
    taken_in(guided, line(A, 2), line(B, 3))
    paid(guided, 10_000)
    stopped(guided, "counter_past_expected")
    guided.choose("counter_past_expected")
    guided.press(Key.Key_F8, "\n")
    assert left(guided) == []
    assert outcomes(guided) == [LineState.STOPPED, LineState.WAITING]
    assert custody_state(guided.desk.station, BATCH).custody.tally["unpaid"] == 1


def test_a_card_whose_stop_is_settled_loads_in_any_reader(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2))
    paid(guided, 10_000)
    stopped(guided, "card_damaged")
    guided.choose("card_damaged")
    guided.put_in(card_of(A))
    assert guided.window.banner.state.title == "已完成，请取卡"
    guided.take_out()
    assert (outcomes(guided), left(guided)) == ([LineState.DONE], [])


def test_a_row_that_nobody_decided_loads_no_card(guided: GuidedDesk) -> None:
    taken_in(guided, asks(A, 2, "name_differs"))
    guided.choose("name_differs")
    card = card_of(A)
    before = card.image
    guided.put_in(card)
    assert card.image == before
    guided.take_out()


def test_a_bag_is_counted_again_and_explained_with_a_second_person(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2), line(B, 3))
    hand(guided.desk.station, BATCH, Party.MANAGER, Party.DESK, arrived=1)
    first = guided.choose("cards_not_explained")
    assert (first.guide.at, first.guide.step.act) == (0, Act.COUNT)
    guided.press(Key.Key_F6, "1\n")
    second = guided.choose("cards_not_explained")
    assert (second.guide.at, second.guide.step.act) == (1, Act.EXPLAIN)
    guided.press(Key.Key_F7, "\t2\n", SECOND)
    assert left(guided) == []


def test_money_is_freed_row_by_row_and_given_back_by_two(guided: GuidedDesk) -> None:
    desk = guided.desk
    taken_in(guided, line(A, 2), line(B, 3))
    paid(guided, 21_000)
    hand(desk.station, BATCH, Party.MANAGER, Party.DESK)
    desk.load(BATCH, card_of(A))
    hand(desk.station, BATCH, Party.DESK, Party.MANAGER)
    first = guided.choose("batch_money_open")
    assert (first.guide.at, first.actions) == (0, (Act.RELEASE, Act.GIVE_BACK))
    guided.press(Key.Key_F7, "\n")
    second = guided.choose("batch_money_open")
    assert (second.guide.at, second.money) == (1, Money(11_000))
    guided.press(Key.Key_F6, "\n", SECOND)
    assert "batch_money_open" not in left(guided)
    assert batch_state(desk.station, BATCH).money.given_back == Money(11_000)


def came_back(guided: GuidedDesk) -> VirtualCard:
    """Both cards went home; nobody was there for the second, and it is kept."""
    desk = guided.desk
    taken_in(guided, line(A, 2), line(B, 3))
    paid(guided, 20_000)
    hand(desk.station, BATCH, Party.MANAGER, Party.DESK)
    card = card_of(B)
    for one in (card_of(A), card):
        desk.load(BATCH, one)
    desk.reader.pull()
    hand(desk.station, BATCH, Party.DESK, Party.MANAGER)
    explain_card(desk.station, BATCH, Explanation(Why.ABSENT, (2,)))
    return card


def test_a_kept_card_is_signed_for_where_it_is_listed_and_ends_its_batch(
    guided: GuidedDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    came_back(guided)
    case = guided.choose("kept_absent")
    assert (case.place, case.guide.step.act) == (2, Act.HAND_BACK)
    guided.press(Key.Key_F6, COUNTED_AND_SIGNED)
    assert guided.choose("paper_to_photograph").actions == (Act.PHOTOGRAPH,)
    photo = tmp_path / "slip.png"
    photo.write_bytes(SIGNED)
    for chosen in (None, photo):
        monkeypatch.setattr(bag_keys, "ask_picture", lambda chosen=chosen: chosen)
        guided.press(Key.Key_F6)
    assert left(guided) == []
    standing = custody_state(guided.desk.station, BATCH)
    assert standing.stage is Stage.CLOSED
    ways = [event_words(one, guided.window.look.t).title for one in standing.timeline if one.moved]
    assert ways[-1] == "营业厅 → 用户"
    assert custody_slip(guided.desk.station, BATCH).told.taker is Party.RESIDENT


def test_no_kept_card_goes_home_without_a_signature(guided: GuidedDesk) -> None:
    """Also where other cards of its bag stay: it is what closes the row."""
    came_back(guided)
    for why in (Why.ABSENT, Why.FOUND):
        explain_card(guided.desk.station, BATCH, Explanation(why, (1,)))
    standing = custody_state(guided.desk.station, BATCH)
    assert standing.custody.held == (1,)
    dialog = HandOverDialog(
        guided.window, guided.window.look, standing, ((Party.DESK, Party.RESIDENT),), (2,)
    )
    dialog.show()
    assert [one.text() for one in dialog.segments.findChildren(QPushButton)] == ["营业厅 → 用户"]
    dialog.counted.setText("1")
    dialog.counted.editingFinished.emit()
    dialog.taken_by.setText("Zhao")
    assert not dialog.accept_button.isEnabled()
    dialog.on_paper.setChecked(True)
    assert dialog.accept_button.isEnabled()
    assert dialog.asked is not None
    assert dialog.asked.places == (2,)
    dialog.close()
    dialog.deleteLater()


def test_a_kept_card_that_is_gone_is_explained_by_two(guided: GuidedDesk) -> None:
    came_back(guided)
    guided.choose("kept_absent")
    guided.press(Key.Key_F7, "\n", SECOND)
    assert custody_state(guided.desk.station, BATCH).custody.where[2] is Where.MISSING
    assert left(guided) == ["load_on_lost_card"], "it was loaded: its household is owed that gas"
    guided.choose("load_on_lost_card")
    guided.press(Key.Key_F7, SECOND)
    assert left(guided) == ["batch_closable"]


def test_a_kept_card_in_the_reader_finds_its_row_and_nothing_is_written(
    guided: GuidedDesk,
) -> None:
    card = came_back(guided)
    guided.choose("kept_absent")
    before = card.image
    guided.put_in(card)
    assert guided.window.banner.state.title == "这张卡就是选中的那一行"
    assert card.image == before
    guided.take_out()


def test_a_rest_in_doubt_of_a_running_batch_is_answered_where_it_is_listed(
    guided: GuidedDesk,
) -> None:
    station = guided.desk.station
    taken_in(guided, line(A, 2), line(B, 3))
    paid(guided, 20_000)
    paid(guided, 3_000)
    start_batch(station, BATCH)
    rest = batch_account(station, BATCH).payments[1].payment.payment_id
    begin_remainder(station, BATCH, rest, Money(3_000))
    station.store.begun.clear()  # as after the next start
    case = guided.choose("payout_in_doubt")
    assert (case.money, case.guide.step.act) == (Money(3_000), Act.GIVE_BACK)
    guided.press(Key.Key_F6, "\n", f"{PINS[CHIEF]}\tslip 12 was signed yesterday\n")
    assert left(guided) == []
    assert batch_state(station, BATCH).money.given_back == Money(3_000)


def sold_online(guided: GuidedDesk) -> None:
    """An order that waits longer than it should."""
    desk = guided.desk
    paid_at = desk.station.clock.now() - timedelta(days=31)
    order = Order("W1", A.account_no, 10_000, 30_000, "", A.purchase_counter, "", paid_at)
    desk.ledger.centre.now = desk.station.clock.now
    desk.ledger.centre.sell_online(order)
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()


def test_a_paid_order_is_held_and_then_loaded_where_it_is_listed(guided: GuidedDesk) -> None:
    sold_online(guided)
    first = guided.choose("order_old")
    assert (first.card_no, first.guide.step.act) == (A.card_no, Act.HOLD_ORDER)
    guided.press(Key.Key_F6)
    second = guided.choose("order_old")
    assert (second.guide.at, second.guide.step.act) == (1, Act.CARD)
    guided.put_in(card_of(A))
    assert guided.window.banner.state.kind == "done"
    guided.take_out()
    assert left(guided) == []


def test_a_card_on_no_line_goes_straight_back_to_its_owner(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2))
    desk = guided.desk
    hand(desk.station, BATCH, Party.MANAGER, Party.DESK, arrived=2)
    with pytest.raises(Refusal, match="card_not_in_batch"):
        desk.load(BATCH, card_of(B))
    case = guided.choose("card_not_in_batch")
    assert case.guide.step.act is Act.EXPLAIN
    guided.press(Key.Key_F7, "↓\n")
    assert custody_state(desk.station, BATCH).custody.left_over == 0
    assert left(guided) == []


def test_rows_of_a_bag_that_is_back_end_with_their_batch(guided: GuidedDesk) -> None:
    taken_in(guided, line(A, 2), asks(B, 3, "name_differs"))
    paid(guided, 10_000)
    desk = guided.desk
    hand(desk.station, BATCH, Party.MANAGER, Party.DESK)
    desk.load(BATCH, card_of(A))
    hand(desk.station, BATCH, Party.DESK, Party.MANAGER)
    case = guided.choose("name_differs")
    assert case.guide.step.act is Act.CLOSE
    guided.press(Key.Key_F9)
    assert left(guided) == []
    assert custody_state(desk.station, BATCH).stage is Stage.CLOSED


def test_esc_leaves_everything_as_it_is(guided: GuidedDesk) -> None:
    taken_in(guided, asks(OWES, 2, "arrears"), asks(A, 3, "name_differs"))
    paid(guided, 5_000)
    before = guided.desk.kinds()
    guided.choose("name_differs")
    guided.press(Key.Key_F8, "\x1b")
    guided.press(Key.Key_F4)
    QTest.keyClick(guided.window, Key.Key_Escape)
    guided.choose("arrears")
    guided.press(Key.Key_F7, "\x1b")
    guided.press(Key.Key_F8, "\x1b")
    assert guided.desk.kinds() == before
    assert sorted(left(guided)) == ["arrears", "name_differs"]


def test_a_debt_is_paid_from_the_page_of_its_row(guided: GuidedDesk) -> None:
    taken_in(guided, asks(OWES, 2, "arrears"), asks(A, 3, "name_differs"))
    paid(guided, 5_000)
    guided.choose("name_differs")
    guided.press(Key.Key_F4)
    here = guided.screen.model.here
    here.row.look_at(1)
    page = guided.view.row_page
    assert here.row.state is not None
    assert here.row.state.debtor == guided.desk.household(OWES.account_no)
    guided.press(Key.Key_D, "\n", at=page.focus_here)
    assert guided.desk.household(OWES.account_no).arrears == NO_MONEY
    assert here.row.state.detail.place == 3
    assert here.row.state.debtor is None
    assert outcomes(guided) == [LineState.WITHDRAWN, LineState.STOPPED, LineState.UNFUNDED]
