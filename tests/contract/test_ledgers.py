"""What every ledger a station may talk to must do; the wire as both sides see it."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import pytest

from cardstation.central import wire as theirs
from cardstation.domain.ledger import GENESIS, Order
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ledger
from cardstation.sync import wire as ours
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)


@pytest.fixture
def ledger(centre: Centre) -> Ledger:
    return centre.station()


@pytest.mark.postgres
def test_a_new_station_starts_at_nothing(ledger: Ledger) -> None:
    head = ledger.head()
    assert (head.epoch, head.last_seq, head.last_hash) == (1, 0, GENESIS)
    assert head.nonce
    assert ledger.orders() == ()
    assert ledger.loads_of("C1") == ()


@pytest.mark.postgres
def test_what_was_pushed_is_the_new_head(ledger: Ledger) -> None:
    chain = Chain()
    nonce = ledger.head().nonce
    for household in range(3):
        ack = ledger.push(chain.sale(household), nonce)
        nonce = ack.nonce
        head = ledger.head()
        assert (head.last_seq, head.last_hash) == (ack.acked_seq, ack.acked_hash)
        assert (head.last_seq, head.last_hash) == (chain.seq, chain.last_hash)
        assert head.nonce == nonce


@pytest.mark.postgres
def test_totals_are_what_the_facts_mean(ledger: Ledger) -> None:
    chain = Chain()
    chain.add("received", tender="bank_transfer", batch="B1", fen=10_000)
    paid = {"account_no": "1", "batch": "B1", "fen": 2_900}
    chain.add("paid", tender="batch", balance_fen=100, **paid)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert ack.totals == {
        "balance": -100,
        "tender": 10_000,
        "unallocated": -7_000,
        "unloaded": -2_900,
    }
    assert sum(ack.totals.values()) == 0


@pytest.mark.postgres
def test_a_card_is_known_by_its_armed_and_sealed_facts(ledger: Ledger) -> None:
    chain = Chain()
    ledger.push(chain.sale(1) + chain.sale(2), ledger.head().nonce)
    found = ledger.loads_of("C0000001")
    assert [(entry.kind, entry.seq) for entry in found] == [("armed", 2), ("sealed", 3)]


@pytest.mark.postgres
def test_a_gap_says_what_is_expected(ledger: Ledger) -> None:
    chain = Chain()
    chain.sale()
    with pytest.raises(LedgerRefused) as caught:
        ledger.push(chain.written[2:], ledger.head().nonce)
    assert caught.value.values == {"expected_seq": 1}


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (ours.Batch, theirs.Batch),
        (ours.Enrolment, theirs.Enrolment),
        (ours.OrderLine, theirs.NewOrder),
        (ours.Head, theirs.HeadAnswer),
        (ours.Conflict, theirs.Conflict),
        (ours.Ack, theirs.AckAnswer),
        (ours.Loads, theirs.Loads),
        (ours.Orders, theirs.Orders),
        (ours.Refused, theirs.Refused),
    ],
    ids=lambda kind: kind.__name__,
)
def test_both_sides_mean_the_same_wire(
    mine: type[msgspec.Struct], other: type[msgspec.Struct]
) -> None:
    known = {field.name for field in msgspec.structs.fields(other)}
    assert {field.name for field in msgspec.structs.fields(mine)} <= known


def test_an_order_travels_whole() -> None:
    assert list(ours.OrderLine.__struct_fields__) == [field.name for field in fields(Order)]
