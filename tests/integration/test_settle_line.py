"""Rows that need a human: decided, left out, taken back; no rule of the household is bypassed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import DECIDED, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state
from cardstation.services.leave_out import REASONS, leave_out
from cardstation.services.look_at_line import look_at_line, warnings_of_batch
from cardstation.services.pay_batch import pay_batch
from cardstation.services.refund_list import refund_list
from cardstation.services.reopen_line import reopen_line
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.lists import lines_of, list_row, taken
from tests.kit.paper_sums import papers_agree
from tests.kit.station import Desk, card_of, neighbours, open_desk

HOMES = neighbours(6)
A, B, C, D, E, F = HOMES
ORDER = Order("D1", A.account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    papers_agree(opened.station)
    opened.station.store.close()


def change(desk: Desk, home: Household) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(home)
        unit.commit()


def test_a_decided_row_is_paid_and_loaded(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, "一百五"), list_row(B)])
    assert batch.lines[0].verdict is Verdict.HUMAN
    place = settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(15_000))
    lines = lines_of(desk.station, batch.batch_id)
    assert (place, lines[0].withdrawn, lines[0].verdict) == (3, "decided", Verdict.HUMAN)
    assert (lines[2].verdict, lines[2].ground, lines[2].row) == (
        Verdict.READY,
        DECIDED,
        batch.lines[0].row,
    )
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(25_000))
    assert desk.load(batch.batch_id, card_of(A)).state == "done"
    state = batch_state(desk.station, batch.batch_id)
    assert [one.state.value for one in state.outcomes] == ["withdrawn", "waiting", "done"]
    assert verify(desk.station).ok


def test_the_candidates_come_with_their_grounds(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, account_no="", card_no="", name="住户1"), list_row(B)])
    detail = look_at_line(desk.station, batch.batch_id, 1)
    first = detail.candidates[0]
    assert (first.household.account_no, first.agrees) == (A.account_no, ("name", "door"))
    assert detail.household is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"status": HouseholdStatus.STOPPED}, "account_stopped"),
        ({"status": HouseholdStatus.CLOSED}, "account_closed"),
        ({"arrears": Money(4_250)}, "arrears"),
        ({"chip": "epurse"}, "chip_not_supported"),
        ({"tariff": "unheard-of"}, "no_tariff"),
    ],
)
def test_what_stands_in_the_way_of_the_household_is_not_decided_away(
    desk: Desk, changed: dict[str, object], code: str
) -> None:
    change(desk, replace(A, **changed))  # type: ignore[arg-type]
    batch = taken(desk.station, [list_row(A, "一百五")])
    with pytest.raises(Refusal) as refused:
        settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(15_000))
    assert refused.value.code == code
    assert lines_of(desk.station, batch.batch_id) == batch.lines


def test_a_reported_card_is_blocked(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.blocked.replace({A.card_no: "lost"})
        unit.commit()
    batch = taken(desk.station, [list_row(A), list_row(B)])
    assert (batch.lines[0].verdict, batch.lines[0].reasons) == (
        Verdict.BLOCKED,
        ("card_blacklisted",),
    )
    assert batch.lines[1].verdict is Verdict.READY
    with pytest.raises(Refusal, match="card_blacklisted"):
        settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(15_000))


def test_an_amount_out_of_bounds_says_its_bound(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, "一百五")])
    with pytest.raises(Refusal) as refused:
        settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(1_000_000))
    assert (refused.value.code, refused.value.values) == (
        "per_load_max",
        {"limit_litres": 800_000},
    )


@pytest.mark.parametrize(
    ("account_no", "fen", "code"),
    [
        ("220199999999", 100, "unknown_household"),
        (A.account_no, 0, "zero_amount"),
        (A.account_no, None, "prepaid_order_missing"),
        (B.account_no, 10_000, "already_on_list"),
    ],
)
def test_decisions_that_cannot_be(desk: Desk, account_no: str, fen: int | None, code: str) -> None:
    batch = taken(desk.station, [list_row(A, "一百五"), list_row(B)])
    money = None if fen is None else Money(fen)
    with pytest.raises(Refusal) as refused:
        settle_line(desk.station, batch.batch_id, 1, account_no, money)
    assert refused.value.code == code


def test_an_order_paid_online_can_be_chosen(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.orders.put([ORDER])
        unit.commit()
    batch = taken(desk.station, [list_row(A, "网上已交100")])
    place = settle_line(desk.station, batch.batch_id, 1, A.account_no, None)
    assert lines_of(desk.station, batch.batch_id)[place - 1].order_id == "D1"


def test_funded_and_begun_rows_are_not_decided_about(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B, "一百五")])
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(10_000))
    with pytest.raises(Refusal, match="line_fixed"):
        settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(5_000))
    with pytest.raises(Refusal, match="line_fixed"):
        leave_out(desk.station, batch.batch_id, 1, "unclear")
    place = settle_line(desk.station, batch.batch_id, 2, B.account_no, Money(5_000))
    pay_batch(desk.station, batch.batch_id, tender=Tender.CASH, money=Money(5_000))
    with pytest.raises(Refusal, match="line_fixed"):
        reopen_line(desk.station, batch.batch_id, place)


@pytest.mark.parametrize("reason", REASONS)
def test_a_row_is_left_out_and_taken_in_again(desk: Desk, reason: str) -> None:
    batch = taken(desk.station, [list_row(A), list_row(B, "一百五")])
    leave_out(desk.station, batch.batch_id, 2, reason)
    assert lines_of(desk.station, batch.batch_id)[1].withdrawn == f"left_out_{reason}"
    place = reopen_line(desk.station, batch.batch_id, 2)
    lines = lines_of(desk.station, batch.batch_id)
    assert (place, lines[1].withdrawn) == (3, "reopened")
    assert replace(lines[2], revision=1) == batch.lines[1]
    with pytest.raises(Refusal, match="not_decided"):
        reopen_line(desk.station, batch.batch_id, 2)


def test_a_decision_is_taken_back(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(A, "一百五")])
    place = settle_line(desk.station, batch.batch_id, 1, A.account_no, Money(15_000))
    again = reopen_line(desk.station, batch.batch_id, place)
    lines = lines_of(desk.station, batch.batch_id)
    assert [one.withdrawn for one in lines] == ["decided", "reopened", ""]
    assert (again, lines[2]) == (3, batch.lines[0])
    assert verify(desk.station).ok


@pytest.mark.parametrize(
    ("place", "code"), [(0, "unknown_line"), (9, "unknown_line"), (1, "line_withdrawn")]
)
def test_places_that_are_none(desk: Desk, place: int, code: str) -> None:
    batch = taken(desk.station, [list_row(A, "一百五"), list_row(B)])
    leave_out(desk.station, batch.batch_id, 1, "unclear")
    with pytest.raises(Refusal, match=code):
        settle_line(desk.station, batch.batch_id, place, A.account_no, Money(100))
    with pytest.raises(Refusal, match="reason_unknown"):
        leave_out(desk.station, batch.batch_id, 2, "because")


def test_a_row_says_price_tiers_arrears_and_what_stands_by(desk: Desk) -> None:
    old = replace(A.meter, installed=desk.clock.now().date().replace(year=2016))
    change(
        desk,
        replace(A, arrears=Money(4_250), meter=old, relief_per_month=Volume.of_m3("5")),
    )
    batch = taken(desk.station, [list_row(A, "100"), list_row(B)])
    detail = look_at_line(desk.station, batch.batch_id, 1)
    assert (detail.left, detail.line.reasons) == (Money(5_750), ("arrears",))
    assert detail.warnings == ("meter_over_age", "relief_on_file")
    assert detail.quote is not None
    assert sum(line.amount.fen for line in detail.quote.lines) == detail.quote.total.fen
    assert len(detail.tiers) == 3
    assert (detail.cap, detail.last) == (Volume.of_m3("800"), None)
    desk.sell(card_of(B))
    last = look_at_line(desk.station, batch.batch_id, 2)
    assert last.last is not None
    assert last.warnings == ("load_taken_unknown",)
    assert warnings_of_batch(desk.station, batch.batch_id) == {
        1: ("meter_over_age", "relief_on_file"),
        2: ("load_taken_unknown",),
    }


def test_what_lay_in_the_envelope_goes_with_the_row_to_whom_its_card_shows(desk: Desk) -> None:
    """The row was taken for A; its card is C's, two people say. What is left is still A's."""
    change(desk, replace(A, arrears=Money(1_000)))
    batch = taken(desk.station, [list_row(A), list_row(B)]).batch_id
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(13_000), line=1)
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000))
    desk.clock.at += timedelta(minutes=1)
    second = Approval("017")
    place = settle_line(desk.station, batch, 1, C.account_no, Money(10_000), second)
    account = batch_account(desk.station, batch)
    own = account.payments[0].payment.payment_id
    assert account.lines[place - 1].payment_id == own
    assert own not in {one.payment.payment_id for one in account.payments_for(place)}
    manager, household = refund_list(desk.station, batch).parts
    assert (manager.remains, household.payer) == (Money(10_000), A.name)
    assert household.remains == Money(3_000)
    desk.clock.at += timedelta(minutes=1)
    change(desk, replace(desk.household(A.account_no), arrears=NO_MONEY))
    at = add_row(desk.station, batch, A.account_no, Money(10_000), card_no=A.card_no)
    lump = account.payments[1].payment.payment_id
    assert batch_account(desk.station, batch).lines[at - 1].payment_id == lump
    found = verify(desk.station)
    assert found.ok, found.disagreements
