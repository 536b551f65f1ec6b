"""The station's side of the conversation: an answer that leads nowhere ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.ledger import GENESIS
from cardstation.errors import LedgerRefused, LedgerUnreachable, Refusal
from cardstation.ports.ledger import Ack, LedgerException
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.scripted_ledger import MemoryLedger
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
    assert len(ledger.entries) == 3
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
        assert reading.outbox.totals() == ledger.totals
        assert [one.code for one in reading.outbox.exceptions()] == ["quota_exceeded"]
    assert verify(desk.station).ok
    desk.station.store.close()
