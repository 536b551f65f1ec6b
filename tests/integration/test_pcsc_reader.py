"""A card in a real PC/SC service: seen, powered, talked to, pulled, swapped, hung."""

from __future__ import annotations

import statistics
import threading
import time

import pytest

from cardstation.errors import (
    CardRemoved,
    CardSwapped,
    LinkFailed,
    ReaderBusy,
    ReaderHung,
)
from drivers.readers.pcsc import system_calls
from tests.kit.pcsc import OK, PLENTY_S, SLE4428_ATR, SLE4442_ATR, Bench, PlainCard, until

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

COMMAND = bytes.fromhex("FFB0000008")


def test_a_card_is_seen_read_and_missed(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    assert reader.name == "Virtual PCD 00 00"
    card = PlainCard(reply=lambda apdu: apdu[3:4] + OK)
    slot.insert(card)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    assert (presence.reader, presence.atr) == (reader.name, SLE4442_ATR)
    link = reader.open(presence)
    assert link.atr == SLE4442_ATR
    assert link.exchange(COMMAND) == b"\x00" + OK
    assert card.commands == [COMMAND]
    link.close()
    link.close()
    assert not reader.wait_removed(presence, 0)
    slot.pull()
    assert reader.wait_removed(presence, PLENTY_S)
    assert reader.wait_card(0) is None


def test_opening_again_powers_the_same_insertion_anew(bench: Bench) -> None:
    reader = bench.readers[0]
    card = PlainCard()
    bench.slots[0].insert(card)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    reader.open(presence).close()
    assert until(lambda: card.unpowered == card.powered)
    before = card.powered
    reader.open(presence).close()
    assert card.powered == before + 1
    assert reader.wait_card(0) == presence


def test_an_exchange_costs_microseconds_not_milliseconds(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = bench.readers[0]
    bench.slots[0].insert(PlainCard())
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    link = reader.open(presence)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        link.exchange(COMMAND)
        times.append(time.perf_counter() - start)
    link.close()
    with capsys.disabled():
        print(f"\nexchange: {statistics.median(times) * 1e3:.3f} ms median")  # noqa: T201


def test_a_card_swapped_behind_an_open_link_is_not_taken_for_the_first(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    slot.gap_s = 0
    slot.insert(PlainCard())
    first = reader.wait_card(PLENTY_S)
    assert first is not None
    link = reader.open(first)
    slot.pull()
    other = PlainCard()
    slot.insert(other)
    assert reader.wait_removed(first, PLENTY_S)
    with pytest.raises(CardRemoved):
        link.exchange(COMMAND)
    link.close()
    second = reader.wait_card(PLENTY_S)
    assert second is not None
    assert second.event != first.event
    with pytest.raises(CardSwapped):
        reader.open(first)
    reader.open(second).close()
    assert other.commands == []
    slot.pull()


def test_a_swap_the_watcher_did_not_see_is_caught_by_the_event_count(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    slot.insert(PlainCard())
    first = reader.wait_card(PLENTY_S)
    assert first is not None
    behind = Behind(bench.room._watcher.view)
    slot.pull()
    slot.insert(PlainCard())
    assert reader.wait_removed(first, PLENTY_S)
    assert reader.wait_card(PLENTY_S) is not None
    reader._watcher = behind  # type: ignore[assignment]
    with pytest.raises(CardSwapped):
        reader.open(first)


@pytest.mark.parametrize("noticed", [False, True])
def test_a_swap_the_service_did_not_see_reaches_no_other_card(bench: Bench, noticed: bool) -> None:
    """A card nobody opened, exchanged while pcscd is about to power it down: see vpcd.py."""
    reader, slot = bench.readers[0], bench.slots[0]
    slot.gap_s = 0
    slot.insert(PlainCard(SLE4442_ATR))
    first = reader.wait_card(PLENTY_S)
    assert first is not None
    slot.pull()
    other = PlainCard(SLE4428_ATR)
    slot.insert(other)
    assert not noticed or until(lambda: slot.noticed)
    with pytest.raises(LinkFailed):
        reader.open(first).exchange(COMMAND)
    assert other.commands == []


class Behind:
    """A watcher that shows what was, for ever."""

    def __init__(self, view: object) -> None:
        self.view = view


def test_a_card_that_leaves_during_an_exchange_kills_the_link(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    pulled = threading.Event()

    def wait_for_the_hand(_: bytes) -> bytes:
        pulled.wait(PLENTY_S)
        return OK

    card = PlainCard(reply=wait_for_the_hand)
    slot.insert(card)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    link = reader.open(presence)

    def hand() -> None:
        card.asked.wait(PLENTY_S)
        slot.pull()

    clerk = threading.Thread(target=hand)
    clerk.start()
    with pytest.raises(CardRemoved) as caught:
        link.exchange(COMMAND)
    pulled.set()
    clerk.join()
    assert caught.value.values["hresult"] == "00000000"
    for _ in range(2):
        with pytest.raises(CardRemoved):
            link.exchange(COMMAND)
    assert len(card.commands) == 1
    link.close()
    assert reader.wait_removed(presence, PLENTY_S)


def test_an_answer_without_a_status_word_breaks_the_link(bench: Bench) -> None:
    reader = bench.readers[0]
    bench.slots[0].insert(PlainCard(reply=lambda _: b"\x90"))
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    link = reader.open(presence)
    with pytest.raises(LinkFailed) as caught:
        link.exchange(COMMAND)
    assert caught.value.code == "link_failed"
    link.close()


def test_a_card_another_program_holds_is_busy_until_it_lets_go(bench: Bench) -> None:
    reader = bench.readers[0]
    bench.slots[0].insert(PlainCard())
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    calls = system_calls()
    _, context = calls.SCardEstablishContext(0)
    shared = 2
    result, card, _ = calls.SCardConnect(context, reader.name, shared, 3)
    assert result == 0
    with pytest.raises(ReaderBusy):
        reader.open(presence)
    threading.Timer(0.15, calls.SCardDisconnect, (card, 0)).start()
    link = reader.open(presence)
    result, _, _ = calls.SCardConnect(context, reader.name, shared, 3)
    assert result & 0xFFFFFFFF == 0x8010000B
    link.close()
    calls.SCardReleaseContext(context)


def test_a_hung_card_is_given_up_and_holds_nobody_else(bench: Bench) -> None:
    reader, other = bench.readers
    release = threading.Event()

    def never(_: bytes) -> bytes:
        release.wait(6 * PLENTY_S)
        return OK

    bench.slots[0].insert(PlainCard(reply=never))
    bench.slots[1].insert(PlainCard())
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    reader._watchdog_s = 0.3
    link = reader.open(presence)
    start = time.monotonic()
    with pytest.raises(ReaderHung):
        link.exchange(COMMAND)
    with pytest.raises(ReaderHung):
        link.exchange(COMMAND)
    link.close()
    with pytest.raises(ReaderHung):
        reader.open(presence)
    assert time.monotonic() - start < 2
    assert reader.hung

    healthy = other.wait_card(PLENTY_S)
    assert healthy is not None
    link = other.open(healthy)
    assert link.exchange(COMMAND) == OK
    link.close()

    release.set()
    assert until(lambda: not reader.hung)
    assert reader.wait_card(0) == presence
    reader.open(presence).close()


def test_two_readers_work_at_the_same_time(bench: Bench) -> None:
    meet = threading.Barrier(2, timeout=PLENTY_S)
    said: dict[str, set[bytes]] = {}

    def together(mark: bytes) -> PlainCard:
        def reply(_: bytes) -> bytes:
            meet.wait()
            return mark + OK

        return PlainCard(reply=reply)

    for slot, mark in zip(bench.slots, (b"a", b"b"), strict=True):
        slot.insert(together(mark))

    def lane(number: int) -> None:
        reader = bench.readers[number]
        presence = reader.wait_card(PLENTY_S)
        assert presence is not None
        link = reader.open(presence)
        said[reader.name] = {link.exchange(COMMAND) for _ in range(20)}
        link.close()

    lanes = [threading.Thread(target=lane, args=(number,)) for number in (0, 1)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    assert said == {bench.readers[0].name: {b"a" + OK}, bench.readers[1].name: {b"b" + OK}}


def test_a_waiting_thread_is_woken(bench: Bench) -> None:
    reader = bench.readers[0]
    threading.Timer(0.05, reader.cancel).start()
    assert reader.wait_card(None) is None
    bench.slots[0].insert(PlainCard())
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    threading.Timer(0.05, reader.cancel).start()
    assert reader.wait_removed(presence, None) is False
