"""A store put back from a backup whose lost days nobody else has: they are only on the cards."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cardstation.domain.custody import Party
from cardstation.domain.exception_case import Kind, Proof
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.order_lease import GRACE, LEASE
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services import rejoin as rejoining
from cardstation.services import top_up as selling
from cardstation.services.batch_account import batch_account
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.intent.acknowledging import next_ack_no
from cardstation.services.lease_order import lease_order
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.rejoin import rejoin
from cardstation.services.release_order import release_order
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.desk import StandingClock
from tests.kit.handing import hand
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, line, neighbours, nobody, put_batch, take
from tests.kit.two_stations import line_of, open_station

SECOND = Approval("supervisor")


def closed(desk: Desk) -> None:
    desk.reader.pull()
    desk.station.store.close()


def put_back(folder: Path, copy: Path) -> None:
    for name in ("station.db-wal", "station.db-shm"):
        (folder / "S001" / name).unlink(missing_ok=True)
    shutil.copy2(copy, folder / "S001" / "station.db")


def test_two_people_go_on_over_what_was_never_sent(tmp_path: Path) -> None:
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")
    desk.sell(card)
    sync(desk.station)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001")
    take(card)
    desk.sell(card)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")

    desk = open_station(tmp_path, centre, "S001")
    take(card)
    with pytest.raises(Refusal) as stopped:
        desk.sell(card)
    assert stopped.value.code == "store_rolled_back"
    rejoin(desk.station, SECOND)
    desk.sell(card)
    sync(desk.station)
    assert verify(desk.station).ok
    with desk.station.store.reading() as reading:
        assert [one.code for one in reading.outbox.exceptions()] == ["counter_gap"]
    closed(desk)


def test_recovery_leaves_a_store_alone_that_is_older_than_its_anchor(tmp_path: Path) -> None:
    """What is open in it may be paid and loaded since: nothing of it is voided."""
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")

    class Cut(BaseException): ...

    def cut(*_: object) -> None:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "collect", cut)
        with pytest.raises(Cut):
            desk.sell(card)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001")
    recover(desk.station)
    desk.sell(card)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")

    desk = open_station(tmp_path, centre, "S001")
    (left,) = recover(desk.station)
    assert left.state == TopUpState.QUOTED.value
    closed(desk)


def test_no_receipt_number_is_printed_twice(tmp_path: Path) -> None:
    """The lost part had printed a number that no record holds any more."""
    centre, card = Centre(), card_of(cards.household())
    desk = open_station(tmp_path, centre, "S001")
    printed = [desk.sell(card).receipt_no]
    sync(desk.station)
    closed(desk)
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    for epoch in (2, 3):
        desk = open_station(tmp_path, centre, "S001")
        take(card)
        printed.append(desk.sell(card).receipt_no)
        closed(desk)
        put_back(tmp_path, tmp_path / "copy.db")
        desk = open_station(tmp_path, centre, "S001")
        rejoin(desk.station, SECOND)
        with desk.station.store.reading() as reading:
            opened = reading.journal.last()
        assert opened is not None
        assert (opened.entry.epoch, opened.entry.detail) == (epoch, printed[0])
        closed(desk)
    desk = open_station(tmp_path, centre, "S001")
    take(card)
    printed.append(desk.sell(card).receipt_no)
    with desk.station.store.unit() as unit:
        assert next_ack_no(desk.station, unit) == "S001-E3-2026-A000001"
    assert printed == [
        "S001-2026-000001",
        "S001-2026-000002",
        "S001-E2-2026-000002",
        "S001-E3-2026-000002",
    ]
    sync(desk.station)
    assert verify(desk.station).ok
    closed(desk)


def owed_and_paid(desk: Desk, folder: Path) -> str:
    """A load was taken off its card and its money is owed; the store as it is then is copied."""
    with closing(desk.insert(card_of(cards.household()))) as inserted:
        top_up(desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
        owed = return_load(desk.station, inserted, SECOND, nobody)
    sync(desk.station)
    closed(desk)
    shutil.copy2(folder / "S001" / "station.db", folder / "copy.db")
    return owed.topup_id


def test_what_a_lost_part_may_have_paid_out_needs_the_word_of_two(tmp_path: Path) -> None:
    centre = Centre()
    owed = owed_and_paid(open_station(tmp_path, centre, "S001"), tmp_path)
    desk = open_station(tmp_path, centre, "S001")
    line_of(desk).down = True
    pay_out(desk.station, owed, SECOND)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")

    desk = open_station(tmp_path, centre, "S001")
    rejoin(desk.station, SECOND)
    with pytest.raises(Refusal) as stop:
        pay_out(desk.station, owed, SECOND)
    assert (stop.value.code, stop.value.values["fen"]) == ("payout_in_doubt", 9744)
    [case] = [one for one in exceptions_state(desk.station) if one.kind is Kind.INTENT]
    assert (case.code, case.guide.step.proof) == ("payout_in_doubt", Proof.SLIP)
    with pytest.raises(Refusal, match="proof_missing"):
        pay_out(desk.station, owed, SECOND, found="yes")
    paid = pay_out(desk.station, owed, SECOND, found="slip 31 in the till, paid on the 24th")
    assert paid.state is TopUpState.REFUNDED
    with desk.station.store.reading() as reading:
        fact = reading.journal.last()
    assert fact is not None
    assert fact.entry.witness == "people: slip 31 in the till, paid on the 24th"
    sync(desk.station)
    assert verify(desk.station).ok
    closed(desk)


def test_what_came_back_whole_is_paid_out_without_more_ado(tmp_path: Path) -> None:
    """The lost part was sent: the ledger gave all of it back, the pay-out would be in it."""
    centre, home = Centre(), cards.household()
    owed = owed_and_paid(open_station(tmp_path, centre, "S001"), tmp_path)
    desk = open_station(tmp_path, centre, "S001")
    desk.sell(card_of(replace(home, purchase_counter=desk.household().purchase_counter)))
    sync(desk.station)
    closed(desk)
    put_back(tmp_path, tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001")
    rejoin(desk.station, SECOND)
    assert pay_out(desk.station, owed, SECOND).state is TopUpState.REFUNDED
    closed(desk)


def test_the_rest_of_a_batch_may_have_gone_back_in_the_lost_part(tmp_path: Path) -> None:
    centre, home, folder = Centre(), cards.household(), tmp_path
    desk = open_station(folder, centre, "S001")
    batch = put_batch(desk, [line(home, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(15_000))
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    desk.load(batch, card_of(home))
    hand(desk.station, batch, Party.DESK, Party.MANAGER)
    [paid] = batch_account(desk.station, batch).payments
    sync(desk.station)
    closed(desk)
    shutil.copy2(folder / "S001" / "station.db", folder / "copy.db")
    desk = open_station(folder, centre, "S001")
    line_of(desk).down = True
    return_remainder(desk.station, batch, paid.payment.payment_id, Money(5_000), SECOND)
    closed(desk)
    put_back(folder, folder / "copy.db")

    desk = open_station(folder, centre, "S001")
    rejoin(desk.station, SECOND)
    [case] = [one for one in exceptions_state(desk.station) if one.kind is Kind.MONEY]
    assert (case.guide.step.code, case.guide.step.proof) == ("give_back_in_doubt", Proof.SLIP)
    how = (desk.station, batch, paid.payment.payment_id, Money(5_000), SECOND)
    with pytest.raises(Refusal, match="payout_in_doubt"):
        return_remainder(*how)
    return_remainder(*how, found="slip 12 in the till, given back on the 24th")
    assert [one for one in exceptions_state(desk.station) if one.kind is Kind.MONEY] == []
    sync(desk.station)
    assert verify(desk.station).ok
    closed(desk)


HOME, OTHER = neighbours(2)
ORDER = Order(
    "D1", HOME.account_no, 5600, 20_000, "residential@2026-01-01", 50, "",
    paid_at=datetime(2026, 10, 20, 3, 0, tzinfo=UTC),
)  # fmt: skip


def restored_with_a_lease(folder: Path, centre: Centre, clock: StandingClock) -> Desk:
    """It held a paid order, and what it did offline under that lease is lost: it loaded it."""
    given = {"clock": clock, "households": [HOME, OTHER]}
    desk = open_station(folder, centre, "S001", **given)
    desk.sell(card_of(OTHER))
    centre.sell_online(ORDER)
    sync(desk.station)
    lease_order(desk.station, "D1")
    sync(desk.station)
    closed(desk)
    shutil.copy2(folder / "S001" / "station.db", folder / "copy.db")
    desk = open_station(folder, centre, "S001", **given)
    line_of(desk).down = True
    card = card_of(HOME)
    with closing(desk.insert(card)) as inserted:
        load_prepaid(desk.station, inserted, None, nobody)
    closed(desk)
    put_back(folder, folder / "copy.db")
    return open_station(folder, centre, "S001", **given)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def centre(clock: StandingClock) -> Centre:
    return Centre(now=lambda: clock.at.astimezone(UTC))


def test_a_desk_that_lost_records_does_not_say_that_it_keeps_nothing_back(
    tmp_path: Path, centre: Centre, clock: StandingClock
) -> None:
    desk = restored_with_a_lease(tmp_path, centre, clock)
    other = open_station(tmp_path, centre, "S002", clock=clock, households=[HOME, OTHER])
    clock.at += LEASE + GRACE + timedelta(hours=1)
    for _ in range(2):
        sync(desk.station)
    sync(other.station)
    with pytest.raises(Refusal, match="order_holder_silent"):
        lease_order(other.station, "D1")
    for act in (lease_order, release_order):
        with pytest.raises(Refusal, match="store_rolled_back"):
            act(desk.station, "D1")
    closed(desk)
    closed(other)


@pytest.mark.parametrize("hours", [1, 80])
def test_an_order_that_a_lost_part_may_have_loaded_waits_for_the_centre(
    tmp_path: Path, centre: Centre, clock: StandingClock, hours: int
) -> None:
    desk = restored_with_a_lease(tmp_path, centre, clock)
    other = open_station(tmp_path, centre, "S002", clock=clock, households=[HOME, OTHER])
    clock.at += timedelta(hours=hours)
    rejoin(desk.station, SECOND)
    for _ in range(2):
        sync(desk.station)
        sync(other.station)
    for one in (desk, other):
        with pytest.raises(Refusal, match="order_in_doubt"):
            lease_order(one.station, "D1")
    with pytest.raises(Refusal, match="order_in_doubt"):
        release_order(desk.station, "D1")
    card = card_of(HOME)
    for down, code in ((False, "order_in_doubt"), (True, "order_needs_ledger")):
        line_of(desk).down = down
        with pytest.raises(Refusal) as stop, closing(desk.insert(card)) as inserted:
            load_prepaid(desk.station, inserted, None, nobody)
        assert stop.value.code == code
    closed(desk)
    closed(other)


def test_a_ledger_that_has_not_heard_of_the_loss_is_asked_for_no_order(
    tmp_path: Path, centre: Centre, clock: StandingClock
) -> None:
    desk = restored_with_a_lease(tmp_path, centre, clock)
    clock.at += timedelta(hours=1)
    line = line_of(desk)

    def cut(name: str) -> None:
        if name == "ledger.push":
            raise LedgerUnreachable

    line.boundary = cut
    with pytest.raises(LedgerUnreachable):
        rejoin(desk.station, SECOND)
    with pytest.raises(Refusal, match="order_needs_ledger"):
        lease_order(desk.station, "D1")
    line.boundary = lambda _name: None
    sync(desk.station)
    with pytest.raises(Refusal, match="order_in_doubt"):
        lease_order(desk.station, "D1")
    clock.at += timedelta(hours=1)
    centre.sell_online(replace(ORDER, order_id="D2"))
    sync(desk.station)
    assert lease_order(desk.station, "D2").leased_to == "S001"
    closed(desk)


def test_a_cut_between_the_new_epoch_and_its_mark_is_mended_by_the_same_two(
    tmp_path: Path,
) -> None:
    """The ledger cannot grant another epoch before it has heard of this one."""
    centre, clock, homes = Centre(), StandingClock(), neighbours(2)
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=homes)
    desk.sell(card_of(homes[0]))
    sync(desk.station)
    closed(desk)
    copy = tmp_path / "copy.db"
    shutil.copy2(tmp_path / "S001" / "station.db", copy)
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=homes)
    desk.sell(card_of(homes[1]))
    closed(desk)
    put_back(tmp_path, copy)
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=homes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rejoining, "write_anchor", _cut)
        with pytest.raises(LedgerUnreachable):
            rejoin(desk.station, SECOND)
    closed(desk)
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=homes)
    assert [one.code for one in verify(desk.station).disagreements] == ["store_rolled_back"]
    rejoin(desk.station, SECOND)
    assert verify(desk.station).ok
    with pytest.raises(Refusal, match="rejoin_not_needed"):
        rejoin(desk.station, SECOND)
    assert desk.kinds().count("epoch") == 1
    closed(desk)


def _cut(*_: object) -> None:
    raise LedgerUnreachable
