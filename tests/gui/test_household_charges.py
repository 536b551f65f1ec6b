"""Money at the counter without a load, on the page of services and at the counter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.desk_counter import counter_services
from cardstation.domain.charge import Begun, Way
from cardstation.domain.closing import FinalReading
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.sentences import word
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.begin_closing import begin_closing
from cardstation.services.charges_of import Standing, charges_of
from cardstation.services.household_state import household_state as looked
from tests.gui.conftest import Open
from tests.kit import window_samples as samples
from tests.kit.charging import ACCOUNT as REAL
from tests.kit.charging import FEES, counter_desk
from tests.kit.window_counter import ACCOUNT, BEGUN, FEE
from tests.kit.window_fakes import FakeCard
from tests.kit.window_household import household_state
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage
from ui.screens.household.state import Phase

BY = Approval(SUPERVISOR)


def served(open_desk: Open, **more: object) -> Stage:
    shown = open_desk()
    home = samples.household(balance=ACCOUNT.balance, arrears=ACCOUNT.arrears)
    known = household_state(home, money=ACCOUNT, fees=FEES, **more)
    shown.station.households.known[samples.ACCOUNT_NO] = known
    shown.window.go("household")
    shown.household.model.find(samples.ACCOUNT_NO)
    return shown


def done(shown: Stage, act: str, texts: dict[str, str], *, two: bool = False) -> tuple[object, ...]:
    model = shown.household.model
    model.choose(act)
    for name, text in texts.items():
        model.type(name, text)
    model.go(BY if two else None)
    assert model.state.phase is Phase.DONE, model.state.doubt
    model.back()
    return shown.station.counter.charged[-1]


def test_each_reaches_its_service_with_what_was_typed(open_desk: Open) -> None:
    shown, no = served(open_desk), samples.ACCOUNT_NO
    gas, paper = Volume.of_m3("10"), "表读数 1234.5"
    used = {"volume": "10", "document": paper}
    price, cash = Money(3_080), Tender.CASH
    taken = ("over_use", no, gas, paper, cash, "", price, False)
    assert done(shown, "over_use", used) == (*taken, None)
    assert done(shown, "over_use_large", used, two=True) == (*taken, BY)
    off = done(shown, "put_off", {**used, "due": "2026-12-31"}, two=True)
    assert (off[0], off[4], off[6]) == ("put_off", BY, price)
    assert done(shown, "fee", {"paid": "qr_code", "paid.reference": "77"}) == (
        *("fee", no, "CARD", None, Tender.QR_CODE, "77", False),
    )
    assert done(shown, "fee", {"fee": "VALVE", "money": "25"})[2:4] == ("VALVE", Money(2_500))
    assert done(shown, "arrears", {}) == ("arrears", no, cash, "", Money(3_460))
    assert done(shown, "deposit", {"money": "50"})[1:3] == (no, Money(5_000))
    out = done(shown, "pay_balance", {"money": "50"}, two=True)
    assert out == ("pay_balance", no, Money(5_000), BY, cash, "", "")
    assert "paid_slip" in shown.station.calls
    back = done(shown, "reverse_charge", {"why": "收错用户，当面退还"}, two=True)
    assert back[:3] == ("back", FEE.charge_id, BY)


def test_a_payout_that_came_to_nothing_is_called_off(open_desk: Open) -> None:
    shown = served(open_desk)
    known = shown.station.households.known
    known[samples.ACCOUNT_NO] = replace(known[samples.ACCOUNT_NO], money=BEGUN)
    shown.household.model.find(samples.ACCOUNT_NO)
    off = done(shown, "call_off_payout", {}, two=True)
    assert off == ("call_off", BEGUN.begun[0], BY)


def test_what_was_charged_today_is_said_before_it_is_charged_once_more(open_desk: Open) -> None:
    today = replace(FEE, at=samples.NOW)
    account = replace(ACCOUNT, charges=(Standing(today, None),))
    shown = served(open_desk)
    known = shown.station.households.known
    known[samples.ACCOUNT_NO] = replace(known[samples.ACCOUNT_NO], money=account)
    model = shown.household.model
    model.find(samples.ACCOUNT_NO)
    model.choose("fee")
    assert model.state.preview[0].fields == {"number": today.receipt_no}
    model.go()
    assert shown.station.counter.charged[-1][-1] is True


@pytest.mark.parametrize("tender", [Tender.CASH, Tender.QR_CODE, Tender.BANK_TRANSFER])
def test_a_charge_taken_back_says_its_receipt_and_how_it_goes(
    open_desk: Open, tender: Tender
) -> None:
    shown = served(open_desk)
    account = replace(ACCOUNT, charges=(Standing(replace(FEE, tender=tender), None),))
    known = shown.station.households.known
    known[samples.ACCOUNT_NO] = replace(known[samples.ACCOUNT_NO], money=account)
    model, t = shown.household.model, shown.window.look.t
    model.find(samples.ACCOUNT_NO)
    model.choose("reverse_charge")
    model.type("why", "收错用户，当面退还")
    said = model.state.preview[0].in_words(t)
    assert FEE.receipt_no in said
    assert word(f"tender.{tender}", t) in said


def test_a_balance_is_offered_at_the_counter_where_there_is_one(open_desk: Open) -> None:
    shown = open_desk()
    shown.station.card = FakeCard(samples.facts())
    shown.insert()
    model = shown.counter.model
    assert "balance" in model.state.tenders
    model.type_amount("1")
    model.choose_tender("balance")
    assert (model.state.needs_reference, model.state.short) == (False, None)
    model.type_amount("300")
    assert model.state.short is not None
    assert not model.state.may_confirm
    shown.remove()
    facts = samples.facts()
    poor = replace(facts, household=samples.household(balance=Money(0)))
    shown.station.card = FakeCard(poor)
    shown.insert()
    model.choose_tender("balance")
    assert model.state.tender is Tender.CASH


def test_behind_the_window_are_the_real_services(tmp_path: Path) -> None:
    desk = counter_desk(tmp_path / "desk")
    counter = counter_services(desk.station, tmp_path, lambda: "zh_CN", lambda path: path)
    gas, paper, cash = Volume.of_m3("5"), "表读数 1234.5", Tender.CASH
    price = counter.quote_over_use(REAL, gas).total
    assert counter.paper(
        counter.over_use(REAL, gas, paper, cash, "", price, False, None).receipt_no
    ).exists()
    price = counter.quote_over_use(REAL, gas).total
    due = desk.clock.now().date()
    counter.put_off(REAL, gas, paper, Approval("b"), due, price, True)
    owed = charges_of(desk.station, REAL).arrears
    counter.arrears(REAL, cash, "", owed)
    counter.fee(REAL, "CARD", None, cash, "", False)
    kept = counter.deposit(REAL, Money(5_000), cash, "", False)
    counter.pay_out(REAL, Money(2_000), Approval("b"), cash, "", "")
    state = looked(desk.station, REAL)
    assert state.money is not None
    assert (state.money.balance, len(state.money.charges)) == (Money(3_000), 5)
    assert [one.code for one in state.fees] == ["CARD", "VALVE"]
    assert {one.what for one in state.history} >= {"charge.fee", "charge.deposit", "charge.arrears"}
    assert kept.receipt_no in {one.receipt_no for one in state.history}
    desk.station.store.close()


def test_what_a_cut_left_of_each_payout_is_called_off(tmp_path: Path) -> None:
    desk = counter_desk(tmp_path / "desk")
    counter = counter_services(desk.station, tmp_path, lambda: "zh_CN", lambda path: path)
    counter.arrears(REAL, Tender.CASH, "", charges_of(desk.station, REAL).arrears)
    counter.deposit(REAL, Money(5_000), Tender.CASH, "", False)
    fee = counter.fee(REAL, "CARD", None, Tender.CASH, "", False)
    final = FinalReading(Volume.of_m3("1"), "王师傅", "CB-118")

    def begun() -> tuple[Begun, ...]:
        state = looked(desk.station, REAL).money
        return () if state is None else state.begun

    begin_balance_payout(desk.station, REAL, Money(2_000))
    assert begun() == (Begun(Way.BALANCE, REAL, Money(2_000)),)
    counter.call_off(begun()[0], Approval("b"))
    begin_charge_reversal(desk.station, fee.receipt_no)
    assert begun() == (Begun(Way.CHARGE, fee.charge.charge_id, fee.charge.money),)
    counter.call_off(begun()[0], Approval("b"))
    begin_closing(desk.station, REAL, final)
    assert [(one.way, one.named) for one in begun()] == [(Way.CLOSING, REAL)]
    counter.call_off(begun()[0], Approval("b"))
    assert begun() == ()
    desk.station.store.close()
