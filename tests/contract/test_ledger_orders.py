"""What every ledger must do with paid orders: who holds one, until when, and who comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from cardstation.central.tables import orders, stations
from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import GRACE
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ledger
from tests.kit.facts import Chain
from tests.kit.memory_ledger import Centre as Double
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)

LEDGERS = [pytest.param("central", marks=pytest.mark.postgres), "memory"]

ORDER = Order("O1", "0000000001", 5_000, 20_000, "T1", 3, "")
OVER = GRACE + timedelta(seconds=5)
SOLD_FOR_TWO = Order("O2", "0000000002", 100, 1_000, "T1", 0, "S002")
SOLD_FOR_ONE = Order("O3", "0000000003", 100, 1_000, "T1", 0, "S001")


@dataclass(frozen=True)
class Pair:
    """Two stations at one centre, and its own desk.

    Attributes:
        said: What the first one says of itself.
        lapse: Every lease is over. stop: The first one is taken out of service.
        pass_time: Some moments go by.
    """

    first: Ledger
    second: Ledger
    sell_online: Callable[[Order], None]
    lapse: Callable[[], None]
    stop: Callable[[], None]
    pass_time: Callable[[], None] = lambda: None
    said: dict[str, str] = field(default_factory=dict)


@pytest.fixture(params=LEDGERS)
def pair(request: pytest.FixtureRequest) -> Pair:
    if request.param == "memory":
        return played()
    centre: Centre = request.getfixturevalue("centre")
    key, said = TestKey(), dict[str, str]()
    centre.station("S001", key)
    first = centre.line("S001", key, news=lambda: said)

    def lapse() -> None:
        with centre.books.owner.begin() as connection:
            connection.execute(orders.update().values(held_until=datetime.now(UTC) - OVER))

    def stop() -> None:
        mine = stations.c.station == "S001"
        with centre.books.owner.begin() as connection:
            connection.execute(stations.update().where(mine).values(status="revoked"))

    desk = centre.desk()
    return Pair(first, centre.station("S002"), desk.post_order, lapse, stop, said=said)


def played() -> Pair:
    """The same in memory."""
    books, said = Double(), dict[str, str]()
    first = MemoryLedger("S001", books, news=lambda: said)

    def lapse() -> None:
        until = books.now() - OVER
        books.held = {
            name: replace(order, leased_until=until) for name, order in books.held.items()
        }

    def stop() -> None:
        books.chains["S001"].status = "revoked"

    def pass_time() -> None:
        later = books.now() + timedelta(minutes=1)
        books.now = lambda: later

    second = MemoryLedger("S002", books)
    return Pair(first, second, books.sell_online, lapse, stop, pass_time, said)


def test_an_order_is_leased_to_one_station_at_a_time(pair: Pair) -> None:
    pair.sell_online(ORDER)
    held = pair.first.lease_order("O1")
    assert held == replace(ORDER, leased_to="S001")
    assert held.leased_until is not None
    again = pair.first.lease_order("O1")
    assert again.leased_until is not None
    assert again.leased_until >= held.leased_until
    with pytest.raises(LedgerRefused, match="order_leased_elsewhere") as refused:
        pair.second.lease_order("O1")
    assert refused.value.values == {"order_id": "O1", "station": "S001"}
    assert pair.second.release_order("O1").leased_to == "S001"
    assert [one.leased_to for one in pair.second.orders()] == ["S001"]
    assert pair.first.release_order("O1").leased_to == ""
    assert pair.second.lease_order("O1").leased_to == "S002"


def test_what_was_sold_for_a_station_is_its_own_without_end(pair: Pair) -> None:
    pair.sell_online(SOLD_FOR_TWO)
    assert pair.first.orders() == pair.second.orders() == (SOLD_FOR_TWO,)
    with pytest.raises(LedgerRefused, match="order_leased_elsewhere"):
        pair.first.lease_order("O2")
    assert pair.second.lease_order("O2").leased_until is None
    pair.second.release_order("O2")
    assert pair.first.lease_order("O2").leased_to == "S001"


def holders(ledger: Ledger) -> list[str]:
    return [one.leased_to for one in ledger.orders()]


def test_a_lease_that_is_over_ends_when_its_holder_keeps_nothing_back(pair: Pair) -> None:
    """What it loaded under the lease may be unsent: until it was heard, nobody else has it."""
    pair.sell_online(ORDER)
    pair.said.update(version="1", unsent="0")
    pair.first.lease_order("O1")
    assert holders(pair.first) == ["S001"], "heard while it may still load"
    pair.lapse()
    for unsent in ("?", "1"):
        pair.said["unsent"] = unsent
        assert holders(pair.first) == holders(pair.second) == ["S001"]
        with pytest.raises(LedgerRefused, match="order_holder_silent") as refused:
            pair.second.lease_order("O1")
        assert refused.value.values.keys() == {"order_id", "station", "since"}
        assert refused.value.values["station"] == "S001"
    pair.said["unsent"] = "0"
    pair.first.head()
    assert holders(pair.second) == ["S001"], "a handshake can be caught and said again"
    assert holders(pair.first) == [""]
    assert pair.second.lease_order("O1").leased_to == "S002"


def test_what_its_holder_had_when_it_lost_records_stays_until_people_decide(pair: Pair) -> None:
    """Nothing of it is unsent, and nobody knows whether it was loaded."""
    for order in (ORDER, SOLD_FOR_ONE):
        pair.sell_online(order)
    pair.first.lease_order("O1")
    Chain().lost_records(pair.first)
    pair.said.update(version="1", unsent="0")
    pair.lapse()
    assert holders(pair.first) == holders(pair.second) == ["S001", "S001"]
    for ask in (
        lambda: pair.second.lease_order("O1"),
        lambda: pair.first.lease_order("O1"),
        lambda: pair.first.release_order("O1"),
        lambda: pair.first.lease_order("O3"),
        lambda: pair.first.release_order("O3"),
    ):
        with pytest.raises(LedgerRefused, match="order_in_doubt") as refused:
            ask()
        assert refused.value.values["station"] == "S001"


def test_what_it_took_after_it_had_lost_records_ends_as_ever(pair: Pair) -> None:
    Chain().lost_records(pair.first)
    pair.sell_online(ORDER)
    pair.pass_time()
    pair.first.lease_order("O1")
    assert pair.first.release_order("O1").leased_to == ""
    assert pair.second.lease_order("O1").leased_to == "S002"


def test_what_its_holder_loaded_under_a_lease_that_is_over_is_nobody_elses(pair: Pair) -> None:
    pair.sell_online(ORDER)
    pair.first.lease_order("O1")
    pair.lapse()
    facts = {"account_no": "0000000001", "tender": "order", "fen": 5_000, "order_id": "O1"}
    pair.first.push([Chain().add("paid", **facts)], pair.first.head().nonce)
    pair.said.update(version="1", unsent="0")
    assert holders(pair.first) == [""]
    with pytest.raises(LedgerRefused, match="order_not_waiting"):
        pair.second.lease_order("O1")


def test_its_holder_takes_a_lease_that_is_over_again(pair: Pair) -> None:
    pair.sell_online(ORDER)
    held = pair.first.lease_order("O1").leased_until
    pair.lapse()
    again = pair.first.lease_order("O1").leased_until
    assert held is not None
    assert again is not None
    assert again >= held
    with pytest.raises(LedgerRefused, match="order_leased_elsewhere"):
        pair.second.lease_order("O1")


def test_of_a_station_out_of_service_nothing_more_is_heard(pair: Pair) -> None:
    pair.sell_online(ORDER)
    pair.first.lease_order("O1")
    pair.stop()
    with pytest.raises(LedgerRefused, match="order_leased_elsewhere"):
        pair.second.lease_order("O1")
    pair.lapse()
    assert holders(pair.second) == [""]
    assert pair.second.lease_order("O1").leased_to == "S002"


@pytest.mark.parametrize("order_id", ["O1", "nobody's", "a/b ?"])
def test_an_order_that_does_not_wait_is_leased_to_nobody(pair: Pair, order_id: str) -> None:
    pair.sell_online(ORDER)
    chain = Chain()
    facts = {"account_no": "0000000001", "tender": "order", "fen": 5_000, "order_id": "O1"}
    pair.first.push([chain.add("paid", **facts)], pair.first.head().nonce)
    for ask in (pair.second.lease_order, pair.second.release_order):
        with pytest.raises(LedgerRefused, match="order_not_waiting"):
            ask(order_id)
    assert (len(pair.first.orders()), len(pair.second.orders())) == (1, 0)
