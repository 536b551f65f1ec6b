"""What every ledger makes of services beside sales: given gas, closed accounts, changed meters."""

from __future__ import annotations

from typing import Any

import pytest

from cardstation.domain.ledger import Entry
from cardstation.ports.ledger import Ledger, LedgerException
from tests.contract.test_ledgers import LEDGERS, facts_of
from tests.kit.facts import Chain
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)


@pytest.fixture(params=LEDGERS)
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger()
    centre: Centre = request.getfixturevalue("centre")
    return centre.station()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_make_up_may_repeat_a_counter_and_a_sale_may_not(ledger: Ledger, at_once: bool) -> None:
    """Two people found that the meter never took the first; no order is looked for."""
    chain = Chain()
    owner = Entry.from_bytes(chain.sale(1, counter=5)[2])
    given = {"tender": "make_up", "order_id": "due 1", "fen": 0}
    chain.add("gas_due", subject="due 1", tender="make_up", litres=10_000, account_no="1")
    again = {**facts_of(owner), **given, "subject": "again"}
    chain.add("paid", **again)
    made_up = Entry.from_bytes(chain.add("sealed", **again))
    chain.add("sealed", **{**facts_of(owner), "subject": "sold", "tender": "cash"})
    chain.add("returned", corrects=made_up.entry_id, **again)
    told: list[LedgerException] = []
    for batch in [chain.written] if at_once else [[raw] for raw in chain.written]:
        ack = ledger.push(batch, ledger.head().nonce)
        told += ack.exceptions
    assert told == [LedgerException(7, "double_load", owner.entry_id)]
    assert ack.totals["gas_sold"] == -3_000


def test_given_gas_that_is_money_comes_from_its_cause_and_emergency_gas_is_owed(
    ledger: Ledger,
) -> None:
    chain = Chain()
    facts = facts_of(Entry.from_bytes(chain.draft("paid", account_no="1", fen=500)))
    for tender in ("carried", "emergency"):
        said = {**facts, "subject": tender, "tender": tender, "order_id": f"due of {tender}"}
        chain.add("paid", **said)
        chain.add("sealed", **said)
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert ack.exceptions == ()
    assert ack.totals == {"free": 500, "arrears": 500, "gas_sold": -1_000}


@pytest.mark.parametrize("at_once", [True, False])
def test_an_account_is_closed_once_until_something_is_loaded_for_it(
    ledger: Ledger, at_once: bool
) -> None:
    chain = Chain()
    chain.sale(1, counter=5)
    who = {"account_no": "0000000001", "card_no": "C0000001", "tender": "cash"}
    chain.add("account_closed", fen=500, balance_fen=20, **who)
    chain.add("account_closed", fen=400, balance_fen=0, **who)
    chain.sale(1, counter=6)
    chain.add("account_closed", fen=300, balance_fen=0, **who)
    chain.add("account_closed", **{**who, "account_no": ""})
    told = []
    for batch in [chain.written] if at_once else [[raw] for raw in chain.written]:
        told += ledger.push(batch, ledger.head().nonce).exceptions
    first, last = (Entry.from_bytes(chain.written[at]).entry_id for at in (3, 4))
    assert [(one.seq, one.code) for one in told] == [
        (5, "account_closed_before"),
        (10, "account_missing"),
    ]
    assert told[0].other == first != last
    totals = ledger.push(chain.written, ledger.head().nonce).totals
    assert totals == {
        "tender": 6_000 - 1_220,
        "gas_sold": -6_000 + 800,
        "balance": 20,
        "suspense": 400,
    }
    assert ledger.loads_of("C0000001")[-1].kind == "account_closed"


def test_the_rest_of_an_old_meter_is_a_balance_and_needs_an_account(ledger: Ledger) -> None:
    chain = Chain()
    who = {"account_no": "1", "subject": "change", "approver": "chief"}
    chain.add("account", detail="", counter_before=50, litres=12_300, **who)
    chain.add("carried", balance_fen=101, **who)
    chain.add("carried", balance_fen=-101, **{**who, "subject": "back"})
    chain.add("carried", balance_fen=7, subject="change")
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert [(one.seq, one.code) for one in ack.exceptions] == [(4, "account_missing")]
    assert ack.totals == {"free": 7, "suspense": -7}


@pytest.mark.parametrize("at_once", [True, False])
def test_charges_are_booked_to_what_they_are_for_and_turned_round(
    ledger: Ledger, at_once: bool
) -> None:
    chain = Chain()
    who: dict[str, Any] = {"account_no": "1", "tender": "qr_code"}
    chain.add("charged", fen=300, litres=1_000, tariff="r@1", **who)
    chain.add("charged", fen=200, litres=1_000, tariff="r@1", **{**who, "tender": ""})
    fee = Entry.from_bytes(chain.add("charged", fen=1_000, tariff="fee:CARD", **who))
    chain.add("charged", fen=5_000, **who)
    chain.add("paid_out", fen=4_000, **who)
    paid = Entry.from_bytes(chain.add("arrears_paid", fen=200, balance_fen=200, **who))
    chain.add("charged", fen=1_000, tariff="fee:CARD", corrects=fee.entry_id, **who)
    chain.add("arrears_paid", fen=200, balance_fen=200, corrects=paid.entry_id, **who)
    chain.add("arrears_paid", fen=200, balance_fen=200, **who)
    chain.add("charged", fen=70, **{**who, "account_no": ""})
    told = []
    for batch in [chain.written] if at_once else [[raw] for raw in chain.written]:
        told += ledger.push(batch, ledger.head().nonce).exceptions
    assert [(one.seq, one.code) for one in told] == [(10, "account_missing")]
    totals = ledger.push(chain.written, ledger.head().nonce).totals
    assert {name: fen for name, fen in totals.items() if fen} == {
        "tender": 300 + 1_000 + 5_000 - 4_000 + 200 - 1_000 + 70,
        "gas_sold": -500,
        "balance": -1_000,
        "suspense": -70,
    }
