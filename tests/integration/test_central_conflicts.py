"""A business conflict never refuses a fact: it goes to suspense and to a human."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select, text

from cardstation.central.books import totals
from cardstation.central.tables import card_load, exceptions
from cardstation.domain.ledger import Entry, Order
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

PAUSE = Event()
ORDER = Order("O1", "0000000001", 5_000, 20_000, "T1", 3, "")
LOADED: dict[str, Any] = {
    "subject": "top-up",
    "account_no": ORDER.account_no,
    "maker": "CS01",
    "card_no": "C0000001",
    "meter_no": "M0000001",
    "counter_before": 3,
    "counter_after": 4,
    "fen": ORDER.fen,
    "litres": ORDER.litres,
    "order_id": ORDER.order_id,
}
SALE_5: dict[str, Any] = {
    "account_no": "0000000001",
    "maker": "CS01",
    "card_no": "C0000001",
    "meter_no": "M0000001",
    "counter_before": 4,
    "counter_after": 5,
    "fen": 3_000,
}


def send(ledger: HttpLedger, entries: list[bytes]) -> Ack:
    return ledger.push(entries, ledger.head().nonce)


def codes(ack: Ack) -> list[str]:
    return [one.code for one in ack.exceptions]


def load_order(chain: Chain, **facts: Any) -> list[bytes]:
    who = {**LOADED, "subject": f"{chain.station}-top-up", **facts}
    return [chain.add("paid", tender="order", **who), chain.add("sealed", **who)]


def test_the_second_load_of_a_counter_goes_to_suspense(centre: Centre) -> None:
    first, second = centre.station("S001"), centre.station("S002")
    first_sale = Chain("S001").sale(1, counter=5)
    assert codes(send(first, first_sale)) == []
    loser = Chain("S002").sale(1, counter=5, fen=4_000)
    ack = send(second, loser)
    owner = Entry.from_bytes(first_sale[2]).entry_id
    assert ack.exceptions == (LedgerException(3, "double_load", owner),)
    assert ack.totals == {"suspense": -4_000, "tender": 4_000}
    assert send(second, loser) == ack
    books = totals(centre.books.engine)
    assert books.classes["gas_sold"] == -3_000
    assert books.exceptions == 1


def test_two_desks_racing_for_one_counter_have_one_winner(centre: Centre) -> None:
    lines = [centre.station(f"S{number:03d}") for number in range(1, 7)]
    nonces = [line.head().nonce for line in lines]
    sales: list[list[bytes]] = []
    for number in range(1, 7):
        chain = Chain(f"S{number:03d}")
        households = range(20) if number % 2 else range(19, -1, -1)
        sales.append([raw for at in households for raw in chain.sale(at, counter=1)])

    def push(at: int) -> Ack:
        return lines[at].push(sales[at], nonces[at])

    with ThreadPoolExecutor(6) as pool:
        acks = list(pool.map(push, range(6)))
    found = [code for ack in acks for code in codes(ack)]
    assert found == ["double_load"] * 100
    assert totals(centre.books.engine).classes["gas_sold"] == -20 * 3_000


def test_desks_racing_for_one_debt_have_one_winner(centre: Centre) -> None:
    lines = [centre.station(f"S{number:03d}") for number in range(1, 7)]
    nonces = [line.head().nonce for line in lines]
    debts: list[list[bytes]] = []
    for number in range(1, 7):
        chain = Chain(f"S{number:03d}")
        households = range(20) if number % 2 else range(19, -1, -1)
        for at in households:
            chain.add("arrears_paid", account_no=str(at), batch="B", fen=100, balance_fen=100)
        debts.append(chain.written)

    def push(at: int) -> Ack:
        return lines[at].push(debts[at], nonces[at])

    with ThreadPoolExecutor(6) as pool:
        acks = list(pool.map(push, range(6)))
    found = [code for ack in acks for code in codes(ack)]
    assert found == ["arrears_paid_before"] * 100
    assert totals(centre.books.engine).classes["arrears"] == -20 * 100


def test_a_return_frees_the_counter(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    sold = chain.sale(1, counter=5)
    back: dict[str, Any] = {"account_no": "0000000001", "maker": "CS01", "card_no": "C0000001"}
    back |= {"meter_no": "M0000001", "counter_before": 5, "counter_after": 4, "fen": 3_000}
    returned = [chain.add("returned", **back), chain.add("refunded", tender="cash", **back)]
    again = chain.sale(1, counter=5)
    ack = send(ledger, [*sold, *returned, *again])
    assert codes(ack) == []
    assert ack.totals == {"gas_sold": -3_000, "tender": 3_000}
    more = [chain.add("returned", **back), *chain.sale(1, counter=5)]
    assert codes(send(ledger, more)) == []
    assert codes(send(ledger, chain.sale(1, counter=5))) == ["double_load"]
    with centre.books.engine.connect() as connection:
        rows = connection.execute(
            select(card_load.c.load_no, card_load.c.freed_by.is_(None)).order_by("load_no")
        )
        assert [tuple(row) for row in rows] == [(0, False), (1, False), (2, True)]


def test_a_return_of_what_was_never_loaded_goes_to_suspense(centre: Centre) -> None:
    ledger = centre.station()
    back = Chain().add(
        "returned", account_no="1", maker="CS01", counter_before=5, counter_after=4, fen=100
    )
    ack = send(ledger, [back])
    assert codes(ack) == ["return_without_load"]
    assert ack.totals == {"suspense": 100, "unloaded": -100}


def test_a_counter_ahead_is_an_open_item_and_the_sale_counts(centre: Centre) -> None:
    """Others write cards too: the sale goes on (DESK-RULES 5)."""
    ledger, other = centre.station("S001"), centre.station("S002")
    chain, late = Chain("S001"), Chain("S002")
    assert codes(send(ledger, chain.sale(1, counter=5))) == []
    ack = send(ledger, chain.sale(1, counter=7))
    assert codes(ack) == ["counter_gap"]
    assert ack.totals == {"gas_sold": -6_000, "tender": 6_000}
    assert codes(send(other, late.sale(1, counter=6))) == []
    assert codes(send(ledger, chain.sale(1, counter=8))) == []
    with centre.books.engine.connect() as connection:
        assert list(connection.scalars(select(exceptions.c.suspended))) == [False]


def test_a_maker_without_a_counter_never_conflicts(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    same: dict[str, Any] = {"account_no": "1", "maker": "NONE", "meter_no": "M1", "fen": 100}
    assert codes(send(ledger, [chain.add("sealed", **same) for _ in range(3)])) == []


def test_a_new_generation_of_the_card_counts_anew(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    same: dict[str, Any] = {"account_no": "1", "maker": "CS01", "card_no": "C1", "fen": 100}
    same |= {"counter_before": 0, "counter_after": 1}
    pair = [chain.add("sealed", generation=at, **same) for at in (1, 2)]
    assert codes(send(ledger, pair)) == []


def test_money_without_an_account_waits_in_suspense(centre: Centre) -> None:
    ledger = centre.station()
    raw = Chain().add("paid", tender="cash", fen=700, balance_fen=50)
    ack = send(ledger, [raw])
    assert codes(ack) == ["account_missing"]
    assert ack.totals == {"suspense": -750, "tender": 750}


def test_an_order_is_loaded_once(centre: Centre) -> None:
    first, second = centre.station("S001"), centre.station("S002")
    centre.desk().post_order(ORDER)
    centre.desk().post_order(ORDER)
    assert first.orders() == second.orders() == (ORDER,)
    chain = Chain("S001")
    paid, sealed = load_order(chain)
    assert codes(send(first, [paid])) == []
    assert first.orders() == (ORDER,)
    assert second.orders() == ()
    assert codes(send(first, [sealed])) == []
    assert first.orders() == ()
    ack = send(second, load_order(Chain("S002"), counter_before=4, counter_after=5))
    assert codes(ack) == ["order_claimed_twice", "order_loaded_twice"]
    assert ack.totals == {"suspense": -5_000, "unloaded": 5_000}
    books = totals(centre.books.engine)
    assert books.classes == {
        "gas_sold": -5_000,
        "suspense": -5_000,
        "tender": 5_000,
        "unloaded": 5_000,
    }
    assert books.stations["centre"] == {"tender": 5_000, "unloaded": -5_000}


def test_an_order_nobody_posted_and_one_of_another_amount(centre: Centre) -> None:
    ledger = centre.station()
    centre.desk().post_order(ORDER)
    chain = Chain()
    unknown = load_order(chain, order_id="O9", counter_before=1, counter_after=2)
    assert codes(send(ledger, unknown)) == ["order_unknown", "order_unknown"]
    ack = send(ledger, load_order(chain, subject="another", fen=4_999))
    assert codes(ack) == ["order_amount_differs"]


def test_an_order_number_is_used_once(centre: Centre) -> None:
    centre.desk().post_order(ORDER)
    with pytest.raises(LedgerRefused, match="order_differs"):
        centre.desk().post_order(Order("O1", "0000000001", 1, 20_000, "T1", 3, ""))


def test_a_refunded_order_is_closed(centre: Centre) -> None:
    ledger = centre.station()
    centre.desk().post_order(ORDER)
    chain = Chain()
    who = {**LOADED, "subject": "S001-top-up"}
    facts = [
        chain.add("paid", tender="order", **who),
        chain.add("refunded", tender="online", **who),
    ]
    assert codes(send(ledger, facts)) == []
    assert ledger.orders() == ()


def test_a_load_posted_between_look_up_and_insert_wins(centre: Centre) -> None:
    """The loser's insert waits for the winner's commit, fails, and is judged anew."""
    first, second = centre.station("S001"), centre.station("S002")
    send(first, [Chain("S001").add("sealed", maker="CS01", account_no="1")])
    sale, nonce = Chain("S002").sale(1, counter=5), second.head().nonce
    with ThreadPoolExecutor(1) as pool, centre.books.owner.connect() as winner:
        winner.execute(
            text(
                "INSERT INTO card_load SELECT 'CS01', 'M0000001', 0, 5, 0, 'sale', entry_id"
                " FROM journal"
            )
        )
        losing = pool.submit(second.push, sale, nonce)
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        until = monotonic() + 10
        while not winner.scalar(waiting) and monotonic() < until:
            PAUSE.wait(0.01)
        winner.commit()
        assert codes(losing.result(10)) == ["double_load"]


def test_another_station_finishes_a_load_and_only_the_first_seal_counts(centre: Centre) -> None:
    """The second seal is an exception whose legs net to nothing; revenue is in the books once."""
    first, second = centre.station("S001"), centre.station("S002")
    chain, other = Chain("S001"), Chain("S002")
    paid, armed, sealed = chain.sale(1, counter=5)
    assert codes(send(first, [paid, armed])) == []
    facts = {**SALE_5, "subject": Entry.from_bytes(paid).subject, "origin": "S001"}
    finishing = [other.add("armed", **facts), other.add("sealed", **facts)]
    assert codes(send(second, finishing)) == []
    ack = send(first, [sealed])
    finished = Entry.from_bytes(finishing[1]).entry_id
    assert ack.exceptions == (LedgerException(3, "sealed_before", finished),)
    books = totals(centre.books.engine)
    assert books.classes == {"gas_sold": -3_000, "tender": 3_000, "unloaded": 0}
    again = other.add("sealed", **facts)
    assert codes(send(second, [again])) == ["sealed_before"]
    undone = other.add("not_loaded", corrects=Entry.from_bytes(again).entry_id, **facts)
    assert codes(send(second, [undone])) == []
    assert totals(centre.books.engine).classes == books.classes
    kinds = [entry.kind for entry in first.loads_of("C0000001")]
    assert kinds == ["armed", "armed", "sealed", "sealed", "sealed", "not_loaded"]


@pytest.mark.parametrize(
    ("witness", "code"), [("card", "double_load"), ("provisional", "false_seal")]
)
def test_what_takes_a_doubtful_load_back_explains_its_suspense(
    centre: Centre, witness: str, code: str
) -> None:
    first, second = centre.station("S001"), centre.station("S002")
    send(first, Chain("S001").sale(1, counter=5))
    chain = Chain("S002")
    facts = {**SALE_5, "subject": "ours"}
    paid = chain.add("paid", tender="cash", **facts)
    sealed = chain.add("sealed", witness=witness, **facts)
    ack = send(second, [paid, sealed])
    assert codes(ack) == [code]
    assert ack.totals == {"suspense": -3_000, "tender": 3_000}
    given_back = [
        chain.add("not_loaded", corrects=Entry.from_bytes(sealed).entry_id, **facts),
        chain.add("refunded", tender="cash", **facts),
    ]
    ack = send(second, given_back)
    assert (codes(ack), ack.totals) == ([], {})
    assert totals(centre.books.engine).classes["suspense"] == 0
    twice = chain.add("not_loaded", corrects=Entry.from_bytes(sealed).entry_id, **facts)
    assert codes(send(second, [twice])) == ["return_without_load"]


def test_a_return_frees_the_load_it_names_whatever_its_counter_says(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    sold = chain.sale(1, counter=5)
    name = Entry.from_bytes(sold[2]).entry_id
    same = {**SALE_5, "counter_before": 5, "subject": "back"}
    back = [chain.add("returned", corrects=name, **same)]
    back.append(chain.add("refunded", corrects=name, tender="cash", **same))
    again = chain.sale(1, counter=5)
    ack = send(ledger, [*sold, *back, *again])
    assert (codes(ack), ack.totals) == ([], {"gas_sold": -3_000, "tender": 3_000})
    assert codes(send(ledger, chain.sale(1, counter=5))) == ["double_load"]
    late = chain.add("returned", corrects=name, **same)
    ack = send(ledger, [late])
    assert codes(ack) == ["return_without_load"]
    nobody = chain.add("returned", corrects="no entry", **same)
    assert codes(send(ledger, [nobody])) == ["return_without_load"]


def test_an_order_whose_load_was_taken_back_is_paid_back_without_a_doubt(centre: Centre) -> None:
    ledger, chain = centre.station(), Chain()
    centre.desk().post_order(ORDER)
    loaded = load_order(chain)
    name = Entry.from_bytes(loaded[1]).entry_id
    back = {**LOADED, "subject": "back", "corrects": name}
    facts = [chain.add("returned", **back), chain.add("refunded", tender="order", **back)]
    assert codes(send(ledger, [*loaded, *facts])) == []
    assert totals(centre.books.engine).classes == {"gas_sold": 0, "tender": 0, "unloaded": 0}
    assert codes(send(ledger, [chain.add("refunded", tender="order", **LOADED)])) == [
        "order_loaded_twice"
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_return_by_the_desk_that_sealed_second_undoes_the_first_seal(
    centre: Centre, at_once: bool
) -> None:
    """The gas is off the card, whoever sealed first: nothing is sold, and the counter is free."""
    first, second = centre.station("S001"), centre.station("S002")
    chain, other = Chain("S001"), Chain("S002")
    paid, armed, sealed = chain.sale(1, counter=5)
    send(first, [paid, armed])
    facts = {**SALE_5, "subject": Entry.from_bytes(paid).subject, "origin": "S001"}
    send(second, [other.add("armed", **facts), other.add("sealed", **facts)])
    back = {**SALE_5, "subject": "return", "counter_before": 5, "counter_after": 4}
    returned = chain.add("returned", corrects=Entry.from_bytes(sealed).entry_id, **back)
    batches = [[sealed, returned]] if at_once else [[sealed], [returned]]
    for batch in batches:
        send(first, batch)
    books = totals(centre.books.engine)
    assert books.classes["gas_sold"] == 0
    assert not books.classes.get("suspense")
    assert codes(send(second, other.sale(2, counter=5))) == []
