"""Money is in the payer's hands and the power goes before that is on record: nobody pays twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.custody import Party
from cardstation.domain.exception_case import Kind, Proof
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services import pay_out as paying
from cardstation.services import return_remainder as returning
from cardstation.services import top_up as selling
from cardstation.services.batch_account import batch_account
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.release_line import release_line
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.settle_line import settle_line
from cardstation.services.verify import verify
from tests.kit.handing import hand
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

SECOND = Approval("supervisor")
HOMES = neighbours(2)
LOW, FULL = 3, 7
"""Tries of a card's code, as its chip counts them."""
SLIP = "the signed slip lies in the till"


def sold_and_taken_back(desk: Desk, _patch: pytest.MonkeyPatch) -> str:
    card = card_of(HOMES[0])
    desk.sell(card, "100")
    inserted = desk.insert(card)
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    return back.topup_id


def paid_and_given_up(desk: Desk, patch: pytest.MonkeyPatch) -> str:
    """Paid, its card's tries turned out to be low, and given up: proven not loaded."""
    card = card_of(HOMES[0])
    card.chip.security[0] = LOW
    with patch.context() as unlooked:
        unlooked.setattr(selling, "ensure_unlockable", lambda *_: None)
        with pytest.raises(Refusal):
            desk.sell(card, "100")
    card.chip.security[0] = FULL
    inserted = desk.insert(card)
    asked = request_refund(desk.station, inserted, SECOND)
    inserted.close()
    return asked.topup_id


def released(desk: Desk, _patch: pytest.MonkeyPatch) -> str:
    """A bag went back with one row released: what it held waits for its payer."""
    put_batch(desk, [line(HOMES[0], 1), line(HOMES[1], 2)], BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(20_000))
    release_line(desk.station, BATCH, 1, "absent")
    hand(desk.station, BATCH, Party.MANAGER, Party.DESK)
    desk.load(BATCH, card_of(HOMES[1]))
    hand(desk.station, BATCH, Party.DESK, Party.MANAGER)
    [paid] = batch_account(desk.station, BATCH).payments
    return paid.payment.payment_id


BATCH = "2026-11-24-01"


@dataclass(frozen=True)
class Way:
    """A way money goes back: until it is owed, the window's note before, and the record after."""

    owe: Callable[[Desk, pytest.MonkeyPatch], str]
    begin: Callable[[Desk, str], bool]
    pay: Callable[..., object]
    room: object
    last: str
    kind: Kind


def _pay(desk: Desk, key: str, found: str = "", by: Approval = SECOND) -> object:
    return pay_out(desk.station, key, by, found=found)


def _give(desk: Desk, key: str, found: str = "", by: Approval = SECOND) -> object:
    return return_remainder(desk.station, BATCH, key, Money(10_000), by, found=found)


def _begin(desk: Desk, key: str) -> bool:
    return begin_pay_out(desk.station, key)


def _begin_giving(desk: Desk, key: str) -> bool:
    return begin_remainder(desk.station, BATCH, key, Money(10_000))


WAYS = {
    "return": Way(sold_and_taken_back, _begin, _pay, paying, "record_refunded", Kind.INTENT),
    "refund": Way(paid_and_given_up, _begin, _pay, paying, "record_refunded", Kind.INTENT),
    "remainder": Way(released, _begin_giving, _give, returning, "_book", Kind.MONEY),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def _cut(*_: object, **__: object) -> None:
    raise PowerCut


def given(desk: Desk) -> int:
    """What is on record as given to payers, in fen."""
    with desk.station.store.reading() as reading:
        facts = [stored.entry for stored in reading.journal.every()]
    return sum(one.fen for one in facts if one.kind.value in ("refunded", "given_back"))


class Here:
    """One desk, switched off and on again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.desk = open_desk(home, households=HOMES)

    def start_again(self) -> Desk:
        self.desk.station.store.close()
        self.desk = open_desk(self._home)
        recover(self.desk.station)
        return self.desk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    made = Here(tmp_path)
    yield made
    made.desk.station.store.close()


def doubted(desk: Desk, way: Way) -> None:
    """The list asks for slip and till, and without them nothing is paid."""
    [case] = [one for one in exceptions_state(desk.station) if one.kind is way.kind]
    assert case.guide.step.proof is Proof.SLIP


@every_way
def test_handed_over_and_cut_before_it_was_on_record_is_asked_about(
    here: Here, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    desk = here.desk
    key = way.owe(desk, monkeypatch)
    with monkeypatch.context() as cut:
        cut.setattr(way.room, way.last, _cut)
        with pytest.raises(PowerCut):
            way.pay(desk, key)
    assert given(desk) == 0

    desk = here.start_again()
    doubted(desk, way)
    with pytest.raises(Refusal, match="payout_in_doubt"):
        way.pay(desk, key)
    with pytest.raises(Refusal, match="proof_missing"):
        way.pay(desk, key, found="yes")
    way.pay(desk, key, found=SLIP)
    once = given(desk)
    assert once > 0
    assert [one for one in exceptions_state(desk.station) if one.kind is way.kind] == []
    with pytest.raises(Refusal):
        way.pay(desk, key, found=SLIP)
    assert given(desk) == once
    with desk.station.store.reading() as reading:
        last = reading.journal.last()
        assert last is not None
        entries = [reading.journal.at(seq) for seq in range(last.seq - 1, last.seq + 1)]
    assert f"people: {SLIP}" in [one.entry.witness for one in entries if one]
    assert verify(desk.station).ok


@every_way
def test_the_window_said_hand_it_over_and_the_power_went(
    here: Here, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    desk = here.desk
    key = way.owe(desk, monkeypatch)
    assert not way.begin(desk, key)

    desk = here.start_again()
    doubted(desk, way)
    assert way.begin(desk, key)
    with pytest.raises(Refusal, match="payout_in_doubt"):
        way.pay(desk, key)
    way.pay(desk, key, found=SLIP)
    assert verify(desk.station).ok


@every_way
def test_what_this_start_began_is_paid_without_words(
    here: Here, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    """Begun, left, begun again, and paid: nobody was away, nobody is asked. Only one note is."""
    desk = here.desk
    key = way.owe(desk, monkeypatch)
    assert not way.begin(desk, key)
    assert not way.begin(desk, key)
    assert [
        one for one in exceptions_state(desk.station) if one.guide.step.proof is Proof.SLIP
    ] == []
    way.pay(desk, key)
    assert len(desk.station.store.begun) == 1
    assert verify(desk.station).ok


@every_way
def test_in_one_command_nothing_has_to_be_begun_first(
    here: Here, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    """At the command line each step is a start of its own; what a refusal stopped is not begun."""
    desk = here.desk
    key = way.owe(desk, monkeypatch)
    desk = here.start_again()
    with pytest.raises(Refusal, match="second_person_same"):
        way.pay(desk, key, by=Approval("demo"))
    desk = here.start_again()
    way.pay(desk, key)
    assert given(desk) > 0


def test_a_remainder_on_record_leaves_no_question_for_the_next(here: Here) -> None:
    """Of one payment money goes back more than once; each is asked about for itself."""
    desk = here.desk
    key = released(desk, pytest.MonkeyPatch())
    give = (desk.station, BATCH, key)
    begin_remainder(*give, Money(4_000))
    return_remainder(*give, Money(4_000), SECOND)
    desk = here.start_again()
    assert not begin_remainder(desk.station, BATCH, key, Money(3_000))
    desk = here.start_again()
    assert begin_remainder(desk.station, BATCH, key, Money(3_000))
    with pytest.raises(Refusal, match="payout_in_doubt"):
        return_remainder(desk.station, BATCH, key, Money(3_000), SECOND)
    return_remainder(desk.station, BATCH, key, Money(3_000), SECOND, found=SLIP)
    desk = here.start_again()
    return_remainder(desk.station, BATCH, key, Money(3_000), SECOND)
    assert given(desk) == 10_000


def test_money_that_stays_with_its_batch_is_handed_to_nobody(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut on its way back to a lump sum: nothing is in anybody's hands, nobody is asked."""
    desk = here.desk
    put_batch(desk, [line(HOMES[0], 1)], BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000))
    card = card_of(HOMES[0])
    desk.load(BATCH, card)
    inserted = desk.insert(card)
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    with monkeypatch.context() as cut:
        cut.setattr(paying, "record_refunded", _cut)
        with pytest.raises(PowerCut):
            pay_out(desk.station, back.topup_id, SECOND)
    desk = here.start_again()
    assert pay_out(desk.station, back.topup_id, SECOND).state is TopUpState.REFUNDED


DECIDED = "2026-11-24-02"
REST = Money(10_000)


def _row_decided(desk: Desk, _key: str) -> None:
    settle_line(desk.station, DECIDED, 2, HOMES[1].account_no, REST)
    with pytest.raises(Refusal, match="line_unfunded"):
        desk.load(DECIDED, card_of(HOMES[1]))
    desk.reader.pull()


def _arrears_paid(desk: Desk, key: str) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(HOMES[1].account_no), arrears=REST))
        unit.commit()
    with pytest.raises(Refusal, match="more_than_remains"):
        settle_arrears(desk.station, DECIDED, 2, key, "signed")


@pytest.mark.parametrize("started_again", [False, True])
@pytest.mark.parametrize("act", [_row_decided, _arrears_paid])
def test_a_rest_that_is_being_handed_over_pays_for_nothing_else(
    here: Here, act: Callable[[Desk, str], None], *, started_again: bool
) -> None:
    """It is in the payer's hands, or nobody knows: no row and no debt is paid with it."""
    desk = here.desk
    unclear = line(HOMES[1], 2, verdict=Verdict.HUMAN, reasons=("name_differs",))
    put_batch(desk, [line(HOMES[0], 1), unclear], DECIDED)
    pay_batch(desk.station, DECIDED, tender=Tender.CASH, money=Money(20_000))
    [paid] = batch_account(desk.station, DECIDED).payments
    key = paid.payment.payment_id
    begin_remainder(desk.station, DECIDED, key, REST)
    if started_again:
        desk = here.start_again()
    act(desk, key)
    found = SLIP if started_again else ""
    return_remainder(desk.station, DECIDED, key, REST, SECOND, found=found)
    assert given(desk) == REST.fen
    assert verify(desk.station).ok
