"""The station's side of the conversation: an answer that leads nowhere ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

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
from tests.kit.station import Desk, card_of, open_desk


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


def heads_wait(desk: Desk, met: Event, go_on: Event) -> None:
    """The first handshake from here on is answered and its answer waits on the line."""

    def waits(name: str) -> None:
        if name != "ledger.head":
            desk.ledger.boundary = lambda _name: None
            met.set()
            assert go_on.wait(20)

    desk.ledger.boundary = waits


@contextmanager
def speaking(desk: Desk) -> Iterator[Thread]:
    """Another thread of the desk speaks with the ledger and waits for its answer."""
    met, go_on = Event(), Event()
    heads_wait(desk, met, go_on)
    other = Thread(target=sync, args=(desk.station,))
    other.start()
    assert met.wait(20)
    try:
        yield other
    finally:
        go_on.set()
        other.join(20)


def test_two_hands_of_one_desk_speak_with_the_ledger_one_after_the_other(tmp_path: Path) -> None:
    """An older head beside a newer ack looks as if the ledger had lost what it confirmed."""
    desk = open_desk(tmp_path, ledger=MemoryLedger())
    desk.sell(card_of(cards.household()))
    told: list[bool] = []

    def meanwhile(name: str) -> None:
        if name == "ledger.push" and not told:
            told.append(send_eagerly(desk.station))

    desk.ledger.boundary = meanwhile
    assert sync(desk.station).verdict == ""
    assert told == [False]
    desk.sell(card_of(desk.household()))
    desk.station.store.close()


def test_a_hurried_message_does_not_wait_for_a_slow_conversation(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, ledger=MemoryLedger())
    desk.sell(card_of(cards.household()))
    with speaking(desk) as other:
        assert send_eagerly(desk.station) is False
        assert other.is_alive()
    assert sync_state(desk.station).unsent == 0
    assert send_eagerly(desk.station) is True
    desk.station.store.close()


def test_an_ack_that_comes_late_takes_nothing_back(tmp_path: Path) -> None:
    """Only a signed rewind ends a term; what was overtaken still says what it questions."""
    desk = open_desk(tmp_path, ledger=MemoryLedger())
    desk.sell(card_of(cards.household()))
    sync(desk.station)
    with desk.station.store.unit() as unit:
        first = unit.journal.at(1)
        assert first is not None
        late = Ack(1, first.hash, (LedgerException(1, "quota_exceeded"),), "", {"cash": 1})
        unit.outbox.store(late, desk.clock.now())
        unit.commit()
    with desk.station.store.reading() as reading:
        assert reading.outbox.acked()[0] == 3
        assert reading.outbox.totals() == desk.ledger.chain.totals
        assert [one.code for one in reading.outbox.exceptions()] == ["quota_exceeded"]
    assert verify(desk.station).ok
    desk.station.store.close()
