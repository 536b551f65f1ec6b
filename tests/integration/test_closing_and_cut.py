"""Money of a closing and what comes between: cuts, restores, other desks, changed records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.exception_case import Kind, Proof
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, OutcomeUnknown
from cardstation.services import close_account as closing
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_closing import begin_closing
from cardstation.services.close_account import close_account
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.proof.accounts import account_disagreements
from cardstation.services.proof.records import collect_records
from cardstation.services.quote_closing import quote_closing
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.shift_state import shift_state
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.services.withdraw_closing import withdraw_closing
from drivers.virtual import Tear
from tests.integration.test_accounts import refused
from tests.integration.test_rejoin import Restored
from tests.kit.closing import (
    HOMES,
    READ,
    SECOND,
    SLIP,
    A,
    bought,
    close,
    said,
)
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, open_desk, take
from tests.kit.tamper import forged


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


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


def test_what_another_desk_has_open_on_the_card_is_ended_there_first(tmp_path: Path) -> None:
    here = open_desk(tmp_path / "1", households=HOMES)
    line = MemoryLedger(station="S002", centre=here.ledger.centre)
    there = open_desk(tmp_path / "2", households=HOMES, ledger=line)
    there.station = replace(there.station, name="S002", number=2)
    card = card_of(HOMES[0])
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        there.sell(card)
    sync(there.station)
    stop = refused("account_open_elsewhere", lambda: begin_closing(here.station, A, READ))
    assert stop.values["station"] == "S002"
    for one in (here, there):
        one.station.store.close()


def test_a_balance_that_may_be_out_already_is_settled_first(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bought(desk)
    balance = desk.household(A).balance
    assert not begin_balance_payout(desk.station, A, balance)
    desk.station.store.close()
    desk = open_desk(tmp_path)
    refused("payout_in_doubt", lambda: begin_closing(desk.station, A, READ))
    refused("payout_in_doubt", lambda: close(desk))
    pay_out_balance(desk.station, A, balance, SECOND, found=SLIP)
    assert close(desk).settlement.balance == NO_MONEY
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_fact_that_nobody_can_read_is_named(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=HOMES)
    bought(desk)
    close(desk)
    records = collect_records(desk.station)
    spoilt = [
        replace(one, detail="{}") if one.kind is EntryKind.ACCOUNT_CLOSED else one
        for one in records.entries
    ]
    vars(records)["entries"] = tuple(spoilt)
    found = {one.code for one in account_disagreements(records)}
    assert found == {"account_change_disagrees", "closing_disagrees"}
    desk.station.store.close()
