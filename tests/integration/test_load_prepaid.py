"""Gas paid online at the counter: loaded once, by whichever desk, and never for money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.order_lease import GRACE, LEASE
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerUnreachable, OutcomeUnknown, Refusal
from cardstation.services import load_prepaid as loading
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.lease_order import lease_order
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.orders_state import Holder, orders_state
from cardstation.services.pay_out import pay_out
from cardstation.services.read_card import read_card
from cardstation.services.refund import request_refund
from cardstation.services.release_order import release_order
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from tests.kit.desk import StandingClock
from tests.kit.memory_ledger import Centre, MemoryLedger
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take

HOME, OTHER = neighbours(2)
NOW = StandingClock().at
SECOND = Approval("supervisor")
ORDER = Order(
    "D1", HOME.account_no, 5600, 20_000, "residential@2026-01-01", 50, "",
    paid_at=datetime(2026, 10, 20, 3, 0, tzinfo=UTC),
)  # fmt: skip


def cut_off(_name: str) -> None:
    raise LedgerUnreachable


class Town:
    """Two desks at one centre."""

    def __init__(self, folder: Path) -> None:
        self.centre = Centre()
        self.here, self.there = (self._desk(folder, name) for name in ("S001", "S002"))

    def _desk(self, folder: Path, name: str) -> Desk:
        ledger = MemoryLedger(name, self.centre)
        desk = open_desk(folder / name, households=[HOME, OTHER], ledger=ledger)
        desk.station = replace(desk.station, name=name, number=int(name[1:]))
        return desk

    def sell_online(self, order: Order = ORDER) -> None:
        self.centre.sell_online(order)
        for desk in (self.here, self.there):
            sync(desk.station)

    def offline(self, desk: Desk) -> None:
        desk.ledger.boundary = cut_off

    def online(self, desk: Desk) -> None:
        desk.ledger.boundary = lambda _name: None


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.here.station.store.close()
    made.there.station.store.close()


def load(desk: Desk, card: VirtualCard, order_id: str | None = None) -> Receipt:
    with closing(desk.insert(card)) as inserted:
        return load_prepaid(desk.station, inserted, order_id, nobody)


def stopped(desk: Desk, card: VirtualCard, order_id: str | None = None) -> str:
    before = card.image
    with pytest.raises(Refusal) as stop:
        load(desk, card, order_id)
    assert card.image == before
    return stop.value.code


def test_an_order_is_loaded_without_money(town: Town) -> None:
    town.sell_online()
    card = card_of(HOME)
    slip = load(town.here, card)
    assert (slip.kind, slip.order_id, slip.paid, slip.tender) == (
        *("loading_slip", "D1", Money(5600)),
        "order",
    )
    assert slip.receipt_no == "S001-2026-000001"
    assert take(card).credited.litres == 20_000
    sync(town.here.station)
    proof = verify(town.here.station)
    assert proof.ok, proof.disagreements
    assert (proof.money_terms["tenders"], proof.money_terms["orders_claimed"]) == (0, 5600)
    assert town.centre.balances["gas_sold"] == -5600
    assert town.here.household(HOME.account_no).balance == NO_MONEY
    assert not town.centre.chains["S001"].exceptions


def test_slips_and_receipts_share_one_series_and_a_second_paper_says_reprint(town: Town) -> None:
    town.sell_online()
    first = town.here.sell(card_of(OTHER))
    slip = load(town.here, card_of(HOME))
    assert (first.receipt_no[-6:], slip.receipt_no[-6:]) == ("000001", "000002")
    papers = [issue_receipt(town.here.station, slip.receipt_no) for _ in range(2)]
    assert [one.reprint for one in papers] == [False, True]
    assert papers[0].receipt == papers[1].receipt == slip


def test_the_second_desk_finds_the_card_past_its_order(town: Town) -> None:
    """Even one that never heard of the load: the card's own counter says it."""
    town.sell_online()
    card = card_of(HOME)
    lease_order(town.here.station, "D1")
    sync(town.there.station)
    for desk in (town.here, town.there):
        town.offline(desk)
    load(town.here, card)
    assert stopped(town.there, card) == "load_still_on_card"
    take(card)
    assert stopped(town.there, card) == "order_loaded_elsewhere"
    assert stopped(town.here, card) == "no_order_waiting"
    assert stopped(town.here, card, "D1") == "order_already_loaded"
    with closing(town.there.insert(card)) as inserted:
        facts = read_card(town.there.station, inserted)
    assert (facts.orders, "order_past_counter" in facts.warnings) == ((), True)
    for desk in (town.here, town.there):
        town.online(desk)
        sync(desk.station)
    assert stopped(town.there, card, "D1") == "order_not_waiting"
    assert stopped(town.there, card) == "no_order_waiting"


def test_offline_only_the_station_that_holds_the_lease_loads(town: Town) -> None:
    town.sell_online()
    held = lease_order(town.here.station, "D1")
    assert held.leased_until == town.centre.now() + LEASE
    sync(town.there.station)
    for desk in (town.here, town.there):
        town.offline(desk)
    card = card_of(HOME)
    assert stopped(town.there, card) == "order_leased_elsewhere"
    assert load(town.here, card).order_id == "D1"


def test_without_a_lease_nobody_loads_offline(town: Town) -> None:
    town.sell_online()
    for desk in (town.here, town.there):
        town.offline(desk)
        assert stopped(desk, card_of(HOME)) == "order_needs_ledger"


def test_a_lease_that_is_over_needs_the_ledger_again(town: Town) -> None:
    town.sell_online()
    lease_order(town.here.station, "D1")
    town.here.clock.at = NOW + LEASE + timedelta(minutes=1)
    town.offline(town.here)
    card = card_of(HOME)
    assert stopped(town.here, card) == "order_needs_ledger"
    town.centre.now = lambda: NOW + LEASE + GRACE
    assert stopped(town.there, card) == "order_holder_silent"
    town.online(town.here)
    sync(town.here.station)
    assert load(town.there, card).receipt_no.startswith("S002")


def test_what_a_silent_desk_loaded_offline_is_loaded_nowhere_else(town: Town) -> None:
    """On a card without a counter nothing else would show it."""
    town.sell_online()
    lease_order(town.here.station, "D1")
    town.offline(town.here)
    load(town.here, card_of(HOME))
    town.centre.now = lambda: NOW + LEASE + GRACE
    sync(town.there.station)
    assert stopped(town.there, card_of(HOME)) == "order_holder_silent"
    town.online(town.here)
    sync(town.here.station)
    with pytest.raises(Refusal, match="order_not_waiting"):
        lease_order(town.there.station, "D1")


def test_a_lease_given_back_is_anybodys(town: Town) -> None:
    town.sell_online()
    lease_order(town.here.station, "D1")
    assert stopped(town.there, card_of(HOME)) == "order_leased_elsewhere"
    assert release_order(town.here.station, "D1").leased_to == ""
    town.offline(town.here)
    assert stopped(town.here, card_of(HOME)) == "order_needs_ledger"
    load(town.there, card_of(HOME))
    with pytest.raises(Refusal, match="order_already_loaded"):
        release_order(town.there.station, "D1")


def test_an_older_list_brings_no_lease_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list was on its way while the order was given back, and somebody else has it now."""
    town.sell_online()
    lease_order(town.here.station, "D1")
    ledger = town.here.ledger
    asked = ledger.orders

    def given_back_meanwhile() -> tuple[Order, ...]:
        listed = asked()
        release_order(town.here.station, "D1")
        return listed

    monkeypatch.setattr(ledger, "orders", given_back_meanwhile)
    sync(town.here.station)
    monkeypatch.setattr(ledger, "orders", asked)
    load(town.there, card_of(HOME))
    town.offline(town.here)
    assert stopped(town.here, card_of(HOME)) == "order_needs_ledger"


def test_a_lease_whose_return_nobody_heard_of_is_asked_for_again(town: Town) -> None:
    town.sell_online()
    lease_order(town.here.station, "D1")
    town.offline(town.here)
    with pytest.raises(LedgerUnreachable):
        release_order(town.here.station, "D1")
    town.online(town.here)
    sync(town.here.station)
    assert town.centre.held["D1"].leased_to == "S001"
    town.offline(town.here)
    assert stopped(town.here, card_of(HOME)) == "order_needs_ledger"
    town.online(town.here)
    load(town.here, card_of(HOME))


def test_a_card_that_is_turned_away_leaves_the_order_to_others(town: Town) -> None:
    town.sell_online()
    card = card_of(HOME)
    town.there.sell(card, "10")
    assert stopped(town.here, card) == "load_still_on_card"
    assert town.centre.held["D1"].leased_to == ""


def test_two_orders_are_loaded_one_after_the_other(town: Town) -> None:
    town.sell_online(replace(ORDER, order_id="D0", expected_counter=51))
    town.sell_online()
    card = card_of(HOME)
    assert stopped(town.here, card, "D0") == "order_not_yet_due"
    assert load(town.here, card).order_id == "D1"
    take(card)
    assert load(town.here, card).order_id == "D0"


def test_an_order_of_another_household_is_not_loaded(town: Town) -> None:
    town.sell_online()
    assert stopped(town.here, card_of(OTHER)) == "no_order_waiting"
    assert stopped(town.here, card_of(OTHER), "D1") == "prepaid_order_missing"


def test_a_torn_load_is_finished_with_its_own_slip(town: Town) -> None:
    town.sell_online()
    card = card_of(HOME)
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        load(town.here, card)
    card.chip.arm(None)
    slip = load(town.here, card)
    assert (slip.order_id, town.here.states().count("sealed")) == ("D1", 1)
    assert take(card).credited.litres == 20_000


def test_what_the_ledger_names_no_more_is_gone_and_comes_back_when_it_does(town: Town) -> None:
    town.sell_online()
    withdrawn = town.centre.held.pop("D1")
    sync(town.here.station)
    assert stopped(town.here, card_of(HOME)) == "no_order_waiting"
    assert stopped(town.here, card_of(HOME), "D1") == "order_not_waiting"
    town.centre.held["D1"] = replace(withdrawn, leased_to="S002")
    sync(town.here.station)
    with town.here.station.store.reading() as reading:
        (order,) = reading.orders.waiting()
    assert order == replace(ORDER, leased_to="S002")


def test_the_list_says_who_waits_how_long_and_who_may_load(town: Town) -> None:
    town.sell_online()
    new = replace(ORDER, order_id="D2", account_no=OTHER.account_no, paid_at=NOW)
    town.sell_online(replace(new, leased_to="S002"))
    town.sell_online(replace(new, order_id="D3", account_no="another town's"))
    lease_order(town.here.station, "D1")
    old, young, strange = orders_state(town.here.station, warn_days=30)
    assert (old.order.order_id, old.days, old.warns, old.holder) == ("D1", 34, True, Holder.OURS)
    assert (old.name, old.door) == (HOME.name, HOME.address.door)
    assert (young.days, young.warns, young.holder) == (0, False, Holder.ELSEWHERE)
    assert (strange.order.order_id, strange.on_file, strange.name) == ("D3", False, "")
    assert not orders_state(town.here.station, warn_days=35)[0].warns
    town.here.clock.at = NOW + LEASE
    assert orders_state(town.here.station, warn_days=30)[0].holder is Holder.ENDED
    release_order(town.here.station, "D1")
    assert orders_state(town.here.station, warn_days=30)[0].holder is Holder.NOBODY


def test_a_card_with_an_order_says_so(town: Town) -> None:
    town.sell_online()
    with closing(town.here.insert(card_of(HOME))) as inserted:
        facts = read_card(town.here.station, inserted)
    assert (facts.orders, facts.stop) == ((ORDER,), None)


def test_an_order_whose_card_went_on_is_given_up_by_two_people(town: Town) -> None:
    """Claimed here and never written; another desk sold since: the centre pays it back, once."""
    town.sell_online()
    card = card_of(HOME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "arm", cut_short)
        with pytest.raises(LedgerUnreachable):
            load(town.here, card)
    assert town.here.states()[-1] == "paid"
    town.there.sell(card, "50")
    take(card)
    assert stopped(town.here, card) == "counter_past_expected"
    with closing(town.here.insert(card)) as inserted:
        asked = request_refund(town.here.station, inserted, SECOND)
    pay_out(town.here.station, asked.topup_id, SECOND)
    for desk in (town.here, town.there):
        sync(desk.station)
        assert verify(desk.station).ok
        assert stopped(desk, card, "D1") in ("order_already_loaded", "order_not_waiting")
    assert not any(fen for name, fen in town.centre.balances.items() if "unloaded" in name)
    assert town.centre.balances["tender:online"] == 0
    assert not town.centre.chains["S001"].exceptions
    town.here.sell(card, "20")


def cut_short(*_given: object) -> None:
    raise LedgerUnreachable
