"""Charges stay: asked about after a cut, rebuilt from entries, known to files, proven, random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cardstation.domain.charge import Charge, ChargeKind, Original, PaidOut
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.answer_payment import answer_payment
from cardstation.services.charge_fee import charge_fee
from cardstation.services.charge_over_use import charge_over_use, defer_over_use
from cardstation.services.charges_of import charges_of
from cardstation.services.deposit import deposit
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.grant_gas import grant_emergency
from cardstation.services.import_directory import import_directory
from cardstation.services.lists.directory_file import AS_OF, COLUMNS
from cardstation.services.load_due import load_due
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.rebuild.replay import replay
from cardstation.services.recover import recover
from cardstation.services.resolve import resolve_card
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.shift_state import shift_state
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store import Unit
from cardstation.store.journal import StoredEntry
from drivers.payments import PAYMENTS
from drivers.virtual import Tear
from tests.kit.charging import ACCOUNT, HOME, OTHER, counter_desk
from tests.kit.memory_ledger import Centre, MemoryLedger
from tests.kit.station import Desk, card_of, nobody, open_desk

CASH, QR = Tender.CASH, Tender.QR_CODE
SECOND = Approval("second")
PAPER, WHY = "reading 1234.5, paper 77", "typed for the wrong household"
DUE = date(2026, 12, 31)


@dataclass
class Service:
    """A QR service behind the port: its answer may be lost."""

    tender: Tender = QR
    answer: PaymentAnswer = PaymentAnswer.UNKNOWN
    known: PaymentAnswer = PaymentAnswer.UNKNOWN
    asked: list[str] = field(default_factory=list)

    def take(self, payment_id: str, money: Money, reference: str) -> PaymentAnswer:  # noqa: ARG002
        self.asked.append(payment_id)
        return self.answer

    def query(self, payment_id: str) -> PaymentAnswer:  # noqa: ARG002
        return self.known


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = counter_desk(tmp_path / "desk")
    yield desk
    proof = verify(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


def lost(desk: Desk) -> Service:
    """A fee whose payment was asked for, and no answer came."""
    service = Service()
    desk.station = replace(desk.station, payments=(PAYMENTS[0], service))
    with pytest.raises(OutcomeUnknown, match="payment_unknown"):
        charge_fee(desk.station, ACCOUNT, "CARD", tender=QR, reference="7")
    return service


def fees(desk: Desk) -> list[Money]:
    return [one.charge.money for one in charges_of(desk.station, ACCOUNT).charges]


def test_a_payment_whose_answer_was_lost_is_a_question_to_the_clerk(desk: Desk) -> None:
    service = lost(desk)
    [asked] = open_intents(desk.station)
    assert (asked.code, asked.intent_id, asked.money) == (
        *("payment_question", service.asked[0], Money(1_000)),
    )
    assert [one.code for one in shift_state(desk.station).open_items] == ["payment_question"]
    assert [one.code for one in exceptions_state(desk.station)] == ["payment_question"]
    with pytest.raises(Refusal, match="payment_question"):
        deposit(desk.station, ACCOUNT, Money(1), tender=CASH)
    deposit(desk.station, OTHER.account_no, Money(1), tender=CASH)
    answer_payment(desk.station, service.asked[0], taken=True)
    assert fees(desk) == [Money(1_000)]
    assert open_intents(desk.station) == ()


def test_what_may_be_paid_is_neither_taken_off_nor_collected_again(desk: Desk) -> None:
    off = defer_over_use(desk.station, ACCOUNT, Volume.of_m3("5"), PAPER, SECOND, due=DUE)
    desk.station = replace(desk.station, payments=(PAYMENTS[0], Service()))
    with pytest.raises(OutcomeUnknown):
        pay_arrears(desk.station, ACCOUNT, tender=QR)
    name = off.charge.charge_id
    with pytest.raises(Refusal, match="payment_question"):
        reverse_charge(desk.station, name, SECOND, WHY, original=Original.LOST)
    answer_payment(desk.station, open_intents(desk.station)[0].intent_id, taken=True)
    assert desk.household(ACCOUNT).arrears == NO_MONEY


def test_money_that_was_not_taken_charges_nothing(desk: Desk) -> None:
    service = lost(desk)
    answer_payment(desk.station, service.asked[0], taken=False)
    assert fees(desk) == []
    service.answer = PaymentAnswer.NOT_TAKEN
    with pytest.raises(Refusal, match="payment_not_taken"):
        charge_fee(desk.station, ACCOUNT, "CARD", tender=QR, reference="7")
    assert (fees(desk), open_intents(desk.station)) == ([], ())


def test_a_service_that_knows_is_asked_at_the_next_start(desk: Desk) -> None:
    service = lost(desk)
    service.known = PaymentAnswer.TAKEN
    assert recover(desk.station) == ()
    assert fees(desk) == [Money(1_000)]
    assert len(service.asked) == 1, "never charged again"


def busy(desk: Desk) -> None:
    """A day: every kind of charge, some taken back, a balance that buys and is paid out."""
    station = desk.station
    first = charge_over_use(station, ACCOUNT, Volume.of_m3("10"), PAPER, tender=CASH)
    off = defer_over_use(station, ACCOUNT, Volume.of_m3("5"), PAPER, SECOND, due=DUE)
    deposit(station, ACCOUNT, Money(30_000), tender=CASH)
    charge_fee(station, ACCOUNT, "VALVE", tender=QR, reference="9", money=Money(2_500))
    paid = pay_arrears(station, ACCOUNT, tender=CASH)
    for one in (first, paid, off):
        name = one.receipt_no or one.charge.charge_id
        reverse_charge(station, name, SECOND, WHY, original=Original.LOST)
    desk.sell(card_of(HOME), "100", tender=Tender.BALANCE)
    pay_out_balance(station, ACCOUNT, Money(4_000), SECOND, reference="out 1")


def put_again(desk: Desk, entries: Iterable[StoredEntry]) -> None:
    with desk.station.store.unit() as unit:
        for stored in entries:
            unit.journal.append(stored.entry)
            replay(desk.station, unit, stored)
        unit.commit()


def test_a_rebuilt_store_adds_no_debt_that_its_directory_counts(desk: Desk, tmp_path: Path) -> None:
    defer_over_use(desk.station, ACCOUNT, Volume.of_m3("5"), PAPER, SECOND, due=DUE)
    grant_emergency(desk.station, ACCOUNT, "no gas 12:40", SECOND, WHY)
    with closing(desk.insert(card_of(HOME))) as inserted:
        load_due(desk.station, inserted, None, nobody)
    later = desk.clock.now().date() + timedelta(days=1)
    newest = replace(desk.household(ACCOUNT), arrears_as_of=later)
    other = open_desk(tmp_path / "other", households=[newest, OTHER], clock=desk.clock)
    with desk.station.store.reading() as reading:
        put_again(other, tuple(reading.journal.every()))
    assert other.household(ACCOUNT) == newest
    other.station.store.close()


def test_a_rebuilt_store_counts_no_gas_that_was_taken_back_before_a_load_was_seen(
    desk: Desk, tmp_path: Path
) -> None:
    card = card_of(HOME)
    over = charge_over_use(desk.station, ACCOUNT, Volume.of_m3("10"), PAPER, tender=CASH)
    card.chip.arm(Tear(5))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, "100")
    card.chip.arm(None)
    reverse_charge(desk.station, over.receipt_no, SECOND, WHY, original=Original.BACK)
    with closing(desk.insert(card)) as inserted:
        resolve_card(desk.station, inserted)
    owing = replace(HOME, arrears=Money(3_460))
    other = open_desk(tmp_path / "other", households=[owing, OTHER], clock=desk.clock)
    with desk.station.store.reading() as reading:
        put_again(other, tuple(reading.journal.every()))
    assert other.household(ACCOUNT) == desk.household(ACCOUNT)
    other.station.store.close()


def test_a_store_rebuilt_from_its_entries_has_the_same_charges(desk: Desk, tmp_path: Path) -> None:
    busy(desk)
    sync(desk.station)
    with desk.station.store.reading() as reading:
        entries = tuple(reading.journal.every())
    owing = replace(HOME, arrears=Money(3_460))
    other = open_desk(tmp_path / "other", households=[owing, OTHER], clock=desk.clock)
    put_again(other, entries)
    try:
        assert verify(other.station).ok
        assert charges_of(other.station, ACCOUNT) == charges_of(desk.station, ACCOUNT)
        assert other.household(ACCOUNT) == desk.household(ACCOUNT)
        with other.station.store.reading() as there, desk.station.store.reading() as here:
            assert there.charges.receipts() == here.charges.receipts()
            assert there.charges.payouts() == here.charges.payouts()
            assert there.receipts.last_no() == here.receipts.last_no() == "S001-2026-000005"
    finally:
        other.station.store.close()


def test_a_question_that_was_answered_in_the_lost_part_is_not_asked_again(
    desk: Desk, tmp_path: Path
) -> None:
    service = lost(desk)
    other = counter_desk(tmp_path / "other")
    with desk.station.store.reading() as reading:
        question, asked = reading.funds.unanswered()[0], reading.charges.asked(service.asked[0])
    assert asked is not None
    with other.station.store.unit() as unit:
        unit.charges.ask(asked)
        unit.funds.note(question)
        unit.commit()
    answer_payment(desk.station, service.asked[0], taken=True)
    with desk.station.store.reading() as reading:
        entries = tuple(reading.journal.every())
    put_again(other, entries)
    assert open_intents(other.station) == ()
    other.station.store.close()


def directory(desk: Desk, tmp_path: Path, yuan: str, as_of: str = "") -> Money:
    cells = {
        **dict.fromkeys(COLUMNS, "1"),
        "account_no": ACCOUNT,
        "meter_kind": "volume",
        "meter_installed": "",
        "status": "正常",
        "arrears_yuan": yuan,
        AS_OF: as_of,
    }
    path = tmp_path / "directory.csv"
    path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
    assert import_directory(desk.station, path).rejected == ()
    return desk.household(ACCOUNT).arrears


def test_what_was_put_off_stays_owed_when_a_directory_comes_in(desk: Desk, tmp_path: Path) -> None:
    today = desk.clock.now().date()
    off = defer_over_use(desk.station, ACCOUNT, Volume.of_m3("5"), PAPER, SECOND, due=DUE)
    owed = off.charge.money
    before, after = today - timedelta(days=2), today + timedelta(days=1)
    assert directory(desk, tmp_path, "34.60", before.isoformat()) == Money(3_460) + owed
    assert directory(desk, tmp_path, "0") == owed, "a figure without a day may not know of it"
    assert directory(desk, tmp_path, "34.60") == Money(3_460), "or may: never both"
    assert directory(desk, tmp_path, "0", before.isoformat()) == owed
    pay_arrears(desk.station, ACCOUNT, tender=CASH)
    assert directory(desk, tmp_path, "0", before.isoformat()) == NO_MONEY
    assert directory(desk, tmp_path, "12.00", after.isoformat()) == Money(1_200)


def test_what_was_paid_before_pays_for_nothing_that_is_put_off_later(
    desk: Desk, tmp_path: Path
) -> None:
    today = desk.clock.now().date().isoformat()
    paid = pay_arrears(desk.station, ACCOUNT, tender=CASH)
    owed = defer_over_use(desk.station, ACCOUNT, Volume.of_m3("5"), PAPER, SECOND, due=DUE)
    for day in ("", today):
        assert directory(desk, tmp_path, "0", day) == owed.charge.money
    reverse_charge(desk.station, paid.receipt_no, SECOND, WHY, original=Original.BACK)
    assert directory(desk, tmp_path, "0", today) == owed.charge.money
    assert directory(desk, tmp_path, "34.60", today) == Money(3_460) + owed.charge.money
    pay_arrears(desk.station, ACCOUNT, tender=CASH)
    assert directory(desk, tmp_path, "34.60", today) == NO_MONEY


def test_the_ledger_knows_of_arrears_given_back(tmp_path: Path) -> None:
    """Two desks collect on one figure; the first gave its money back before."""
    centre = Centre()
    desks = [counter_desk(tmp_path / name, MemoryLedger(name, centre)) for name in ("S001", "S002")]
    first, second = desks
    paid = pay_arrears(first.station, ACCOUNT, tender=CASH)
    reverse_charge(first.station, paid.receipt_no, SECOND, WHY, original=Original.BACK)
    pay_arrears(second.station, ACCOUNT, tender=CASH)
    for desk in desks:
        sync(desk.station)
        with desk.station.store.reading() as reading:
            assert reading.outbox.exceptions() == ()
        assert verify(desk.station).ok
        desk.station.store.close()
    assert centre.balances[f"arrears:{ACCOUNT}"] == -3_460
    assert sum(centre.balances.values()) == 0


def _another_amount(unit: Unit, one: Charge) -> None:
    unit.charges.add(replace(one, charge_id="x", money=Money(1)), seq=1)


def _taken_back_alone(unit: Unit, one: Charge) -> None:
    unit.charges.add(replace(one, charge_id="x", corrects=one.charge_id), seq=1)


def _paid_out_without_a_fact(unit: Unit, one: Charge) -> None:
    paid = PaidOut("x", one.account_no, CASH, Money(1), "", "second", one.at)
    unit.charges.pay_out(paid, seq=1)


@pytest.mark.parametrize("spoil", [_another_amount, _taken_back_alone, _paid_out_without_a_fact])
def test_what_is_wrong_is_named(tmp_path: Path, spoil: Callable[[Unit, Charge], None]) -> None:
    desk = counter_desk(tmp_path / "desk")
    desk.sell(card_of(HOME), "100")
    made = deposit(desk.station, ACCOUNT, Money(100), tender=CASH)
    with desk.station.store.unit() as unit:
        spoil(unit, made.charge)
        unit.commit()
    found = {one.code for one in verify(desk.station).disagreements}
    desk.station.store.close()
    assert "charge_disagrees" in found


def _random_act(desk: Desk, chance: random.Random) -> None:
    station, no = desk.station, chance.choice((ACCOUNT, OTHER.account_no))
    tender = chance.choice((CASH, QR, Tender.BANK_TRANSFER))
    gas, money = Volume(chance.randrange(1, 30_000)), Money(chance.randrange(1, 20_000))
    standing = [one.charge for one in charges_of(station, no).charges if one.back is None]
    match chance.randrange(7):
        case 0:
            charge_over_use(station, no, gas, PAPER, tender=tender, again=True)
        case 1:
            defer_over_use(station, no, gas, PAPER, SECOND, due=DUE, again=True)
        case 2:
            charge_fee(station, no, "CARD", tender=tender, again=True)
        case 3:
            deposit(station, no, money, tender=tender, again=True)
        case 4:
            pay_arrears(station, no, tender=tender)
        case 5:
            pay_out_balance(station, no, money, SECOND, tender=tender)
        case _ if standing:
            key = chance.choice(standing).charge_id
            reverse_charge(station, key, SECOND, WHY, original=Original.BACK)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_charged_and_taken_back_the_equations_hold(tmp_path: Path, seed: int) -> None:
    desk, chance, refused = counter_desk(tmp_path / "desk"), random.Random(seed), set[str]()
    for _ in range(40):
        try:
            _random_act(desk, chance)
        except Refusal as stop:
            refused.add(stop.code)
    assert refused <= {
        *("no_arrears", "balance_too_small", "arrears_paid_since", "charge_taken_back"),
    }
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    kinds = {one.charge.what for no in (ACCOUNT, OTHER.account_no)
             for one in charges_of(desk.station, no).charges}  # fmt: skip
    assert kinds == set(ChargeKind)
    with desk.station.store.reading() as reading:
        receipts = [one for one in reading.charges.receipts().values() if one.receipt_no]
    assert len(receipts) == len({one.receipt_no for one in receipts})
    desk.station.store.close()
