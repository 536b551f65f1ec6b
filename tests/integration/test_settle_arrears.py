"""Arrears out of a batch's free money: with consent, as an entry of their own, never overdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.charge import Charge, ChargeKind
from cardstation.domain.exception_case import Kind
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services import settle_arrears as settling
from cardstation.services.answer_payment import answer_payment
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.import_directory import import_directory
from cardstation.services.judge_again import judge_again
from cardstation.services.lists.directory_file import AS_OF, COLUMNS
from cardstation.services.look_at_line import look_at_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.rebuild.replay import replay
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.sync import sync
from cardstation.services.sync_state import sync_state
from cardstation.services.verify import verify
from cardstation.store.funds import AskedPayment
from tests.kit.memory_ledger import Centre, MemoryLedger
from tests.kit.station import Desk, line, neighbours, open_desk, put_batch

PAYS, OWES = neighbours(2)
OWES = replace(OWES, arrears=Money(3_460))
LINES = [line(PAYS, 2), replace(line(OWES, 3), verdict=Verdict.HUMAN, reasons=("arrears",))]
BATCH = "2026-11-24-01"


def paid_desk(home: Path, ledger: MemoryLedger | None = None) -> Desk:
    desk = open_desk(home, households=[PAYS, OWES], ledger=ledger)
    desk.station = replace(desk.station, name=desk.ledger.station)
    put_batch(desk, LINES, BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(14_000))
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = paid_desk(tmp_path / "desk")
    yield desk
    proof = verify(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


def payment(desk: Desk) -> str:
    return batch_account(desk.station, BATCH).payments[0].payment.payment_id


def refused(desk: Desk, place: int = 2, consent: str = "signed") -> str:
    with pytest.raises(Refusal) as stop:
        settle_arrears(desk.station, BATCH, place, payment(desk), consent)
    return stop.value.code


def test_what_is_owed_is_paid_with_consent_and_once(desk: Desk) -> None:
    paid = settle_arrears(desk.station, BATCH, 2, payment(desk), "signed")
    assert (paid.money, paid.consent) == (Money(3_460), "signed")
    assert desk.household(OWES.account_no).arrears == NO_MONEY
    money = batch_state(desk.station, BATCH).money
    assert (money.arrears, money.remainder) == (Money(3_460), Money(540))
    terms = verify(desk.station).money_terms
    assert (terms["arrears_and_fees"], terms["unallocated"]) == (3_460, 10_540)
    assert refused(desk) == "no_arrears"
    with pytest.raises(Refusal, match="more_than_remains"):
        return_remainder(desk.station, BATCH, payment(desk), Money(541), Approval("second"))


def test_without_consent_or_money_nothing_is_deducted(desk: Desk) -> None:
    assert refused(desk, consent="") == "consent_unknown"
    assert refused(desk, place=1) == "no_arrears"
    assert refused(desk, place=9) == "unknown_line"
    return_remainder(desk.station, BATCH, payment(desk), Money(1_000), Approval("second"))
    assert refused(desk) == "more_than_remains"
    with pytest.raises(Refusal, match="unknown_payment"):
        settle_arrears(desk.station, BATCH, 2, "nobody", "signed")
    assert desk.household(OWES.account_no).arrears == Money(3_460)


def test_a_debt_that_may_be_paid_at_the_counter_is_not_paid_out_of_the_batch(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        charge = Charge(
            *("c1", ChargeKind.ARREARS, OWES.account_no, OWES.meter.meter_no, OWES.arrears),
            *(Tender.QR_CODE, "", desk.clock.now()),
        )
        unit.charges.ask(charge)
        asked = AskedPayment("c1", "", Tender.QR_CODE, charge.money, "", "asked", charge.at)
        unit.funds.note(asked)
        unit.commit()
    assert refused(desk) == "payment_question"
    answer_payment(desk.station, "c1", taken=False)
    settle_arrears(desk.station, BATCH, 2, payment(desk), "signed")


def settled(desk: Desk, payment_id: str, place: int = 2) -> int:
    settle_arrears(desk.station, BATCH, place, payment_id, "signed")
    return judge_again(desk.station, BATCH, place)


def stands(desk: Desk) -> list[tuple[LineState, Money | None]]:
    return [(one.state, one.line.money) for one in batch_state(desk.station, BATCH).outcomes]


def test_the_row_buys_what_the_debt_leaves_of_its_money(desk: Desk) -> None:
    """What both households gave is here: one debt is paid, both rows are paid, nothing is left."""
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(6_000))
    offered = look_at_line(desk.station, BATCH, 2)
    assert (offered.left, offered.quote and offered.quote.money) == (Money(6_540), Money(6_540))
    both = [one.payment.payment_id for one in batch_account(desk.station, BATCH).payments]
    assert settled(desk, both[1]) == 3
    assert stands(desk)[0] == (LineState.WAITING, Money(10_000))
    assert stands(desk)[2] == (LineState.WAITING, Money(6_540))
    assert batch_state(desk.station, BATCH).outcomes[2].volume == offered.quote.volume
    assert batch_state(desk.station, BATCH).money.remainder == NO_MONEY


def test_a_row_with_debts_takes_its_envelope_and_buys_what_is_left_of_it(desk: Desk) -> None:
    """The sum for all has nothing to do with it: it stays the manager's."""
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000), line=2)
    lump, envelope = batch_account(desk.station, BATCH).payments
    assert settled(desk, envelope.payment.payment_id) == 3
    assert stands(desk)[2] == (LineState.WAITING, Money(6_540))
    account = batch_account(desk.station, BATCH)
    assert [one.remains for one in account.payments] == [Money(4_000), NO_MONEY]
    assert account.lines[2].payment_id == envelope.payment.payment_id
    assert lump.payment.payment_id in {one.payment.payment_id for one in account.payments_for(3)}


def test_an_envelope_that_a_debt_used_up_is_filled_by_its_household_alone(desk: Desk) -> None:
    """Its row waits for the rest; the manager's sum pays for those that gave nothing else."""
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(3_460), line=2)
    lump, envelope = batch_account(desk.station, BATCH).payments
    became = settled(desk, envelope.payment.payment_id)
    assert stands(desk)[became - 1] == (LineState.UNFUNDED, Money(6_540))
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000))
    assert stands(desk)[became - 1] == (LineState.UNFUNDED, Money(6_540))
    assert batch_account(desk.station, BATCH).payments[0].remains == lump.remains
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(6_540), line=became)
    assert stands(desk)[became - 1] == (LineState.WAITING, Money(6_540))


def test_an_envelope_pays_no_neighbours_debt(desk: Desk) -> None:
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000), line=2)
    other = replace(PAYS, arrears=Money(100))
    with desk.station.store.unit() as unit:
        unit.households.update(other)
        unit.commit()
    envelope = batch_account(desk.station, BATCH).payments[1].payment.payment_id
    with pytest.raises(Refusal, match="unknown_payment"):
        settle_arrears(desk.station, BATCH, 1, envelope, "signed")
    may = [one.payment.payment_id for one in batch_account(desk.station, BATCH).payments_for(1)]
    assert envelope not in may


def test_a_debt_that_eats_the_whole_amount_leaves_a_row_for_a_person(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(replace(OWES, arrears=Money(10_000)))
        unit.commit()
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000), line=2)
    envelope = batch_account(desk.station, BATCH).payments[1].payment.payment_id
    became = settled(desk, envelope)
    row = batch_state(desk.station, BATCH).batch.lines[became - 1]
    assert (row.verdict, row.reasons, row.money) == (Verdict.HUMAN, ("zero_amount",), NO_MONEY)


def directory(desk: Desk, tmp_path: Path, yuan: str, as_of: str = "") -> Money:
    """The utility's directory comes in; what the household owes then."""
    cells = {
        **dict.fromkeys(COLUMNS, "1"),
        "account_no": OWES.account_no,
        "meter_kind": "volume",
        "meter_installed": "",
        "status": "正常",
        "arrears_yuan": yuan,
        AS_OF: as_of,
    }
    path = tmp_path / "directory.csv"
    path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
    assert import_directory(desk.station, path).rejected == ()
    return desk.household(OWES.account_no).arrears


def test_an_older_directory_brings_no_paid_debt_back(desk: Desk, tmp_path: Path) -> None:
    assert directory(desk, tmp_path, "34.60", "2026-11-20") == Money(3_460)
    settle_arrears(desk.station, BATCH, 2, payment(desk), "signed")
    assert directory(desk, tmp_path, "34.60", "2026-11-20") == NO_MONEY
    assert directory(desk, tmp_path, "34.60") == NO_MONEY
    assert refused(desk) == "no_arrears"
    assert directory(desk, tmp_path, "36.10", "2026-11-22") == Money(150)
    settle_arrears(desk.station, BATCH, 2, payment(desk), "signed")
    assert directory(desk, tmp_path, "36.10", "2026-11-24") == NO_MONEY
    assert directory(desk, tmp_path, "12.00", "2026-11-25") == Money(1_200)


def test_the_proof_names_a_debt_that_was_collected_twice(tmp_path: Path) -> None:
    """A program that forgets what it collected."""
    desk = paid_desk(tmp_path)
    settle_arrears(desk.station, BATCH, 2, payment(desk), "signed")
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(9_000))
    _, second = batch_account(desk.station, BATCH).payments
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settling, "figure_of", lambda _, household: household.arrears)
        with desk.station.store.unit() as unit:
            unit.households.update(OWES)
            unit.commit()
        settle_arrears(desk.station, BATCH, 2, second.payment.payment_id, "signed")
    found = [one.code for one in verify(desk.station).disagreements]
    assert found == ["arrears_paid_twice"]
    desk.station.store.close()


def test_a_second_desk_that_collects_is_told_by_the_ledger(tmp_path: Path) -> None:
    """Both desks had the same directory and no line to each other."""
    centre = Centre()
    names = ("S001", "S002")
    desks = [paid_desk(tmp_path / name, MemoryLedger(name, centre)) for name in names]
    for desk in desks:
        settle_arrears(desk.station, BATCH, 2, payment(desk), "spoken")
        sync(desk.station)
    first, second = (sync_state(desk.station).exceptions for desk in desks)
    assert (first, [one.code for one in second]) == ((), ["arrears_paid_before"])
    assert centre.balances["suspense:arrears_paid_before"] == -3_460
    assert sum(centre.balances.values()) == 0
    (case,) = (one for one in exceptions_state(desks[1].station) if one.kind is Kind.ENTRY)
    assert (case.code, case.guide.step.code) == ("arrears_paid_before", "tell_payer")
    for desk in desks:
        assert verify(desk.station).ok
        desk.station.store.close()


def test_the_ledger_and_a_rebuilt_store_have_it_too(desk: Desk, tmp_path: Path) -> None:
    settle_arrears(desk.station, BATCH, 2, payment(desk), "message")
    sync(desk.station)
    with desk.station.store.reading() as reading:
        entries = tuple(reading.journal.every())
    assert entries[-1].entry.kind is EntryKind.ARREARS_PAID
    assert OWES.name not in entries[-1].entry.detail
    other = open_desk(tmp_path / "other", households=[PAYS, OWES], clock=desk.clock)
    put_batch(other, LINES, BATCH)
    with other.station.store.unit() as unit:
        for stored in entries:
            unit.journal.append(stored.entry)
            replay(other.station, unit, stored)
        unit.commit()
    assert verify(other.station).ok
    assert other.household(OWES.account_no).arrears == NO_MONEY
    other.station.store.close()
