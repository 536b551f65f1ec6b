"""An account is closed: the meter's last reading, the card, the money; one fact, and proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.closing import Closing, FinalReading
from cardstation.domain.exception_case import Kind, Proof
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused
from cardstation.services import close_account as closing
from cardstation.services.begin_closing import begin_closing
from cardstation.services.clear_card import clear_card
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.grant_gas import grant_gas
from cardstation.services.pay_out import pay_out
from cardstation.services.quote_closing import quote_closing
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.return_load import return_load
from cardstation.services.shift_state import shift_state
from cardstation.services.stop_account import stop_account
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.services.withdraw_closing import withdraw_closing
from drivers.virtual import VirtualCard
from tests.integration.test_accounts import refused
from tests.integration.test_rejoin import Restored
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.power import PowerCut
from tests.kit.shifts import desk_with_clerks
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take
from tests.kit.tamper import forged

SECOND = Approval("017")
HOMES = neighbours(2)
A = HOMES[0].account_no
READ = FinalReading(Volume.of_m3("20"), "王师傅", "CB-118")
WORTH = Money(6_720)
"""Of 20 m³ in the second tier."""
WHY, LOST, SLIP = "moves away, form 21", "left in the old flat", "the slip was in the till"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def bought(desk: Desk, yuan: str = "100") -> VirtualCard:
    """A card whose load its meter took."""
    card = card_of(HOMES[0])
    desk.sell(card, yuan)
    take(card)
    return card


def said(desk: Desk, final: FinalReading = READ, **other: Any) -> Leaving:
    """What is said, with the sum that the desk names."""
    total = quote_closing(desk.station, A, final).total
    return Leaving(**{"final": final, "why": WHY, "handed": total, "card_lost": LOST, **other})


def close(desk: Desk, **other: Any) -> Closing:
    return close_account(desk.station, A, SECOND, said(desk, **other))


def with_card(desk: Desk, card: VirtualCard, leaving: Leaving) -> Closing:
    with ExitStack() as stack:
        inserted = desk.insert(card)
        stack.callback(inserted.close)
        return close_account(desk.station, A, SECOND, leaving, inserted)


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


def test_money_handed_over_and_cut_before_it_was_on_record_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bought(desk)
    leaving = said(desk)

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_record", cut)
        with pytest.raises(PowerCut):
            close_account(desk.station, A, SECOND, leaving)
    desk.station.store.close()
    desk = open_desk(tmp_path)
    recover(desk.station)
    [case] = [one for one in exceptions_state(desk.station) if one.kind is Kind.MONEY]
    assert (case.guide.step.proof, case.money) == (Proof.SLIP, leaving.handed)
    refused("payout_in_doubt", lambda: close_account(desk.station, A, SECOND, leaving))
    assert begin_closing(desk.station, A, READ)
    refused("proof_missing", lambda: close(desk, found="yes"))
    close(desk, found=SLIP)
    with desk.station.store.reading() as reading:
        last = reading.journal.last()
    assert last is not None
    assert last.entry.witness == f"people: {SLIP}"
    assert [one for one in exceptions_state(desk.station) if one.kind is Kind.MONEY] == []
    assert verify(desk.station).ok
    desk.station.store.close()


def test_begun_and_called_off_is_no_question_any_more(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bought(desk)
    refused("closing_not_begun", lambda: withdraw_closing(desk.station, A, SECOND))
    assert not begin_closing(desk.station, A, READ)
    assert not begin_closing(desk.station, A, READ)
    assert exceptions_state(desk.station) == ()
    assert [one.code for one in shift_state(desk.station).open_items] == ["payout_in_doubt"]
    desk.station.store.close()
    desk = open_desk(tmp_path)
    refused("payout_in_doubt", lambda: close(desk))
    withdraw_closing(desk.station, A, SECOND)
    assert shift_state(desk.station).open_items == ()
    close(desk)
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_closing_without_money_leaves_no_note(desk: Desk) -> None:
    assert not begin_closing(desk.station, A, replace(READ, residual=Volume(0)))
    assert shift_state(desk.station).open_items == ()


def test_an_account_closes_at_one_desk_only(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    here = open_desk(tmp_path / "1", households=HOMES, ledger=ledger)
    bought(here)
    sync(here.station)
    close(here)
    sync(here.station)
    line = MemoryLedger(station="S002", centre=ledger.centre)
    there = open_desk(tmp_path / "2", households=HOMES, ledger=line)
    there.station = replace(there.station, name="S002", number=2)
    stop = refused("account_closed_elsewhere", lambda: begin_closing(there.station, A, READ))
    assert stop.values["station"] == "S001"
    for one in (here, there):
        one.station.store.close()


def test_without_the_ledger_of_a_desk_that_has_one_nothing_is_paid(desk: Desk) -> None:
    bought(desk)
    sync(desk.station)

    def silent() -> None:
        return None

    desk.ledger.hurried = silent  # type: ignore[method-assign, assignment]
    refused("closing_needs_ledger", lambda: begin_closing(desk.station, A, READ))


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def test_a_restored_desk_has_the_account_closed_and_paid(restored: Restored) -> None:
    restored.backed_up()
    card = restored.cards[0]
    restored.desk.sell(card)
    take(card)
    close(restored.desk)
    sync(restored.desk.station)
    before = on_record(restored.desk)
    desk = restored.lost()
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(desk.station)
    rejoin(desk.station, Approval("supervisor"))
    assert on_record(desk) == before
    assert verify(desk.station).ok
    refused("account_closed", lambda: quote_closing(desk.station, A, READ))


def on_record(desk: Desk) -> tuple[object, ...]:
    with desk.station.store.reading() as reading:
        return reading.households.every(), reading.closings.every(), reading.account_changes.every()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE closing SET frozen = replace(frozen, '6720', '6721')", "closing_disagrees"),
        ("DELETE FROM closing", "closing_disagrees"),
        ("DELETE FROM account_change", "account_change_disagrees"),
        ("UPDATE households SET status = 'active'", "account_disagrees"),
    ],
)
def test_what_was_changed_from_outside_is_named(tmp_path: Path, statement: str, code: str) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bought(desk)
    close(desk)
    desk.station.store.close()
    forged(tmp_path, statement)
    desk = open_desk(tmp_path)
    assert code in {one.code for one in verify(desk.station).disagreements}
    desk.station.store.close()


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


def test_gas_on_the_card_is_said_before_any_money_is_handed_over(desk: Desk) -> None:
    card = bought(desk)
    desk.sell(card, "50")
    inserted = desk.identified()
    refused("account_gas_on_card", lambda: begin_closing(desk.station, A, READ, inserted))
    inserted.close()
    assert shift_state(desk.station).open_items == ()


def test_money_that_is_out_is_recorded_though_another_desk_sold_since(tmp_path: Path) -> None:
    """The till tells the truth first; the load is taken off where it was sold."""
    desk = open_desk(tmp_path / "1", households=HOMES)
    card = bought(desk)
    assert not begin_closing(desk.station, A, READ)
    leaving = said(desk, found=SLIP, card_lost="")
    desk.station.store.close()
    line = MemoryLedger(station="S002", centre=desk.ledger.centre)
    there = open_desk(tmp_path / "2", households=HOMES, ledger=line)
    there.station = replace(there.station, name="S002", number=2)
    there.sell(card)
    there.station.store.close()
    desk = open_desk(tmp_path / "1", ledger=desk.ledger)
    inserted = desk.insert(card)
    assert begin_closing(desk.station, A, READ, inserted)
    close_account(desk.station, A, SECOND, leaving, inserted)
    inserted.close()
    assert desk.household(A).status is HouseholdStatus.CLOSED
    assert verify(desk.station).ok
    desk.station.store.close()
