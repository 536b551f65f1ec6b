"""A row's money moves while its card is in the lane: it is given back or loaded, never both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services import load_line as loading
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.release_order import release_order
from cardstation.services.verify import Verification, verify
from cardstation.store.lump_sums import LumpSums, ReleasedLine
from drivers.virtual import VirtualCard
from tests.kit import plants
from tests.kit.money_races import BATCH, meanwhile, paid_desk, release_and_give_back
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

HOMES = neighbours(2)
ORDER = Order("D1", HOMES[0].account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two rows of 100 yuan; the money of the first came."""
    made = paid_desk(tmp_path, 2)
    yield made
    made.reader.pull()
    made.station.store.close()


def stopped(desk: Desk, card: VirtualCard, batch_id: str = BATCH) -> str:
    before, kinds = card.image, desk.kinds().count("paid")
    with pytest.raises(Refusal) as stop:
        desk.load(batch_id, card)
    assert card.image == before
    assert desk.kinds().count("paid") == kinds
    return stop.value.code


def proof(desk: Desk) -> Verification:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    return found


def test_what_goes_back_meanwhile_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, card = paid_desk(tmp_path, 1), card_of(HOMES[0])
    with closing(desk.station.store):
        meanwhile(monkeypatch, lambda: release_and_give_back(desk))
        assert stopped(desk, card) == "line_released"
        terms = proof(desk).money_terms
        assert (terms["refunds"], terms["unallocated"], terms["gas_loaded"]) == (10_000, 0, 0)
        desk.reader.pull()


def test_money_freed_meanwhile_loads_the_other_card_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: release_and_give_back(desk))
    assert stopped(desk, card_of(HOMES[0])) == "line_released"
    desk.load(BATCH, card_of(HOMES[1]))
    found = proof(desk)
    assert (found.loaded_fen, found.money_terms["unallocated"]) == (10_000, 0)


def test_a_batch_that_is_short_meanwhile_begins_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short() -> None:
        monkeypatch.setattr(LumpSums, "standing", lambda *_: (False, Money(-1)))

    meanwhile(monkeypatch, short)
    assert stopped(desk, card_of(HOMES[0])) == "batch_overspent"


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Desk]:
    """A paid order that this desk holds the lease of, and a batch with its row."""
    made = open_desk(tmp_path, households=HOMES)
    made.ledger.centre.sell_online(ORDER)
    with made.station.store.unit() as unit:
        unit.orders.put([ORDER])
        unit.commit()
    put_batch(made, [line(HOMES[0], 4, order=ORDER)], BATCH)
    yield made
    made.reader.pull()
    made.station.store.close()


def test_an_order_given_back_meanwhile_is_not_loaded(
    orders: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease is asked for again before the load; who gives it back after that comes first."""
    leased = loading.ensure_leased

    def given_back(station: object, order: Order) -> Order:
        held = leased(orders.station, order)
        release_order(orders.station, order.order_id)
        return held

    monkeypatch.setattr(loading, "ensure_leased", given_back)
    assert stopped(orders, card_of(HOMES[0])) == "order_needs_ledger"
    assert orders.ledger.centre.held["D1"].leased_to == ""


def test_an_order_whose_giving_back_was_not_answered_is_not_loaded_on_the_old_lease(
    orders: Desk,
) -> None:
    """The centre may have heard it, and another desk may have the order."""

    def cut_off(_name: str) -> None:
        raise LedgerUnreachable

    orders.ledger.boundary = cut_off
    with pytest.raises(LedgerUnreachable):
        release_order(orders.station, "D1")
    with (
        closing(orders.insert(card_of(HOMES[0]))) as inserted,
        pytest.raises(Refusal, match="order_needs_ledger"),
    ):
        load_prepaid(orders.station, inserted, "D1", nobody)
    orders.ledger.boundary = lambda _name: None
    with closing(orders.insert(card_of(HOMES[0]))) as inserted:
        assert load_prepaid(orders.station, inserted, "D1", nobody).order_id == "D1"


def named(desk: Desk) -> dict[str, list[dict[str, object]]]:
    """What verify finds, by its code, without the ids of top-ups."""
    found: dict[str, list[dict[str, object]]] = {}
    for one in verify(desk.station).disagreements:
        told = {key: value for key, value in one.values.items() if key != "topup_id"}
        found.setdefault(one.code, []).append(told)
    return found


def test_verify_names_money_that_went_back_and_onto_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was before the money was asked for again: every sum agrees, and yet it is wrong."""
    plants.money_not_asked_again(monkeypatch)
    desk = paid_desk(tmp_path, 1)
    with closing(desk.station.store):
        meanwhile(monkeypatch, lambda: release_and_give_back(desk))
        desk.load(BATCH, card_of(HOMES[0]))
        paid = desk.kinds().index("paid") + 1
        assert named(desk) == {
            "released_and_loaded": [
                {"batch_id": BATCH, "place": 1, "account_no": HOMES[0].account_no}
            ],
            "batch_below_nothing": [{"batch_id": BATCH, "seq": paid, "fen": 10_000}],
        }
        desk.reader.pull()


def test_verify_names_money_that_loaded_two_cards(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plants.money_not_asked_again(monkeypatch)
    meanwhile(monkeypatch, lambda: release_and_give_back(desk))
    desk.load(BATCH, card_of(HOMES[0]))
    assert set(named(desk)) == {"released_and_loaded"}
    desk.load(BATCH, card_of(HOMES[1]))
    assert set(named(desk)) == {"released_and_loaded", "batch_below_nothing"}


def test_verify_names_a_dip_that_later_money_filled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sum at the end is sound; after one entry it was not."""
    plants.money_not_asked_again(monkeypatch)
    desk = paid_desk(tmp_path, 1)
    with closing(desk.station.store):
        meanwhile(monkeypatch, lambda: release_and_give_back(desk))
        desk.load(BATCH, card_of(HOMES[0]))
        pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000))
        assert verify(desk.station).money_terms["unallocated"] == 0
        assert "batch_below_nothing" in named(desk)
        desk.reader.pull()


def test_verify_names_a_release_written_beside_a_load(desk: Desk) -> None:
    desk.load(BATCH, card_of(HOMES[0]))
    released = ReleasedLine(BATCH, 1, "absent", Money(10_000), desk.clock.now())
    with desk.station.store.unit() as unit:
        unit.lump_sums.release(released, seq=1)
        unit.commit()
    assert {"released_and_loaded", "lump_sum_disagrees"} <= set(named(desk))
