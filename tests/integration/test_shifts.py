"""Shifts: nothing is sold without one, everything is signed by its clerk, the count comes first."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval, ShiftClose, digest_of
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services import close_shift as closing
from cardstation.services.answer_payment import answer_payment
from cardstation.services.close_shift import close_shift
from cardstation.services.handover_sheet import handover_sheet
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.open_intents import open_intents
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.shift_state import shift_state
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from cardstation.store.frozen import thaw
from tests.kit import cards
from tests.kit.power import Cut, Power, Till, When
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    EYES,
    FLOAT,
    PINS,
    desk_on_duty,
    desk_with_clerks,
)
from tests.kit.station import Desk, card_of, line, nobody, open_desk, put_batch, take

HOME = cards.household()


@pytest.fixture
def off(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_with_clerks(tmp_path)
    yield opened
    opened.station.store.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path)
    yield opened
    opened.station.store.close()


def refused(do: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as stop:
        do()
    return stop.value.code


def close(desk: Desk, yuan: str | None, **how: str) -> ShiftClose:
    counted = None if yuan is None else Money.of_yuan(yuan)
    return close_shift(desk.station, PINS[ANNA], counted=counted, **how)


def entries(desk: Desk, *kinds: EntryKind) -> list[Entry]:
    with desk.station.store.reading() as reading:
        found = [stored.entry for stored in reading.journal.every()]
    return [entry for entry in found if not kinds or entry.kind in kinds]


def ok(desk: Desk) -> Any:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    return found


def test_without_a_shift_nothing_is_taken_and_nothing_written(off: Desk) -> None:
    card = card_of(HOME)
    before = card.image
    assert refused(lambda: off.sell(card)) == "no_shift"
    batch = put_batch(off, [line(HOME, 1)])
    asked: dict[str, Any] = {"tender": Tender.CASH, "money": Money(10_000)}
    assert refused(lambda: pay_batch(off.station, batch, **asked)) == "no_shift"
    assert refused(lambda: off.load(batch, card)) == "no_shift"
    assert card.image == before
    assert set(off.kinds()) == {"clerk"}


def test_a_training_desk_nobody_was_added_to_needs_no_shift(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    assert desk.sell(card_of(HOME)).clerk == "demo"
    real = replace(desk.station, training=False)
    desk.station = real
    assert refused(lambda: desk.sell(card_of(HOME))) == "no_clerks"
    desk.station.store.close()


def test_who_is_on_duty_stands_on_everything(desk: Desk) -> None:
    receipt = desk.sell(card_of(HOME))
    assert receipt.clerk == ANNA
    assert {entry.clerk for entry in entries(desk) if entry.kind is not EntryKind.CLERK} == {ANNA}
    issue_receipt(desk.station, receipt.receipt_no)
    batch = put_batch(desk, [line(HOME, 1)])
    assert handover_sheet(desk.station, batch).clerk == ANNA
    with desk.station.store.reading() as reading:
        rows = reading._connection.exec_driver_sql(
            "SELECT clerk FROM topup_log UNION SELECT clerk FROM paper"
        )
        assert {row.clerk for row in rows} == {ANNA}
    close(desk, "600")
    open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert entries(desk)[-1].clerk == BEN


@pytest.mark.parametrize(
    ("name", "pin", "fen", "code"),
    [
        (ANNA, PINS[ANNA], -1, "float_negative"),
        (ANNA, PINS[BEN], 0, "pin_wrong"),
        ("stranger", PINS[ANNA], 0, "clerk_unknown"),
        (EYES, PINS[EYES], 0, "role_missing"),
    ],
)
def test_who_opens_no_shift(off: Desk, name: str, pin: str, fen: int, code: str) -> None:
    opened = refused(lambda: open_shift(off.station, name, pin, float_money=Money(fen)))
    assert opened == code
    assert shift_state(off.station).open is None


def test_a_supervisor_may_sit_at_the_desk_too(off: Desk) -> None:
    opened = open_shift(off.station, CHIEF, PINS[CHIEF], float_money=NO_MONEY)
    assert (opened.clerk, opened.float_money) == (CHIEF, NO_MONEY)
    state = shift_state(off.station)
    assert (state.open, state.counted, state.last) == (opened, False, None)
    assert len(state.clerks) == 4


def test_there_is_one_shift_at_a_time(desk: Desk) -> None:
    for name in (ANNA, BEN):
        again = refused(lambda n=name: open_shift(desk.station, n, PINS[n], float_money=FLOAT))
        assert again == "shift_open_already"
    assert len(entries(desk, EntryKind.SHIFT_OPENED)) == 1


@pytest.mark.parametrize(
    ("yuan", "how", "code"),
    [
        (None, {}, "count_missing"),
        ("-1", {}, "count_negative"),
        ("500", {"handed_to": ANNA, "handed_pin": PINS[ANNA]}, "second_person_same"),
        ("500", {"handed_to": BEN, "handed_pin": PINS[CHIEF]}, "pin_wrong"),
        ("500", {"handed_to": "stranger", "handed_pin": PINS[BEN]}, "clerk_unknown"),
    ],
)
def test_what_closes_no_shift(desk: Desk, yuan: str, how: dict[str, str], code: str) -> None:
    assert refused(lambda: close(desk, yuan, **how)) == code
    assert not shift_state(desk.station).counted


def test_only_the_clerk_on_duty_closes(desk: Desk) -> None:
    with_other = refused(lambda: close_shift(desk.station, PINS[BEN], counted=FLOAT))
    assert with_other == "pin_wrong"


def test_no_shift_no_close(off: Desk) -> None:
    assert refused(lambda: close(off, "500")) == "no_shift"


@pytest.mark.parametrize(("counted", "over"), [("600", 0), ("601.50", 150), ("580", -2000)])
def test_what_is_over_or_short_is_booked(desk: Desk, counted: str, over: int) -> None:
    desk.sell(card_of(HOME))
    closed = close(desk, counted)
    assert closed.expected == Money.of_yuan("600")
    assert closed.over_short == Money(over)
    (entry,) = entries(desk, EntryKind.SHIFT_CLOSED)
    assert (entry.fen, entry.balance_fen) == (closed.counted.fen, over)
    assert thaw(ShiftClose, entry.detail) == closed
    terms = ok(desk).money_terms
    assert (terms["cash_over_short"], terms["tenders"]) == (over, 10_000 + over)
    assert verify(desk.station).taken_fen == 10_000
    assert shift_state(desk.station).last == closed


def test_only_cash_is_in_the_till(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card, "50", tender=Tender.QR_CODE)
    take(card)
    with_cash = desk.sell(card, "70")
    batch = put_batch(desk, [line(HOME, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(30_000))
    pay_batch(desk.station, batch, tender=Tender.BANK_TRANSFER, money=Money(40_000))
    closed = close(desk, "0")
    assert closed.expected == FLOAT + with_cash.paid + Money(30_000)
    ok(desk)


def test_cash_paid_back_has_left_the_till(desk: Desk) -> None:
    inserted = desk.insert(card_of(HOME))
    top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    back = return_load(desk.station, inserted, Approval(CHIEF), nobody)
    inserted.close()
    pay_out(desk.station, back.topup_id, Approval(CHIEF))
    closed = close(desk, "500")
    assert closed.expected == FLOAT + Money(10_000) - back.quote.total
    ok(desk)


def test_a_committed_count_ends_the_selling_and_is_never_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sell(card := card_of(HOME))
    take(card)

    def cut(*_given: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_close", cut)
        with pytest.raises(KeyboardInterrupt):
            close(desk, "599")
    assert shift_state(desk.station).counted
    assert verify(desk.station).held_back
    assert refused(lambda: desk.sell(card)) == "shift_counted"
    assert refused(lambda: close(desk, "600")) == "count_stands"
    assert close(desk, None).over_short == Money(-100)
    ok(desk)


def test_the_same_count_given_again_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(closing, "_close", lambda *_given: pytest.fail("cut"))
        with pytest.raises(pytest.fail.Exception):
            close(desk, "500")
    assert close(desk, "500").over_short == NO_MONEY


def asked_and_lost(desk: Desk, tender: Tender = Tender.QR_CODE) -> str:
    """A sale whose answer never came: the question stays open."""
    desk.station = replace(desk.station, payments=(Till(tender, answers=False),))
    till: Any = desk.station.payments[0]
    till.power = Power(Cut(0, When.LOST))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card_of(HOME), tender=tender)
    (item,) = shift_state(desk.station).open_items
    return item.subject


def test_what_is_open_is_signed_over_by_both(desk: Desk) -> None:
    subject = asked_and_lost(desk)
    closed = close(desk, "600", handed_to=BEN, handed_pin=PINS[BEN])
    assert [one.subject for one in closed.open_items] == [subject]
    assert (closed.handed_to, closed.over_short) == (BEN, Money(10_000))
    opened = open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert (opened.appeared, opened.gone) == ((), ())
    first, last = entries(desk, EntryKind.SHIFT_CLOSED, EntryKind.SHIFT_OPENED)[-2:]
    assert first.proof == last.proof == digest_of(opened.taken_over)
    assert first.approver == BEN
    ok(desk)


def test_a_list_that_changed_between_the_signatures_names_the_difference(desk: Desk) -> None:
    subject = asked_and_lost(desk)
    close(desk, "600", handed_to=BEN, handed_pin=PINS[BEN])
    answer_payment(desk.station, subject, taken=False)
    opened = open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert (opened.appeared, opened.gone) == ((), (subject,))
    assert opened.taken_over == ()
    ok(desk)


def test_money_that_turns_up_is_somebodys(desk: Desk) -> None:
    subject = asked_and_lost(desk)
    close(desk, "600", handed_to=BEN, handed_pin=PINS[BEN])
    assert refused(lambda: answer_payment(desk.station, subject, taken=True)) == "no_shift"
    open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    answer_payment(desk.station, subject, taken=True)
    ok(desk)


def test_a_lump_sum_nobody_answered_for_is_signed_over_too(desk: Desk) -> None:
    till = Till(Tender.BANK_TRANSFER, answers=False, power=Power(Cut(0, When.LOST)))
    desk.station = replace(desk.station, payments=(till,))
    batch = put_batch(desk, [line(HOME, 1)])
    with pytest.raises(OutcomeUnknown):
        pay_batch(desk.station, batch, tender=Tender.BANK_TRANSFER, money=Money(30_000))
    (asked,) = open_intents(desk.station)
    assert asked.owner == ANNA
    (item,) = close(desk, "800", handed_to=BEN, handed_pin=PINS[BEN]).open_items
    assert (item.code, item.batch_id, item.money) == ("payment_question", batch, Money(30_000))
    open_shift(desk.station, BEN, PINS[BEN], float_money=FLOAT)
    assert [one.owner for one in open_intents(desk.station)] == [ANNA]
    answer_payment(desk.station, asked.intent_id, taken=True)
    ok(desk)


def test_finishing_what_is_paid_needs_no_shift(desk: Desk) -> None:
    subject = asked_and_lost(desk)
    answer_payment(desk.station, subject, taken=True)
    close(desk, "700")
    card = card_of(HOME)
    inserted = desk.insert(card)
    try:
        assert resolve_card(desk.station, inserted, nobody).outcome is Outcome.SEALED
    finally:
        inserted.close()
    ok(desk)


def test_an_old_copy_put_back_to_count_again_is_found(tmp_path: Path) -> None:
    home = tmp_path / "station"
    desk_on_duty(home).station.store.close()
    shutil.copytree(home, tmp_path / "copy")
    desk = desk_with_clerks(home)
    close(desk, "700")
    desk.station.store.close()
    shutil.copy(tmp_path / "copy" / "station.db", home / "station.db")
    again = desk_with_clerks(home)
    assert refused(lambda: again.sell(card_of(HOME))) == "store_rolled_back"
    again.station.store.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE shift_open SET frozen = replace(frozen, '50000', '40000')",
        "UPDATE shift_close SET frozen = replace(frozen, '60000', '70000')",
        "UPDATE shift_count SET counted = counted + 1",
        "UPDATE shift_close SET seq = 1",
    ],
)
def test_a_shift_that_was_changed_by_hand_is_named(
    desk: Desk, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by somebody who could make the row's seal anew."""
    desk.sell(card_of(HOME))
    close(desk, "600")
    with desk.station.store.unit() as unit:
        for table in ("shift_open", "shift_close", "shift_count"):
            unit._connection.exec_driver_sql(f"DROP TRIGGER keep_{table}_update")
        unit._connection.exec_driver_sql(change)
        unit.commit()
    monkeypatch.setattr("cardstation.services.verify.damage_found", lambda _station: ())
    found = verify(desk.station)
    assert "shift_disagrees" in {one.code for one in found.disagreements}


def test_a_shift_entry_without_its_row_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.station.store.unit() as unit:
        unit._connection.exec_driver_sql("DROP TRIGGER keep_shift_open_delete")
        unit._connection.exec_driver_sql("DELETE FROM shift_open")
        unit.commit()
    monkeypatch.setattr("cardstation.services.verify.damage_found", lambda _station: ())
    assert [one.code for one in verify(desk.station).disagreements] == ["shift_disagrees"]


def test_sums_that_differ_are_not_told_before_the_count(desk: Desk) -> None:
    desk.sell(card_of(HOME))
    household = desk.household()
    wrong = replace(household, balance=household.balance + Money(7), purchase_counter=1)
    with desk.station.store.unit() as unit:
        unit.households.update(wrong)
        unit.commit()
    found = verify(desk.station)
    assert found.held_back
    assert not found.ok
    told = {one.code: one.values for one in found.disagreements}
    assert told.keys() == {"sum_differs", "counter_disagrees"}
    assert told["sum_differs"].keys() == {"term"}
    close(desk, "600")
    after = {one.code for one in verify(desk.station).disagreements}
    assert after == {"term_differs", "counter_disagrees"}
