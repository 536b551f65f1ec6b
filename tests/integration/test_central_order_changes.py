"""Two people of the centre withdraw a paid order or bind it anew; no desk loads the old one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cardstation.central.order_changes import bind_order, waiting_orders, withdraw_order
from cardstation.central.orders import lease_order
from cardstation.central.tables import balances, journal, orders, stations
from cardstation.cli.central import main
from cardstation.domain.ledger import Order
from cardstation.domain.order_change import NewBinding, OrderChange
from cardstation.domain.order_lease import GRACE
from cardstation.errors import LedgerRefused, Refusal
from tests.kit.facts import Chain
from tests.kit.postgres import Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PAID = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
ORDER = Order("O1", "0000000001", 5_000, 20_000, "T1", 3, "", paid_at=PAID)
CHANGE = OrderChange("O1", "付错户，已退款", "Zhang", "Li")


def sums(centre: Centre) -> dict[str, int]:
    with centre.books.engine.connect() as connection:
        rows = connection.execute(select(balances.c.account, balances.c.fen))
        return {row.account: row.fen for row in rows if row.fen}


def test_an_order_that_was_paid_back_at_the_bank_is_withdrawn(centre: Centre) -> None:
    station = centre.station("S001")
    centre.desk().post_order(ORDER)
    assert withdraw_order(centre.books.engine, CHANGE) == ORDER
    assert station.orders() == ()
    with pytest.raises(LedgerRefused, match="order_not_waiting"):
        station.lease_order("O1")
    assert sums(centre) == {}
    with centre.books.engine.connect() as connection:
        raw = connection.scalars(
            select(journal.c.raw).where(journal.c.kind == "order_withdrawn")
        ).one()
    said = json.loads(raw)
    assert (said["reason"], said["ordered_by"], said["approved_by"]) == (
        "付错户，已退款",
        "Zhang",
        "Li",
    )
    with pytest.raises(Refusal, match="order_not_waiting"):
        withdraw_order(centre.books.engine, CHANGE)
    with pytest.raises(Refusal, match="order_not_here"):
        withdraw_order(centre.books.engine, replace(CHANGE, order_id="O9"))
    centre.desk().post_order(ORDER)
    assert station.orders() == (), "said again, it stays withdrawn"
    centre.books.prove()


def test_an_order_of_the_wrong_household_is_bound_anew(centre: Centre) -> None:
    station = centre.station("S001")
    centre.desk().post_order(ORDER)
    engine = centre.books.engine
    right = bind_order(engine, CHANGE, NewBinding("0000000002", 7))
    assert right == replace(ORDER, order_id="O1/2", account_no="0000000002", expected_counter=7)
    (waits,) = station.orders()
    assert (waits, waits.paid_at) == (right, PAID)
    assert sums(centre) == {"tender:online": 5_000, "unloaded:0000000002": -5_000}
    with pytest.raises(Refusal, match="nothing_to_bind"):
        bind_order(engine, replace(CHANGE, order_id="O1/2"), NewBinding("0000000002", 7))
    again = bind_order(engine, replace(CHANGE, order_id="O1/2"), NewBinding("0000000002", 8))
    assert again.order_id == "O1/3"
    assert station.lease_order("O1/3").leased_to == "S001"
    centre.books.prove()


def test_what_a_station_may_load_without_asking_is_not_taken_from_it(centre: Centre) -> None:
    key = TestKey()
    centre.station("S001", key)
    station = centre.line("S001", key, news=lambda: {"version": "1", "unsent": "0"})
    centre.desk().post_order(ORDER)
    station.lease_order("O1")
    with pytest.raises(Refusal, match="order_leased_elsewhere") as refused:
        withdraw_order(centre.books.engine, CHANGE)
    assert refused.value.values["station"] == "S001"
    lapse(centre)
    station.orders()
    assert withdraw_order(centre.books.engine, CHANGE).leased_to == ""
    chain = Chain("S001")
    chain.add("paid", order_id="O1", tender="order", fen=5_000, account_no="0000000001")
    chain.add("sealed", order_id="O1", tender="order", fen=5_000, account_no="0000000001")
    ack = station.push(chain.written, station.head().nonce)
    assert [one.code for one in ack.exceptions] == ["order_claimed_twice", "order_loaded_twice"]
    assert sums(centre)["suspense:order_loaded_twice"] == -5_000
    centre.books.prove()


def lapse(centre: Centre) -> None:
    over = GRACE + timedelta(seconds=5)
    with centre.books.owner.begin() as connection:
        connection.execute(orders.update().values(held_until=datetime.now(UTC) - over))


def test_what_a_silent_station_may_have_loaded_is_not_taken_from_it(centre: Centre) -> None:
    """Its lease is over, its load may be unsent: money back and gas on the card, otherwise."""
    key, engine = TestKey(), centre.books.engine
    centre.station("S001", key)
    station = centre.line("S001", key, news=lambda: {"version": "1", "unsent": "0"})
    centre.desk().post_order(ORDER)
    station.lease_order("O1")
    lapse(centre)
    for change in (
        lambda: withdraw_order(engine, CHANGE),
        lambda: bind_order(engine, CHANGE, NewBinding("0000000002", 7)),
    ):
        with pytest.raises(Refusal, match="order_holder_silent") as refused:
            change()
        assert refused.value.values["station"] == "S001"
        assert str(refused.value.values["since"]).startswith("20")
    (waits,) = waiting_orders(engine)
    assert waits.order.leased_to == "S001"
    chain = Chain("S001")
    chain.add("paid", order_id="O1", tender="order", fen=5_000, account_no="0000000001")
    assert station.push(chain.written, station.head().nonce).exceptions == ()
    station.orders()
    with pytest.raises(Refusal, match="order_not_waiting"):
        withdraw_order(engine, CHANGE)
    centre.books.prove()


def test_what_a_station_held_when_it_lost_records_waits_for_what_two_people_found(
    centre: Centre,
) -> None:
    key, engine = TestKey(), centre.books.engine
    centre.station("S001", key)
    station = centre.line("S001", key, news=lambda: {"version": "1", "unsent": "0"})
    centre.desk().post_order(ORDER)
    station.lease_order("O1")
    Chain("S001").lost_records(station)
    lapse(centre)
    station.orders()
    with pytest.raises(Refusal, match="order_in_doubt") as refused:
        withdraw_order(engine, CHANGE)
    assert str(refused.value.values["since"]).startswith("20")
    found = replace(CHANGE, found="卡和表都看过，没有充")
    with pytest.raises(Refusal, match="two_persons_needed"):
        withdraw_order(engine, replace(found, approved_by="Zhang"))
    assert withdraw_order(engine, found).leased_to == ""
    with centre.books.engine.connect() as connection:
        raw = connection.scalars(
            select(journal.c.raw).where(journal.c.kind == "order_withdrawn")
        ).one()
    assert json.loads(raw)["found"] == "卡和表都看过，没有充"
    centre.books.prove()


def test_what_a_lost_station_held_is_withdrawn_once_it_is_out_of_service(centre: Centre) -> None:
    centre.station("S001")
    centre.desk().post_order(ORDER)
    lease_order(centre.books.engine, "S001", "O1")
    with centre.books.owner.begin() as connection:
        lost = stations.c.station == "S001"
        connection.execute(stations.update().where(lost).values(status="revoked"))
    with pytest.raises(Refusal, match="order_leased_elsewhere"):
        withdraw_order(centre.books.engine, CHANGE)
    lapse(centre)
    assert withdraw_order(centre.books.engine, CHANGE).leased_to == ""


def test_an_order_whose_load_was_begun_stays(centre: Centre) -> None:
    station = centre.station("S001")
    centre.desk().post_order(ORDER)
    chain = Chain("S001")
    chain.add("paid", order_id="O1", tender="order", fen=5_000, account_no="0000000001")
    station.push(chain.written, station.head().nonce)
    with pytest.raises(Refusal, match="order_not_waiting"):
        withdraw_order(centre.books.engine, CHANGE)
    (waits,) = waiting_orders(centre.books.engine)
    assert (waits.claimed_by, waits.days > 0) == ("S001", True)


@pytest.mark.parametrize(("by", "approved"), [("", "Li"), ("Zhang", ""), ("Zhang", " Zhang ")])
def test_one_person_alone_changes_no_order(centre: Centre, by: str, approved: str) -> None:
    centre.desk().post_order(ORDER)
    alone = replace(CHANGE, ordered_by=by, approved_by=approved)
    for change in (
        lambda: withdraw_order(centre.books.engine, alone),
        lambda: bind_order(centre.books.engine, alone, NewBinding("2", 1)),
    ):
        with pytest.raises(Refusal, match="two_persons_needed"):
            change()


def test_the_commands(centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    dsn = ["--dsn", centre.books.dsn]
    centre.desk().post_order(replace(ORDER, paid_at=datetime.now(UTC) - timedelta(days=40)))
    centre.desk().post_order(replace(ORDER, order_id="O2", paid_at=datetime.now(UTC)))
    two = ["--reason", "换户", "--by", "Zhang", "--approved-by", "Li"]
    assert main(["orders", "list", "--days", "30", "--json", *dsn]) == 0
    listed = json.loads(capsys.readouterr().out)["orders"]
    assert [(one["order_id"], one["days"]) for one in listed] == [("O1", 40)]
    assert main(["orders", "bind", "O1", "--account", "8", "--counter", "4", *two, *dsn]) == 0
    assert main(["orders", "withdraw", "O2", *two, *dsn]) == 0
    assert main(["orders", "list", *dsn]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "O1 waits as O1/2 for account 8 at counter 4",
        "O2 is withdrawn: ¥50.00 of account 0000000001",
        "O1/2  8  ¥50.00  20 m³  40 d",
    ]
    assert main(["orders", "withdraw", "O2", *two, *dsn]) == 3
    assert "O2" in capsys.readouterr().err
