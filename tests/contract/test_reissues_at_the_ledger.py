"""What every ledger makes of a card in the place of another: who was first, and what it names."""

from __future__ import annotations

import json

import pytest

from cardstation.domain.ledger import Entry
from cardstation.domain.reissue import UNDONE
from cardstation.ports.ledger import Ledger, LedgerException
from tests.kit.facts import Chain
from tests.kit.memory_ledger import Centre as Books
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)

LEDGERS = [pytest.param("central", marks=pytest.mark.postgres), "memory"]
CARD = {"account_no": "1", "maker": "CS01", "card_no": "C1", "meter_no": "M1"}
LOAD = {**CARD, "subject": "L", "tender": "cash", "fen": 500, "counter_before": 4}
BACK = {**CARD, "subject": "R", "fen": 500, "counter_before": 5, "counter_after": 4}
NEW = {**CARD, "subject": "N", "generation": 1, "counter_before": 5, "counter_after": 5}
SAID = json.dumps({"reference": "reissue", "corrects": "L"})
AGAIN = "returned_after_reissue"


@pytest.fixture(params=LEDGERS)
def pair(request: pytest.FixtureRequest) -> tuple[Ledger, Ledger]:
    if request.param == "memory":
        books = Books()
        return MemoryLedger("S001", books), MemoryLedger("S002", books)
    centre: Centre = request.getfixturevalue("centre")
    return centre.station("S001"), centre.station("S002")


def sent(ledger: Ledger, *entries: bytes) -> tuple[LedgerException, ...]:
    return ledger.push(list(entries), ledger.head().nonce).exceptions


class Two:
    """Desk S001 sold a load; desk S002 makes a new card."""

    def __init__(self, pair: tuple[Ledger, Ledger]) -> None:
        self.one, self.other = pair
        self.a, self.b = Chain("S001"), Chain("S002")
        load = {**LOAD, "counter_after": 5}
        paid = self.a.add("paid", **load)
        sealed = self.a.add("sealed", **load)
        self.seal = Entry.from_bytes(sealed).entry_id
        assert sent(self.one, paid, sealed) == ()

    def reissued(self) -> str:
        armed = self.b.add("card_armed", detail=SAID, **NEW)
        assert sent(self.other, armed) == ()
        return Entry.from_bytes(armed).entry_id

    def begun(self) -> None:
        assert sent(self.one, self.a.add("armed", corrects=self.seal, **BACK)) == ()

    def returned(self) -> tuple[LedgerException, ...]:
        return sent(self.one, self.a.add("returned", corrects=self.seal, **BACK))


def test_a_load_taken_back_once_a_new_card_carried_it_is_in_doubt(
    pair: tuple[Ledger, Ledger],
) -> None:
    two = Two(pair)
    new = two.reissued()
    two.begun()
    [told] = two.returned()
    assert (told.code, told.other) == (AGAIN, new)
    ack = two.one.push([two.a.written[-1]], two.one.head().nonce)
    assert ack.totals == {"suspense": 500, "gas_sold": -500, "tender": 500, "unloaded": -500}


def test_a_return_that_was_heard_first_is_sound(pair: tuple[Ledger, Ledger]) -> None:
    two = Two(pair)
    two.begun()
    two.reissued()
    assert two.returned() == ()


def test_a_card_that_was_undone_never_was(pair: tuple[Ledger, Ledger]) -> None:
    two = Two(pair)
    two.reissued()
    assert sent(two.other, two.b.add("card_given_up", detail=UNDONE, **NEW)) == ()
    two.begun()
    assert two.returned() == ()


def test_a_card_laid_aside_leaves_the_old_one_dead(pair: tuple[Ledger, Ledger]) -> None:
    two = Two(pair)
    new = two.reissued()
    sent(two.other, two.b.add("card_given_up", detail="reissue", **NEW))
    later = {**LOAD, "subject": "M", "counter_before": 5, "counter_after": 6}
    paid, sealed = two.a.add("paid", **later), two.a.add("sealed", **later)
    [told] = sent(two.one, paid, sealed)
    assert (told.code, told.other) == ("loaded_on_old_card", new)


def test_the_new_card_is_loaded_and_cleared_without_a_word(pair: tuple[Ledger, Ledger]) -> None:
    two = Two(pair)
    two.reissued()
    back = {**BACK, "generation": 1}
    armed = two.a.add("armed", corrects=two.seal, **back)
    gone = two.a.add("returned", corrects=two.seal, **back)
    later = {**LOAD, "subject": "M", "generation": 1, "counter_after": 5}
    assert sent(two.one, armed, gone) == ()
    assert sent(two.one, two.a.add("paid", **later), two.a.add("sealed", **later)) == ()


def test_a_fact_that_nobody_can_read_begins_nothing(pair: tuple[Ledger, Ledger]) -> None:
    two = Two(pair)
    for said in ("", "x", "[]", "{}", '{"reference":"reissue"}'):
        assert sent(two.other, two.b.add("card_armed", detail=said, **NEW)) == ()
    two.begun()
    assert two.returned() == ()
