"""The station's side of the conversation: an answer that leads nowhere ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.ledger import GENESIS
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.sync import sync
from cardstation.services.sync_state import sync_state
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import card_of, open_desk


class Nodding(MemoryLedger):
    """Says yes to everything and books nothing."""

    pushes = 0
    nods = True

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        if not self.nods:
            return super().push(entries, nonce)
        self.pushes += 1
        assert self.pushes == 1, "the same entries were sent again"
        return Ack(0, GENESIS, (), nonce, {})


def test_a_ledger_that_confirms_nothing_is_not_asked_for_ever(tmp_path: Path) -> None:
    ledger = Nodding()
    desk = open_desk(tmp_path, ledger=ledger)
    desk.sell(card_of(cards.household()))
    with pytest.raises(LedgerRefused) as refused:
        sync(desk.station)
    assert (refused.value.code, refused.value.values) == ("ledger_gap", {"expected_seq": 1})
    with pytest.raises(Refusal) as frozen:
        desk.sell(card_of(cards.household()))
    assert frozen.value.values["reason"] == "ledger_gap"
    ledger.nods = False
    assert sync(desk.station).verdict == ""
    desk.station.store.close()


def test_a_ledger_that_confirms_a_part_gets_the_rest(tmp_path: Path) -> None:
    class Slow(MemoryLedger):
        def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
            return super().push(entries[:1], nonce)

    ledger = Slow()
    desk = open_desk(tmp_path, ledger=ledger)
    desk.sell(card_of(cards.household()))
    assert sync(desk.station).unsent == 0
    assert ledger.chain.last_seq == 3
    desk.station.store.close()


def test_an_answer_that_was_lost_is_asked_for_again(tmp_path: Path) -> None:
    """The books were posted, the ack never came: its totals and exceptions still do."""

    class Deaf(MemoryLedger):
        deaf = True

        def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
            ack = super().push(entries, nonce)
            if self.deaf:
                raise LedgerUnreachable
            return replace(ack, exceptions=(LedgerException(1, "quota_exceeded"),))

    ledger = Deaf()
    desk = open_desk(tmp_path, ledger=ledger)
    desk.sell(card_of(cards.household()))
    with pytest.raises(LedgerUnreachable):
        sync(desk.station)
    ledger.deaf = False
    assert sync(desk.station).unsent == 0
    with desk.station.store.reading() as reading:
        assert reading.outbox.totals() == ledger.chain.totals
        assert [one.code for one in reading.outbox.exceptions()] == ["quota_exceeded"]
    assert verify(desk.station).ok
    desk.station.store.close()


@pytest.mark.parametrize("kept", [1, 0])
def test_a_rewind_signed_by_the_centre_is_obeyed_and_nothing_else(
    tmp_path: Path, kept: int
) -> None:
    ledger = MemoryLedger()
    desk = open_desk(tmp_path, ledger=ledger)
    desk.sell(card_of(cards.household()))
    sync(desk.station)
    whole = list(ledger.chain.sent)
    ledger.centre.back_from_backup(ledger.station, kept)
    with pytest.raises(LedgerRefused, match="ledger_rewound"):
        sync(desk.station)
    ledger.centre.ask_again(ledger.station)
    ledger.boundary = lambda name: cut() if name == "ledger.push" else None

    def cut() -> None:
        raise LedgerUnreachable

    with pytest.raises(LedgerUnreachable):
        sync(desk.station)
    assert sync_state(desk.station).unsent == 3 - kept
    ledger.boundary = lambda _name: None
    assert sync(desk.station).verdict == ""
    assert [one.hash for one in ledger.chain.sent] == [one.hash for one in whole]
    desk.station.store.close()


def test_what_the_ledger_questions_is_listed(tmp_path: Path) -> None:
    class Asking(MemoryLedger):
        def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
            ack = super().push(entries, nonce)
            told = LedgerException(3, "double_load", "x"), LedgerException(9, "counter_gap")
            return replace(ack, exceptions=told)

    desk = open_desk(tmp_path, ledger=Asking())
    desk.sell(card_of(cards.household()))
    sync(desk.station)
    assert [(one.seq, one.code, one.other) for one in sync_state(desk.station).exceptions] == [
        (3, "double_load", "x"),
        (9, "counter_gap", ""),
    ]
    desk.station.store.close()


def test_what_is_armed_goes_out_at_once_or_waits(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    desk = open_desk(tmp_path, ledger=ledger)
    desk.sell(card_of(cards.household()))
    ledger.boundary = lambda name: down() if name == "ledger.head" else None

    def down() -> None:
        raise LedgerUnreachable

    assert not send_eagerly(desk.station)
    ledger.boundary = lambda _name: None
    assert send_eagerly(desk.station)
    assert send_eagerly(replace(desk.station, ledger=None)) is False
    desk.station.store.close()
