"""The card service dies and comes back: said once, waited for, gone on; nothing is believed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from cardstation.errors import (
    CardRemoved,
    CardServiceGone,
    CardSwapped,
    LinkFailed,
    ReaderGone,
    ReaderHung,
)
from cardstation.ports.reader import Presence
from drivers.readers.pcsc import PcscRoom
from tests.kit.pcsc import OK, PLENTY_S, Bench, PlainCard, until

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

COMMAND = bytes.fromhex("FFB0000008")


@pytest.fixture
def mortal(bench: Bench) -> Iterator[Bench]:
    """A bench whose service a test may kill."""
    yield bench
    bench.service.restart()
    for slot in bench.slots:
        slot.pull()
    assert bench.room.wait_readers((), PLENTY_S)


def test_a_service_killed_while_waiting_is_said_once_and_waited_for(mortal: Bench) -> None:
    reader, slot = mortal.readers[0], mortal.slots[0]
    said: list[str] = []
    seen = []

    def lane() -> None:
        while not seen:
            try:
                if (presence := reader.wait_card(PLENTY_S)) is not None:
                    seen.append(presence)
            except CardServiceGone as error:
                said.append(error.code)

    thread = threading.Thread(target=lane)
    thread.start()
    mortal.service.kill()
    assert until(lambda: bool(said))
    with pytest.raises(CardServiceGone):
        mortal.room.readers()
    assert mortal.room.trouble is not None
    assert mortal.room.wait_readers(timeout_s=0) == ()
    mortal.service.restart()
    slot.insert(PlainCard())
    thread.join(PLENTY_S)
    assert said == ["card_service_gone"]
    assert mortal.room.trouble is None
    link = reader.open(seen[0])
    assert link.exchange(COMMAND) == OK
    link.close()
    assert mortal.room.readers() == mortal.readers


def test_a_service_killed_during_an_exchange_kills_the_link(mortal: Bench) -> None:
    reader, slot = mortal.readers[0], mortal.slots[0]
    dead = threading.Event()

    def until_the_service_is_dead(_: bytes) -> bytes:
        dead.wait(PLENTY_S)
        return OK

    card = PlainCard(reply=until_the_service_is_dead)
    slot.insert(card)
    first = reader.wait_card(PLENTY_S)
    assert first is not None
    link = reader.open(first)

    def murder() -> None:
        card.asked.wait(PLENTY_S)
        mortal.service.kill()

    murderer = threading.Thread(target=murder)
    murderer.start()
    with pytest.raises(ReaderGone) as caught:
        link.exchange(COMMAND)
    murderer.join()
    dead.set()
    assert caught.value.code == "card_service_gone"
    assert isinstance(caught.value, LinkFailed)
    with pytest.raises(ReaderGone):
        link.exchange(COMMAND)
    link.close()
    assert reader.wait_removed(first, PLENTY_S)
    with pytest.raises(CardServiceGone):
        reader.open(first)
    with pytest.raises(CardServiceGone):
        reader.wait_card(0)

    mortal.service.restart()
    second = reader.wait_card(PLENTY_S)
    assert second is not None, "the card lies there still"
    assert second.event != first.event
    with pytest.raises(CardSwapped):
        reader.open(first)
    link = reader.open(second)
    assert link.exchange(COMMAND) == OK
    link.close()


def test_a_restart_between_two_calls_ends_the_insertion(mortal: Bench) -> None:
    reader, slot = mortal.readers[0], mortal.slots[0]
    slot.insert(PlainCard())
    first = reader.wait_card(PLENTY_S)
    assert first is not None
    link = reader.open(first)
    assert link.exchange(COMMAND) == OK
    mortal.service.kill()
    mortal.service.restart()
    with pytest.raises(ReaderGone):
        link.exchange(COMMAND)
    link.close()
    assert reader.wait_removed(first, PLENTY_S)
    with pytest.raises((CardRemoved, CardSwapped, CardServiceGone)):
        reader.open(first)


def test_a_daemon_that_stands_still_freezes_nobody(bench: Bench) -> None:
    room = PcscRoom(watchdog_s=0.3)
    reader = room.readers()[0]
    bench.slots[0].insert(PlainCard())
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    os.kill(bench.service._daemon, signal.SIGSTOP)
    try:
        start = time.monotonic()
        with pytest.raises(ReaderHung):
            reader.open(presence)
        assert room.readers()[0].hung
        room.close()
        assert time.monotonic() - start < 3
    finally:
        os.kill(bench.service._daemon, signal.SIGCONT)
    assert until(lambda: not reader.hung)
    bench.readers[0].open(presence_of(bench)).close()


def presence_of(bench: Bench) -> Presence:
    presence = bench.readers[0].wait_card(PLENTY_S)
    assert presence is not None
    return presence
