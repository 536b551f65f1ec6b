"""An account is closed: the meter's last reading, the card, the money; one fact, and proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.closing import FinalReading
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.services.begin_closing import begin_closing
from cardstation.services.clear_card import clear_card
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.closing_paper import closing_paper
from cardstation.services.grant_gas import grant_gas
from cardstation.services.pay_out import pay_out
from cardstation.services.quote_closing import quote_closing
from cardstation.services.return_load import return_load
from cardstation.services.stop_account import stop_account
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.services.withdraw_closing import withdraw_closing
from tests.integration.test_accounts import refused
from tests.kit.closing import (
    HOMES,
    LOST,
    READ,
    SECOND,
    WHY,
    WORTH,
    A,
    bought,
    close,
    said,
    with_card,
)
from tests.kit.shifts import desk_with_clerks
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def test_what_the_meter_holds_and_the_balance_go_back_in_one_fact(desk: Desk) -> None:
    card = bought(desk)
    balance = desk.household(A).balance
    made = with_card(desk, card, said(desk, card_lost=""))
    assert made.card_lost == ""
    assert (made.settlement.gas, made.settlement.balance) == (WORTH, balance)
    assert [one.receipt_no for one in made.settlement.lines] == ["S001-2026-000001"]
    now = desk.household(A)
    assert (now.status, now.balance) == (HouseholdStatus.CLOSED, NO_MONEY)
    assert desk.kinds()[-1] == "account_closed"
    found = verify(desk.station)
    assert found.ok, found.disagreements
    assert (found.gas_terms["returned_litres"], found.gas_terms["sold_litres"]) == (20_000, 29_000)
    assert found.gas_terms["taken_by_meters_litres"] + found.gas_terms["on_cards_litres"] == 9_000
    assert found.money_terms["refunds"] == WORTH.fen + balance.fen
    sync(desk.station)
    assert verify(desk.station).ok
    refused("account_closed", lambda: desk.sell(card))
    refused("account_closed", lambda: quote_closing(desk.station, A, READ))
    presence = desk.reader.wait_card(0)
    assert presence is not None
    assert clear_card(desk.station, desk.reader, presence, SECOND, WHY, nobody).work == "clear"


def test_a_stopped_account_without_gas_and_balance_closes_without_money(desk: Desk) -> None:
    stop_account(desk.station, A, WHY)
    made = close(desk, final=replace(READ, residual=Volume(0)))
    assert made.settlement.total == NO_MONEY
    assert verify(desk.station).ok


def test_gas_beyond_all_purchases_here_is_named_and_not_paid(desk: Desk) -> None:
    bought(desk)
    found = quote_closing(desk.station, A, replace(READ, residual=Volume.of_m3("50")))
    assert (found.volume, found.uncovered) == (Volume.of_m3("29"), Volume.of_m3("21"))
    assert close(desk, final=replace(READ, residual=Volume.of_m3("50"))).settlement == found
    assert verify(desk.station).ok


def test_a_load_that_was_taken_back_covers_nothing(desk: Desk) -> None:
    bought(desk)
    card = card_of(replace(HOMES[0], purchase_counter=desk.household(A).purchase_counter))
    desk.sell(card, "50")
    inserted = desk.identified()
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 3")
    inserted.close()
    refused("account_load_open", lambda: quote_closing(desk.station, A, READ))
    pay_out(desk.station, back.topup_id, SECOND)
    assert quote_closing(desk.station, A, READ).gas == WORTH


def test_a_money_meter_is_read_in_money(tmp_path: Path) -> None:
    [home] = neighbours(1, MeterKind.MONEY)
    desk = open_desk(tmp_path, households=[home])
    card = card_of(home)
    desk.sell(card, "100")
    take(card)
    refused("reading_not_said", lambda: quote_closing(desk.station, A, READ))
    made = close(desk, final=replace(READ, residual=Money(6_543)))
    assert made.settlement.total == Money(6_543)
    found = verify(desk.station)
    assert found.ok, found.disagreements
    assert found.gas_terms["sold_by_amount_fen"] == 10_000 - 6_543
    desk.station.store.close()


@pytest.mark.parametrize(
    "final",
    [
        replace(READ, residual=Volume(-1)),
        replace(READ, residual=Money(1)),
        replace(READ, fitter=" "),
        replace(READ, document=""),
    ],
)
def test_a_reading_is_whole(desk: Desk, final: FinalReading) -> None:
    refused("reading_not_said", lambda: quote_closing(desk.station, A, final))


def test_a_load_on_the_card_comes_off_first(desk: Desk) -> None:
    card = card_of(HOMES[0])
    desk.sell(card)
    leaving = said(desk, replace(READ, residual=Volume(0)))
    refused("account_gas_on_card", lambda: with_card(desk, card, leaving))
    other = card_of(HOMES[1])
    refused("card_differs_from_file", lambda: with_card(desk, other, leaving))
    assert desk.household(A).status is HouseholdStatus.ACTIVE


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"card_lost": ""}, "card_not_said"),
        ({"card_lost": "lost"}, "proof_missing"),
        ({"why": "so"}, "proof_missing"),
        ({"handed": WORTH}, "closing_sum_differs"),
        ({"tender": Tender.BATCH}, "tender_unknown"),
    ],
)
def test_what_is_not_said_closes_nothing(desk: Desk, other: dict[str, Any], code: str) -> None:
    bought(desk)
    refused(code, lambda: close(desk, **other))
    same = Approval("demo")
    refused("second_person_same", lambda: close_account(desk.station, A, same, said(desk)))
    assert desk.household(A).status is HouseholdStatus.ACTIVE


def test_gas_that_is_due_is_loaded_or_withdrawn_first(desk: Desk) -> None:
    grant_gas(desk.station, A, Volume(5_000), Tender.MAKE_UP, "WO-7", SECOND, WHY)
    refused("account_gas_due", lambda: quote_closing(desk.station, A, READ))


def test_nobody_closes_while_no_shift_is_open(tmp_path: Path) -> None:
    desk = desk_with_clerks(tmp_path, households=HOMES)
    for act in acts(desk):
        refused("no_shift", act)
    desk.station.store.close()


def acts(desk: Desk) -> tuple[Callable[[], object], ...]:
    leaving = Leaving(READ, WHY, NO_MONEY, LOST)
    return (
        lambda: begin_closing(desk.station, A, READ),
        lambda: close_account(desk.station, A, SECOND, leaving),
        lambda: withdraw_closing(desk.station, A, SECOND),
        lambda: stop_account(desk.station, A, WHY),
    )


def test_the_paper_is_made_again_from_the_record(desk: Desk) -> None:
    refused("account_not_closed", lambda: closing_paper(desk.station, A))
    bought(desk)
    made = close(desk, tender=Tender.BANK_TRANSFER, reference="2026112409133120")
    slip = closing_paper(desk.station, A)
    assert (slip.closing, slip.clerk, len(slip.check_code)) == (made, "demo", 8)
    assert closing_paper(desk.station, A) == slip
