"""What every ledger a station may talk to must do; the wire as both sides see it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import msgspec
import pytest

from cardstation.central import wire as theirs
from cardstation.domain.ledger import CLOCK, GENESIS, PEOPLE, Entry, Order
from cardstation.domain.seal_number import seal_number
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ledger, LedgerException
from cardstation.sync import wire as ours
from tests.kit.facts import Chain
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)


LEDGERS = [pytest.param("central", marks=pytest.mark.postgres), "memory"]


@pytest.fixture(params=LEDGERS)
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    centre: Centre = request.getfixturevalue("centre")
    return centre.station()


def facts_of(entry: Entry) -> dict[str, Any]:
    """What a seal says about its load, for another entry about the same."""
    names = ("account_no", "maker", "card_no", "meter_no", "counter_before", "counter_after")
    return {name: getattr(entry, name) for name in (*names, "subject", "fen", "litres")}


def test_a_new_station_starts_at_nothing(ledger: Ledger) -> None:
    head = ledger.head()
    assert (head.epoch, head.last_seq, head.last_hash) == (1, 0, GENESIS)
    assert head.nonce
    assert ledger.orders() == ()
    assert ledger.loads_of("C1") == ()


def test_what_was_pushed_is_the_new_head(ledger: Ledger) -> None:
    chain = Chain()
    nonce = ledger.head().nonce
    for household in range(3):
        ack = ledger.push(chain.sale(household), nonce)
        nonce = ack.nonce
        head = ledger.head()
        there = (head.last_seq, head.last_hash)
        assert there == (ack.acked_seq, ack.acked_hash), "what is confirmed is not there"
        assert (head.last_seq, head.last_hash) == (chain.seq, chain.last_hash)
        assert head.nonce == nonce


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


def test_a_settled_clock_moves_no_money_and_what_follows_may_be_of_an_earlier_time(
    ledger: Ledger,
) -> None:
    chain = Chain()
    chain.add("received", tender="cash", batch="B1", fen=100, at="2026-12-24T09:00:00+08:00")
    said = {"approver": "supervisor", "witness": f"{PEOPLE}the battery was empty"}
    chain.add("clock", subject=CLOCK, detail="2026-12-24T09:00:00+08:00", **said)
    chain.add("received", tender="cash", batch="B1", fen=100)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.exceptions) == (3, ())
    assert ack.totals == {"tender": 200, "unallocated": -200}


def test_a_card_is_known_by_its_armed_and_sealed_facts(ledger: Ledger) -> None:
    chain = Chain()
    ledger.push(chain.sale(1) + chain.sale(2), ledger.head().nonce)
    found = ledger.loads_of("C0000001")
    assert [(entry.kind, entry.seq) for entry in found] == [("armed", 2), ("sealed", 3)]


def test_every_fact_that_decides_an_intent_is_told(ledger: Ledger) -> None:
    chain = Chain()
    kinds = ["armed", "not_loaded", "armed", "sealed", "returned", "not_returned", "elsewhere"]
    for kind in ["paid", *kinds, "refunded", "received"]:
        chain.add(kind, card_no="C1", account_no="1", tender="cash", fen=1)
    ledger.push(chain.written, ledger.head().nonce)
    assert [entry.kind for entry in ledger.loads_of("C1")] == [*kinds, "refunded"]


def test_works_on_a_card_are_told_and_post_nothing(ledger: Ledger) -> None:
    chain = Chain()
    kinds = ["card_armed", "card_armed", "card_written", "card_armed", "card_given_up"]
    for kind in kinds:
        chain.add(kind, card_no="C1", account_no="1", tender="")
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.exceptions, ack.totals) == (len(kinds), (), {})
    assert [entry.kind for entry in ledger.loads_of("C1")] == kinds
    assert ledger.entries_after(0) == tuple(chain.written)
    assert ledger.entries_after(8) == tuple(chain.written[8:])
    assert ledger.entries_after(chain.seq) == ()


def test_the_steps_of_a_bag_are_found_by_its_seal(ledger: Ledger) -> None:
    chain, seal = Chain(), seal_number(1, "2026-11-24-01", 1)
    steps = [("2026-11-24-01", ""), ("2026-11-24-01", seal), ("2026-11-24-02", ""), ("B", seal)]
    for batch, said in steps:
        chain.add("batch", subject=batch, batch=batch, detail=f'{{"seal_no":"{said}"}}')
    chain.add("batch", subject="2026-11-24-01", batch="2026-11-24-01")
    ledger.push(chain.written, ledger.head().nonce)
    assert [entry.seq for entry in ledger.bag_steps(seal)] == [1, 2, 5]
    named = "2026-11-24-03-S001"
    other = seal_number(1, named, 1)
    chain.add("batch", subject=named, batch=named, detail=f'{{"seal_no":"{other}"}}')
    ledger.push(chain.written[-1:], ledger.head().nonce)
    assert [entry.seq for entry in ledger.bag_steps(other)] == [6]
    assert ledger.bag_steps(seal_number(1, "2026-11-24-01", 2)) == ()
    assert ledger.bag_steps("nothing") == ()


def test_what_was_recorded_without_the_list_is_found_by_its_seal(ledger: Ledger) -> None:
    chain, day = Chain(), "2026-11-24-01"
    seals = [seal_number(1, day, bag) for bag in (1, 2)]
    later = seal_number(1, "2026-11-25-01", 1)
    for seal in (*seals, later, seal_number(2, day, 1)):
        chain.add("batch", subject=seal, batch=seal, detail=f'{{"seal_no":"{seal}"}}')
    chain.add("batch", subject=day, batch=day, detail=f'{{"seal_no":"{seals[0]}"}}')
    ledger.push(chain.written, ledger.head().nonce)

    def found(first: str, last: str) -> set[int]:
        return {entry.seq for entry in ledger.sealed_hand_overs(first, last)}

    assert found(seals[0], seals[1]) == {1, 2}
    assert found(seals[0], later) == {1, 2, 3}
    assert found("0", "9") == {1, 2, 3, 4}, "no step of a list"
    assert found(later, seals[0]) == set()
    told = ledger.bag_steps(seals[0])
    assert {(entry.subject, entry.seq) for entry in told} == {(day, 5), (seals[0], 1)}
    assert [entry.seq for entry in ledger.bag_steps(seals[1])] == [2]


def test_what_nobody_can_read_keeps_its_place(ledger: Ledger) -> None:
    chain = Chain()
    chain.sale(1)
    chain.put(b"junk")
    taken = Entry.from_bytes(chain.written[0]).entry_id
    chain.add("paid", tender="cash", account_no="1", fen=9, entry_id=taken)
    chain.sale(2)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.acked_hash) == (8, chain.last_hash)
    assert [(one.seq, one.code) for one in ack.exceptions] == [
        (4, "entry_unreadable"),
        (5, "entry_id_reused"),
    ]
    assert ack.totals == {"gas_sold": -6_000, "tender": 6_000}
    assert ledger.push(chain.written[:2], ack.nonce) == ack


@pytest.mark.parametrize(
    ("witness", "code"), [("card", "double_load"), ("provisional", "false_seal")]
)
def test_the_second_load_of_a_counter_names_the_first(
    ledger: Ledger, witness: str, code: str
) -> None:
    chain = Chain()
    _, _, sealed = chain.sale(1, counter=5)
    owner = Entry.from_bytes(sealed)
    chain.add("sealed", **{**facts_of(owner), "subject": "another", "witness": witness})
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert ack.exceptions == (LedgerException(4, code, owner.entry_id),)
    chain.add("sealed", **facts_of(owner))
    ack = ledger.push(chain.written[4:], ack.nonce)
    assert ack.exceptions == (LedgerException(5, "sealed_before", owner.entry_id),)
    back = chain.add("returned", corrects=owner.entry_id, **facts_of(owner))
    chain.sale(1, counter=5)
    ack = ledger.push(chain.written[5:], ack.nonce)
    assert (back != b"", ack.exceptions) == (True, ())
    assert ack.totals["gas_sold"] == -3_000


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("first", "second"), [("card", "provisional"), ("provisional", "card")])
def test_a_load_that_was_taken_back_is_no_other_desks_by_its_look(
    ledger: Ledger, at_once: bool, first: str, second: str
) -> None:
    """Two desks were paid and one of them wrote: the load is off the card, whoever took it off."""
    chain = Chain()
    named = facts_of(Entry.from_bytes(chain.sale(1, counter=5)[2]))
    facts = {**named, "counter_before": 5, "counter_after": 6}
    back = {**named, "counter_before": 6, "counter_after": 5}

    def sealed(subject: str, witness: str, look: str) -> str:
        said = {**facts, "subject": subject, "witness": witness, "target": look}
        return Entry.from_bytes(chain.add("sealed", **said)).entry_id

    owner = sealed("written", first, "5e")
    chain.add("returned", corrects=owner, **back)
    seen = sealed("seen", second, "5e")
    chain.add("not_loaded", corrects=seen, **{**facts, "subject": "seen"})
    anew = sealed("sold anew", "provisional", "6f")
    late = sealed("seen, too", "card", "6f")
    chain.add("returned", corrects=late, **back)
    chain.add("returned", corrects=anew, **back)
    sealed("sold once more", "card", "70")
    told: list[LedgerException] = []
    for batch in [chain.written] if at_once else [[raw] for raw in chain.written]:
        told += ledger.push(batch, ledger.head().nonce).exceptions
    assert told == [
        LedgerException(6, "false_seal", owner),
        LedgerException(9, "false_seal", anew),
        LedgerException(10, "false_seal", anew),
        LedgerException(11, "return_without_load", anew),
    ]


def test_a_seal_for_anothers_load_keeps_nobody_from_sealing(ledger: Ledger) -> None:
    """The desk that was paid finds the same out for itself: its money goes back there."""
    chain = Chain()
    owner = Entry.from_bytes(chain.sale(1, counter=5)[2])
    facts = {**facts_of(owner), "subject": "theirs", "witness": "provisional"}
    seen = [Entry.from_bytes(chain.add("sealed", **facts)) for _ in range(2)]
    for one in seen:
        chain.add("not_loaded", corrects=one.entry_id, **facts)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert [(one.seq, one.code) for one in ack.exceptions] == [(4, "false_seal"), (5, "false_seal")]
    assert ack.totals["gas_sold"] == -3_000


@pytest.mark.parametrize("at_once", [True, False])
def test_no_more_arrears_are_collected_than_a_figure_says(ledger: Ledger, at_once: bool) -> None:
    """A figure knows of nothing collected on its day or later; the second collection is named."""
    chain = Chain()
    who: dict[str, Any] = {"account_no": "1", "batch": "B1"}
    chain.add("arrears_paid", fen=100, balance_fen=100, witness="2026-11-20", **who)
    chain.add("arrears_paid", fen=50, balance_fen=150, witness="2026-11-24", **who)
    chain.add("arrears_paid", fen=70, balance_fen=70, witness="2026-11-25", **who)
    chain.add("arrears_paid", fen=100, balance_fen=100, **{**who, "account_no": "2"})
    chain.add("arrears_paid", fen=151, balance_fen=300, witness="2026-11-24", **who)
    chain.add("arrears_paid", fen=1, balance_fen=100, **{**who, "account_no": "2"})
    told = []
    for batch in [chain.written] if at_once else [[raw] for raw in chain.written]:
        told += ledger.push(batch, ledger.head().nonce).exceptions
    assert [(one.seq, one.code) for one in told] == [
        (5, "arrears_paid_before"),
        (6, "arrears_paid_before"),
    ]
    assert told[1].other == Entry.from_bytes(chain.written[3]).entry_id
    assert told[0].other in {Entry.from_bytes(raw).entry_id for raw in chain.written[:3]}
    totals = ledger.push(chain.written, ledger.head().nonce).totals
    assert totals == {"arrears": -320, "suspense": -152, "unallocated": 472}


def test_a_purchase_that_is_missing_is_told_with_the_image_that_shows_it(ledger: Ledger) -> None:
    chain, image = Chain(), "5e" * 32
    owner = Entry.from_bytes(chain.sale(1, counter=5)[2])
    ahead = {**facts_of(owner), "subject": "ahead", "counter_before": 6, "counter_after": 7}
    chain.add("sealed", **ahead, proof=image)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert ack.exceptions == (LedgerException(4, "counter_gap", image),)


@pytest.mark.parametrize("named", [(0, 1), (1, 0), (1, 1), (0, 0)])
@pytest.mark.parametrize(("at_once", "step"), [(True, 1), (False, 1), (False, 0)])
def test_a_load_that_two_desks_sealed_comes_off_its_card_once(
    ledger: Ledger, named: tuple[int, int], at_once: bool, step: int
) -> None:
    chain = Chain()
    owner = Entry.from_bytes(chain.sale(1, counter=5, step=step)[2])
    seals = (owner, Entry.from_bytes(chain.add("sealed", **facts_of(owner))))
    ledger.push(chain.written, ledger.head().nonce)
    for at in named:
        chain.add("returned", corrects=seals[at].entry_id, **facts_of(owner))
    for batch in [chain.written[4:]] if at_once else [[raw] for raw in chain.written[4:]]:
        ack = ledger.push(batch, ledger.head().nonce)
    assert [(one.seq, one.code) for one in ack.exceptions] == [(6, "return_without_load")]
    assert "gas_sold" not in ack.totals


def test_an_epoch_is_granted_once_and_opened_by_its_entry(ledger: Ledger) -> None:
    chain = Chain()
    chain.sale()
    ledger.push(chain.written, ledger.head().nonce)
    end = {"last_seq": chain.seq, "last_hash": chain.last_hash}
    with pytest.raises(LedgerRefused, match="two_persons_needed"):
        ledger.new_epoch(clerk="li", approver="li", **end)
    assert ledger.new_epoch(clerk="li", approver="wang", **end).epoch == 2
    assert ledger.new_epoch(clerk="li", approver="wang", **end).epoch == 2
    old = Chain(seq=chain.seq, last_hash=chain.last_hash)
    with pytest.raises(LedgerRefused, match="ledger_epoch"):
        ledger.push(old.sale(2), ledger.head().nonce)
    chain.epoch = 2
    opened = [chain.add("epoch"), *chain.sale(3)]
    assert ledger.push(opened, ledger.head().nonce).acked_seq == 7
    assert ledger.head().epoch == 2


def test_a_fork_suspends(ledger: Ledger) -> None:
    ledger.push(Chain().sale(1), ledger.head().nonce)
    with pytest.raises(LedgerRefused, match="ledger_fork"):
        ledger.push(Chain().sale(2), ledger.head().nonce)
    with pytest.raises(LedgerRefused, match="station_suspended"):
        ledger.push(Chain().sale(3), ledger.head().nonce)
    assert ledger.head().status == "suspended"


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
        (ours.EpochAsked, theirs.EpochAsked),
        (ours.RewindOrder, theirs.RewindOrder),
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
