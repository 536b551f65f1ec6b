"""What an auditor tried: each story once paid out, lost or hid money, and must not again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.answer_payment import answer_payment
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.begin import collect
from cardstation.services.intent.records import record_begun
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from tests.kit import cards
from tests.kit.station import (
    Desk,
    card_of,
    line,
    neighbours,
    nobody,
    open_desk,
    put_batch,
    take,
)
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def with_card(desk: Desk, card: VirtualCard, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()
        desk.reader.pull()


def ok(*desks: Desk) -> None:
    for desk in desks:
        found = verify(desk.station)
        assert found.ok, found.disagreements


def code_of(work: Any, *args: Any, **named: Any) -> str:
    with pytest.raises((Refusal, OutcomeUnknown)) as stop:
        work(*args, **named)
    return stop.value.code


def torn(desk: Desk, card: VirtualCard, tear: Tear) -> None:
    card.chip.arm(tear)
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    desk.reader.pull()


def test_a_paid_load_that_is_on_its_card_after_all_is_not_refunded(tmp_path: Path) -> None:
    """The store lost that it armed and wrote; the card shows it."""
    desk, card = open_desk(tmp_path / "desk"), card_of(HOME)
    sold = desk.sell(card)
    with desk.station.store.reading() as reading:
        (load,) = reading.topups.every()
    desk.reader.pull()
    desk.station.store.close()
    assert sold
    lost = open_desk(tmp_path / "lost")
    _paid_only(lost, load)
    assert code_of(with_card, lost, card, request_refund, SECOND) == "paid_in_doubt"
    lost.station.store.close()


@pytest.mark.parametrize("at_home", [False, True])
def test_a_paid_load_that_its_card_shows_is_sealed_and_not_written_again(
    tmp_path: Path, at_home: bool
) -> None:
    """The store lost that it armed, wrote and sealed; our own mark is on the card."""
    desk, card = open_desk(tmp_path / "desk"), card_of(HOME)
    desk.sell(card)
    with desk.station.store.reading() as reading:
        (load,) = reading.topups.every()
    desk.reader.pull()
    desk.station.store.close()
    gas = [take(card).credited] if at_home else []
    wear = list(card.chip.wear)
    lost = open_desk(tmp_path / "lost")
    with closing(lost.station.store):
        _paid_only(lost, load)
        assert with_card(lost, card, resolve_card).outcome is Outcome.SEALED
        assert card.chip.wear == wear
        assert lost.kinds() == ["paid", "armed", "sealed"]
        ok(lost)
        gas.append(take(card).credited)
        assert sum(one.litres for one in gas) == 29_000
        with_card(lost, card, resolve_card)
        lost.sell(card)
        ok(lost)


def _paid_only(desk: Desk, load: Any) -> None:
    """The same sale as far as *paid*."""
    begun = replace(load, state=TopUpState.QUOTED, plan=None)
    collect(desk.station, record_begun(desk.station, begun))


def test_nothing_is_added_to_a_frozen_journal(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (here, there, _):
        card = card_of(HOME)
        torn(here, card, Tear(12))
        told(here)
        with there.station.store.unit() as unit:
            unit.outbox.judge("ledger_ahead", there.clock.now())
            unit.commit()
        assert code_of(with_card, there, card, resolve_card) == "selling_frozen"
        with there.station.store.reading() as reading:
            assert reading.journal.head().seq == 0
        assert code_of(answer_payment, there.station, "any", taken=False) == "selling_frozen"


class Knowing:
    """A QR service that lost its first answer and knows later."""

    tender = Tender.QR_CODE

    def take(self, *_: object) -> PaymentAnswer:
        return PaymentAnswer.UNKNOWN

    def query(self, _: str) -> PaymentAnswer:
        return PaymentAnswer.NOT_TAKEN


def test_recovery_asks_nobody_in_a_frozen_store_and_the_service_beats_the_clerk(
    tmp_path: Path,
) -> None:
    desk = open_desk(tmp_path, payments=(Knowing(),))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card_of(HOME), tender=Tender.QR_CODE)
    desk.reader.pull()
    with desk.station.store.reading() as reading:
        (asked,) = reading.topups.open_intents()
    assert code_of(answer_payment, desk.station, asked.topup_id, taken=True) == "payment_answered"
    for verdict, left in (("ledger_ahead", 1), ("", 0)):
        with desk.station.store.unit() as unit:
            unit.outbox.judge(verdict, desk.clock.now())
            unit.commit()
        assert len(recover(desk.station)) == left
    desk.station.store.close()


def test_a_lump_sum_by_qr_code_is_queried_too(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, payments=(Knowing(),))
    batch = put_batch(desk, [line(HOME, 1)])
    with pytest.raises(OutcomeUnknown):
        pay_batch(desk.station, batch, tender=Tender.QR_CODE, money=Money(10_000))
    assert not recover(desk.station)
    assert batch_state(desk.station, batch).money.received == Money(0)
    desk.station.store.close()


def test_an_older_copy_of_the_store_pays_nothing_out_again(tmp_path: Path) -> None:
    desk, card = open_desk(tmp_path / "desk"), card_of(HOME)
    inserted = desk.insert(card)
    top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    back = return_load(desk.station, inserted, SECOND, nobody)
    inserted.close()
    desk.reader.pull()
    desk.station.store.close()
    shutil.copy2(tmp_path / "desk" / "station.db", tmp_path / "copy.db")
    desk = open_desk(tmp_path / "desk")
    pay_out(desk.station, back.topup_id, SECOND)
    desk.station.store.close()
    for name in ("station.db-wal", "station.db-shm"):
        (tmp_path / "desk" / name).unlink(missing_ok=True)
    shutil.copy2(tmp_path / "copy.db", tmp_path / "desk" / "station.db")
    desk = open_desk(tmp_path / "desk")
    assert code_of(pay_out, desk.station, back.topup_id, SECOND) == "store_rolled_back"
    desk.station.store.close()


def test_a_copied_card_gets_no_refund_while_the_ledger_is_silent(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (here, there, _):
        card = card_of(HOME)
        copied = card.copy()
        torn(here, card, Tear(12))
        told(here)
        with_card(there, card, resolve_card)
        line_of(here).down = True
        line_of(here).resting = True
        assert code_of(with_card, here, copied, request_refund, SECOND) == "refund_needs_ledger"
        line_of(here).down = line_of(here).resting = False
        told(there)
        assert code_of(with_card, here, copied, request_refund, SECOND) == "load_is_on_card"


def test_the_money_of_a_line_that_was_taken_back_is_the_payers(tmp_path: Path) -> None:
    first, second = neighbours(2)
    desk = open_desk(tmp_path, households=[first, second])
    batch = put_batch(desk, [line(first, 1), line(second, 2)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(20_000))
    card = card_of(first)
    desk.load(batch, card)
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    state = batch_state(desk.station, batch)
    assert (state.outcomes[0].state.value, state.outcomes[0].reason) == ("stopped", "load_returned")
    assert state.money.loaded == Money(0)
    pay_out(desk.station, back.topup_id, SECOND)
    assert batch_state(desk.station, batch).money.remainder == back.quote.total
    ok(desk)
    desk.station.store.close()


def test_nobody_is_their_own_second_person(desk: Desk) -> None:
    card, alone = card_of(HOME), Approval("demo")
    desk.sell(card)
    refused = code_of(with_card, desk, card, return_load, alone, nobody, reading="photo 1")
    assert refused == "second_person_same"
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    assert code_of(pay_out, desk.station, back.topup_id, alone) == "second_person_same"
    assert code_of(with_card, desk, card, request_refund, alone) == "second_person_same"


def test_returned_by_the_desk_that_sealed_second_the_gas_is_sold_by_nobody(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (here, there, centre):
        card = card_of(HOME)
        torn(here, card, Tear(12))
        told(here)
        with_card(there, card, resolve_card)
        told(there)
        line_of(here).down = True
        with_card(here, card, resolve_card)
        line_of(here).down = False
        back = with_card(here, card, return_load, SECOND, nobody, reading="photo 1")
        pay_out(here.station, back.topup_id, SECOND)
        told(here, there)
        ok(here, there)
        assert not centre.balances.get("gas_sold")
        assert not centre.balances.get(f"unloaded:{HOME.account_no}")
        here.sell(card, "50")
        sync(here.station)
        with here.station.store.reading() as reading:
            named = [one.code for one in reading.outbox.exceptions()]
        assert named == ["sealed_before"]


def test_books_that_come_again_in_another_order_are_believed_anew(tmp_path: Path) -> None:
    """Who sealed second is first after the ledger lost both: what it said before is void."""
    with two_stations(tmp_path) as (here, there, centre):
        card = card_of(HOME)
        torn(here, card, Tear(12))
        told(here)
        with_card(there, card, resolve_card)
        line_of(here).down = True
        with_card(here, card, resolve_card)
        told(there)
        line_of(here).down = False
        told(here, there)
        seconds = centre.chains["S001"].exceptions
        assert [one.code for one in seconds] == ["sealed_before"]
        centre.back_to(centre.posted[:0])
        for desk in (here, there):
            centre.ask_again(desk.station.name)
            told(desk)
        told(here, there)
        assert [one.code for one in centre.chains["S002"].exceptions] == ["sealed_before"]
        for desk, codes in ((here, []), (there, ["sealed_before"])):
            with desk.station.store.reading() as reading:
                assert [one.code for one in reading.outbox.exceptions()] == codes
        ok(here, there)
        assert centre.balances["gas_sold"] == -9_744
        assert not centre.balances[f"unloaded:{HOME.account_no}"]
