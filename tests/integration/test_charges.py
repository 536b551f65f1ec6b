"""Charges at the counter: what they book, what they refuse, and that they are taken back once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cardstation.domain.charge import ChargeReceipt, Original
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import EntryKind, postings_of
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.charge_fee import charge_fee, fees_today
from cardstation.services.charge_over_use import charge_over_use, defer_over_use, quote_over_use
from cardstation.services.charges_of import charges_of
from cardstation.services.deposit import deposit
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.verify import verify
from tests.kit.charging import ACCOUNT, CARD_FEE, FEES, OTHER, counter_desk
from tests.kit.station import DESK_RULES, RESIDENTIAL, Desk

CASH, QR = Tender.CASH, Tender.QR_CODE
SECOND = Approval("second")
PAPER = "表读数 1234.5，工单 77"
WHY = "typed for the wrong household"
TEN = Volume.of_m3("10")
DUE = date(2026, 12, 31)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = counter_desk(tmp_path / "desk")
    yield desk
    proof = verify(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


def legs(desk: Desk) -> list[tuple[str, int]]:
    """Of the newest fact."""
    with desk.station.store.reading() as reading:
        return list(postings_of(list(reading.journal.every())[-1].entry))


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as stop:
        act()
    return stop.value.code


def back(desk: Desk, made: ChargeReceipt, original: Original = Original.BACK) -> ChargeReceipt:
    name = made.receipt_no or made.charge.charge_id
    return reverse_charge(desk.station, name, SECOND, WHY, original=original)


def test_over_used_gas_is_sold_gas_that_the_meter_took(desk: Desk) -> None:
    before = desk.household(ACCOUNT).bought_this_year
    priced = quote_over_use(desk.station, ACCOUNT, TEN)
    made = charge_over_use(desk.station, ACCOUNT, TEN, PAPER, tender=CASH, agreed=priced.total)
    assert made.receipt_no == "S001-2026-000001"
    assert legs(desk) == [("tender:cash", 3_360), ("gas_sold", -3_360)]
    assert desk.household(ACCOUNT).bought_this_year == before + TEN
    proof = verify(desk.station)
    assert (proof.money_terms["tenders"], proof.money_terms["gas_loaded"]) == (3_360, 3_360)
    assert proof.gas_terms["sold_litres"] == proof.gas_terms["taken_by_meters_litres"] == 10_000
    assert proof.taken_fen == proof.loaded_fen == 3_360


def test_over_use_is_put_off_as_arrears_by_two_and_paid_at_the_counter(desk: Desk) -> None:
    made = defer_over_use(desk.station, ACCOUNT, TEN, PAPER, SECOND, due=DUE)
    assert (made.receipt_no, made.charge.due) == ("", DUE)
    assert legs(desk) == [(f"arrears:{ACCOUNT}", 3_360), ("gas_sold", -3_360)]
    assert desk.household(ACCOUNT).arrears == Money(6_820)
    assert verify(desk.station).money_terms["arrears_and_fees"] == -3_360
    paid = pay_arrears(desk.station, ACCOUNT, tender=QR, reference="88", agreed=Money(6_820))
    assert legs(desk) == [("tender:qr_code", 6_820), (f"arrears:{ACCOUNT}", -6_820)]
    assert (paid.charge.filed, paid.receipt_no) == (Money(6_820), "S001-2026-000001")
    assert desk.household(ACCOUNT).arrears == NO_MONEY
    assert refused(lambda: pay_arrears(desk.station, ACCOUNT, tender=CASH)) == "no_arrears"
    assert refused(lambda: back(desk, made)) == "arrears_paid_since"
    back(desk, paid)
    assert desk.household(ACCOUNT).arrears == Money(6_820)
    back(desk, made)
    assert desk.household(ACCOUNT).arrears == Money(3_460)
    assert verify(desk.station).money_terms["arrears_and_fees"] == 0
    pay_arrears(desk.station, ACCOUNT, tender=CASH)


def test_a_fee_is_one_of_the_catalogue_or_none(desk: Desk) -> None:
    station = desk.station
    assert [one.code for one in fees_today(station)] == ["CARD", "VALVE"]
    made = charge_fee(station, ACCOUNT, "CARD", tender=CASH)
    assert (made.charge.fee, made.charge.money) == (CARD_FEE, Money(1_000))
    assert legs(desk) == [("tender:cash", 1_000), ("fee:CARD", -1_000)]
    assert charge_fee(station, ACCOUNT, "VALVE", tender=QR, money=Money(2_500)).receipt_no
    assert verify(station).money_terms["arrears_and_fees"] == 3_500

    def wrong(code: str, money: int | None = None) -> str:
        asked = None if money is None else Money(money)
        return refused(lambda: charge_fee(station, ACCOUNT, code, tender=CASH, money=asked))

    assert wrong("HANDLING") == "fee_unknown"
    assert wrong("VALVE") == wrong("VALVE", 1_999) == wrong("CARD", 999) == "fee_amount_outside"
    with station.store.unit() as unit:
        late = replace(CARD_FEE, first=date(2027, 1, 1), last=None)
        unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, fees=(late,)))
        unit.commit()
    assert (fees_today(station), wrong("CARD")) == ((), "fee_not_in_force")
    with station.store.unit() as unit:
        unit.tariffs.replace((RESIDENTIAL,), DESK_RULES)
        unit.commit()
    assert wrong("CARD") == "no_fees"


def test_a_deposit_lies_in_the_balance(desk: Desk) -> None:
    deposit(desk.station, ACCOUNT, Money(5_000), tender=CASH)
    assert legs(desk) == [("tender:cash", 5_000), (f"balance:{ACCOUNT}", -5_000)]
    assert charges_of(desk.station, ACCOUNT).free == Money(5_000)
    nothing = lambda: deposit(desk.station, ACCOUNT, NO_MONEY, tender=CASH)  # noqa: E731
    assert refused(nothing) == "zero_amount"


@pytest.mark.parametrize("original", list(Original))
def test_a_charge_is_taken_back_once_by_the_tender_it_came_with(
    desk: Desk, original: Original
) -> None:
    before = desk.household(ACCOUNT)
    made = [
        charge_over_use(desk.station, ACCOUNT, TEN, PAPER, tender=QR, reference="1"),
        charge_fee(desk.station, ACCOUNT, "CARD", tender=Tender.BANK_TRANSFER),
        deposit(desk.station, ACCOUNT, Money(5_000), tender=CASH),
        pay_arrears(desk.station, ACCOUNT, tender=CASH),
    ]
    for one in made:
        gone = back(desk, one, original)
        assert (gone.receipt_no, gone.charge.tender) == ("", one.charge.tender)
        assert gone.charge.original == original
        assert refused(lambda one=one: back(desk, one)) == "charge_taken_back"
    assert desk.household(ACCOUNT) == replace(before, tier_year=2026)
    terms = verify(desk.station).money_terms
    assert terms["tenders"] == terms["refunds"] == 3_360 + 1_000 + 5_000 + 3_460
    assert all(one.back for one in charges_of(desk.station, ACCOUNT).charges)
    assert refused(lambda: back(desk, gone)) == "unknown_charge"


def test_the_same_charge_once_more_on_one_day_is_asked_about(desk: Desk) -> None:
    """A cut after the commit leaves a clerk without a paper, not the household uncharged."""
    station = desk.station
    made = charge_fee(station, ACCOUNT, "CARD", tender=CASH)
    again = lambda: charge_fee(station, ACCOUNT, "CARD", tender=CASH)  # noqa: E731
    assert refused(again) == "charged_already"
    charge_fee(station, OTHER.account_no, "CARD", tender=CASH)
    charge_fee(station, ACCOUNT, "CARD", tender=CASH, again=True)
    defer_over_use(station, ACCOUNT, TEN, PAPER, SECOND, due=DUE)
    once_more = lambda: defer_over_use(station, ACCOUNT, TEN, PAPER, SECOND, due=DUE)  # noqa: E731
    assert refused(once_more) == "charged_already"
    back(desk, made)


def test_what_must_not_be_charged_is_refused(desk: Desk) -> None:
    station, gone = desk.station, date(2026, 1, 1)

    def over_use(volume: Volume = TEN, **more: object) -> str:
        given = {"tender": CASH, **more}
        return refused(lambda: charge_over_use(station, ACCOUNT, volume, PAPER, **given))  # type: ignore[arg-type]

    assert over_use(Volume(0)) == "zero_amount"
    assert over_use(tender=Tender.BALANCE) == "tender_unknown"
    assert over_use(agreed=Money(1)) == "price_changed"
    assert over_use(approval=Approval("demo")) == "second_person_same"
    assert refused(lambda: charge_over_use(station, ACCOUNT, TEN, "?", tender=CASH)) == (
        "proof_missing"
    )
    assert refused(lambda: deposit(station, "nobody", Money(1), tender=CASH)) == "unknown_household"
    late = lambda: defer_over_use(station, ACCOUNT, TEN, PAPER, SECOND, due=gone)  # noqa: E731
    assert refused(late) == "due_day_wrong"
    paid = lambda: pay_arrears(station, ACCOUNT, tender=CASH, agreed=Money(1))  # noqa: E731
    assert refused(paid) == "price_changed"
    with station.store.unit() as unit:
        rules = replace(DESK_RULES, fees=FEES, plausible_per_load={"residential": Volume(9_999)})
        unit.tariffs.replace((RESIDENTIAL,), rules)
        unit.commit()
    assert over_use() == "over_use_large"
    charge_over_use(station, ACCOUNT, TEN, PAPER, tender=CASH, approval=SECOND)
    with station.store.unit() as unit:
        closed = replace(desk.household(ACCOUNT), status=HouseholdStatus.CLOSED)
        unit.households.update(closed)
        unit.commit()
    assert over_use(volume=Volume(5)) == "account_closed"


def test_the_kinds_are_in_the_journal(desk: Desk) -> None:
    deposit(desk.station, ACCOUNT, Money(1), tender=CASH)
    pay_arrears(desk.station, ACCOUNT, tender=CASH)
    assert desk.kinds() == [EntryKind.CHARGED, EntryKind.ARREARS_PAID]
