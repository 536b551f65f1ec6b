"""The PC/SC room over a library in memory: what real readers do and vpcd cannot."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Iterator

import pytest

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardServiceGone,
    CardSwapped,
    Defect,
    LinkFailed,
    ReaderBusy,
    ReaderCannotMemory,
    ReaderGone,
    ReaderHung,
)
from cardstation.ports.reader import Presence
from drivers.readers import READERS
from drivers.readers.pcsc import PcscRoom, system_calls
from drivers.readers.pcsc_reader import PcscReader
from tests.kit.pcsc import OK, PLENTY_S, SLE4442_ATR, FakeCalls, until

NAME = "ACS ACR39U ICC Reader 00 00"
PRESENT, MUTE, EMPTY = 0x20, 0x220, 0x10
COMMAND = bytes.fromhex("FFB0000008")


@pytest.fixture
def calls() -> FakeCalls:
    return FakeCalls(NAME)


@pytest.fixture
def room(calls: FakeCalls) -> Iterator[PcscRoom]:
    room = PcscRoom(watchdog_s=PLENTY_S, calls=calls)
    yield room
    room.close()


@pytest.fixture
def reader(room: PcscRoom) -> PcscReader:
    return room.readers()[0]


def inserted(calls: FakeCalls, reader: PcscReader, count: int = 1) -> Presence:
    calls.put(reader.name, PRESENT, count, SLE4442_ATR)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    return presence


def test_the_tuple_names_this_room() -> None:
    assert PcscRoom in READERS


def test_a_card_is_connected_exclusively_and_unpowered(
    calls: FakeCalls, reader: PcscReader
) -> None:
    link = reader.open(inserted(calls, reader))
    assert (link.reader, link.atr, link.dialect) == (NAME, SLE4442_ATR, "acs")
    assert link.exchange(COMMAND) == OK
    link.close()
    assert calls.calls == [
        ("connect", 1, 3),
        ("transmit", 1, list(COMMAND)),
        ("disconnect", 2),
    ]


def test_a_context_is_kept_for_the_next_power_up_but_not_over_a_restart(
    calls: FakeCalls, room: PcscRoom, reader: PcscReader
) -> None:
    presence = inserted(calls, reader)
    for _ in range(2):
        reader.open(presence).close()
    assert calls._contexts == 2, "the watcher's, and the reader's own"
    assert ("release", 2) not in calls.calls
    calls.power(False)
    assert room.wait_readers([reader.name], PLENTY_S) == ()
    calls.power(True)
    assert room.wait_readers([], PLENTY_S) == (reader,)
    reader.open(inserted(calls, reader)).close()
    assert ("release", 2) in calls.calls


def test_a_context_in_which_a_card_could_not_be_unpowered_is_not_kept(
    calls: FakeCalls, reader: PcscReader
) -> None:
    presence = inserted(calls, reader)
    calls.results["disconnect"] = [0x80100013]
    reader.open(presence).close()
    assert calls.calls[-1] == ("release", 2)
    reader.open(presence).close()
    assert calls._contexts == 3


def test_the_dialect_can_be_chosen(calls: FakeCalls) -> None:
    room = PcscRoom(dialects={NAME: "omnikey"}, calls=calls)
    reader = room.readers()[0]
    link = reader.open(inserted(calls, reader))
    assert link.dialect == "omnikey"
    room.close()
    assert ("disconnect", 2) in calls.calls, "closing the room powers down what is open"


def test_a_raw_card_of_a_bad_driver_is_connected_raw(calls: FakeCalls, reader: PcscReader) -> None:
    presence = inserted(calls, reader)
    calls.results["connect"] = [0x8010000F, 0]
    link = reader.open(presence)
    link.exchange(COMMAND)
    assert ("connect", 1, 4) in calls.calls
    assert ("transmit", calls.SCARD_PCI_RAW, list(COMMAND)) in calls.calls
    link.close()


def test_a_mute_card_is_seen_and_refused(calls: FakeCalls, reader: PcscReader) -> None:
    calls.put(NAME, MUTE, 1)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    assert presence.atr == b""
    calls.results["connect"] = [0x80100066]
    with pytest.raises(CardMute):
        reader.open(presence)
    assert calls.calls[-1][0] == "release", "nothing is left open"


@pytest.mark.parametrize("name", ["Alcor Micro AU9560 00 00", "Generic EMV Smartcard Reader 0"])
def test_a_reader_known_for_it_is_blamed_instead_of_the_card(name: str) -> None:
    calls = FakeCalls(name)
    room = PcscRoom(calls=calls)
    reader = room.readers()[0]
    calls.put(name, MUTE, 1)
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    calls.results["connect"] = [0x80100066]
    with pytest.raises(ReaderCannotMemory):
        reader.open(presence)
    room.close()


def test_a_busy_card_is_tried_a_few_times(calls: FakeCalls, reader: PcscReader) -> None:
    presence = inserted(calls, reader)
    calls.results["connect"] = [0x8010000B, 0x8010000B, 0]
    reader.open(presence).close()
    calls.results["connect"] = [0x8010000B] * 20
    with pytest.raises(ReaderBusy):
        reader.open(presence)
    assert len(calls.results["connect"]) > 10


@pytest.mark.parametrize(
    ("result", "error"),
    [(0x80100069, CardRemoved), (0x80100068, LinkFailed), (0x1F, CardRemoved), (6, ReaderGone)],
)
def test_an_exchange_that_fails_kills_the_link_and_powers_down(
    calls: FakeCalls, reader: PcscReader, result: int, error: type[LinkFailed]
) -> None:
    link = reader.open(inserted(calls, reader))
    calls.reply = lambda _: (result, [0x51, 0x52] * 100)
    for _ in range(2):
        with pytest.raises(error) as caught:
            link.exchange(COMMAND)
        assert type(caught.value) is error
    assert [name for name, *_ in calls.calls].count("transmit") == 1
    assert calls.calls[-2:] == [("disconnect", 2), ("release", 2)]
    link.close()


def test_pyscard_breaking_over_one_byte_is_a_broken_link(
    calls: FakeCalls, reader: PcscReader
) -> None:
    def broken(_: list[int]) -> tuple[int, list[int]]:
        raise SystemError("returned NULL without setting an exception")

    link = reader.open(inserted(calls, reader))
    calls.reply = broken
    with pytest.raises(LinkFailed):
        link.exchange(COMMAND)


def test_a_card_changed_between_sight_and_power_is_not_opened(
    calls: FakeCalls, reader: PcscReader
) -> None:
    presence = inserted(calls, reader)
    calls.put(NAME, PRESENT, 3, SLE4442_ATR)
    assert reader.wait_removed(presence, PLENTY_S)
    with pytest.raises(CardSwapped):
        reader.open(presence)
    calls.put(NAME, EMPTY, 4)
    assert until(lambda: reader.wait_card(0) is None)
    with pytest.raises(CardRemoved):
        reader.open(presence)


def test_the_call_order_is_guarded(calls: FakeCalls, reader: PcscReader) -> None:
    presence = inserted(calls, reader)
    link = reader.open(presence)
    with pytest.raises(Defect):
        reader.open(presence)
    link.close()
    with pytest.raises(Defect):
        link.exchange(COMMAND)
    with pytest.raises(Defect):
        reader.open(Presence("another", presence.event, presence.atr))


def test_a_reader_unplugged_is_said_once_and_waited_for(
    calls: FakeCalls, room: PcscRoom, reader: PcscReader
) -> None:
    presence = inserted(calls, reader)
    calls.unplug(NAME)
    assert room.wait_readers([NAME], PLENTY_S) == ()
    assert reader.wait_removed(presence, PLENTY_S)
    with pytest.raises(ReaderGone):
        reader.open(presence)
    with pytest.raises(ReaderGone):
        reader.wait_card(PLENTY_S)
    with pytest.raises(ReaderGone):
        reader.wait_card(0)
    calls.put(NAME, PRESENT, 1, SLE4442_ATR)
    again = reader.wait_card(PLENTY_S)
    assert again is not None
    assert again.event != presence.event, "the same count in another plugging is another insertion"
    assert room.readers() == (reader,)


def test_no_readers_at_all_is_not_an_error() -> None:
    calls = FakeCalls()
    room = PcscRoom(calls=calls)
    assert room.readers() == ()
    calls.put(NAME, EMPTY, 0)
    assert [reader.name for reader in room.wait_readers((), PLENTY_S)] == [NAME]
    room.close()
    assert room.wait_readers([NAME], None) != ()


def test_a_service_that_stops_and_comes_back(
    calls: FakeCalls, room: PcscRoom, reader: PcscReader
) -> None:
    presence = inserted(calls, reader)
    calls.power(up=False)
    assert until(lambda: room.trouble is not None)
    with pytest.raises(CardServiceGone):
        reader.wait_card(PLENTY_S)
    assert room.trouble is not None
    with pytest.raises(CardServiceGone):
        room.readers()
    assert reader.wait_removed(presence, 0)
    with pytest.raises(CardServiceGone):
        reader.open(presence)
    calls.power(up=True)
    again = reader.wait_card(PLENTY_S)
    assert again is not None
    assert again.event != presence.event


def test_an_account_that_may_not_use_the_service_is_told_so(calls: FakeCalls) -> None:
    calls.results["establish"] = [0x8010006A] * 50
    room = PcscRoom(calls=calls)
    with pytest.raises(CardServiceGone) as caught:
        room.readers()
    assert caught.value.code == "card_service_denied"
    room.close()


def test_a_call_that_hangs_is_left_behind(calls: FakeCalls) -> None:
    room = PcscRoom(watchdog_s=0.1, calls=calls)
    reader = room.readers()[0]
    presence = inserted(calls, reader)
    release = threading.Event()

    def hang(_: list[int]) -> tuple[int, list[int]]:
        release.wait(PLENTY_S)
        return 0, [0x90, 0]

    link = reader.open(presence)
    calls.reply = hang
    for _ in range(2):
        with pytest.raises(ReaderHung):
            link.exchange(COMMAND)
    link.close()
    assert reader.hung
    with pytest.raises(ReaderHung):
        reader.open(presence)
    release.set()
    assert until(lambda: not reader.hung)
    assert ("disconnect", 2) in calls.calls, "the late call let go of the card"
    reader.open(presence).close()
    room.close()


def test_closing_the_room_wakes_who_waits(calls: FakeCalls) -> None:
    room = PcscRoom(calls=calls)
    reader = room.readers()[0]
    woken: list[object] = []
    waiter = threading.Thread(target=lambda: woken.append(reader.wait_card(None)))
    waiter.start()
    room.close()
    waiter.join(PLENTY_S)
    assert woken == [None]


def test_a_cancel_that_comes_first_is_not_lost(calls: FakeCalls, reader: PcscReader) -> None:
    reader.cancel()
    assert reader.wait_card(None) is None
    presence = inserted(calls, reader)
    reader.cancel()
    assert reader.wait_removed(presence, None) is False


def test_a_system_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == "smartcard":
            raise ImportError("libpcsclite.so.1: cannot open shared object file")
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CardServiceGone) as caught:
        system_calls()
    assert caught.value.code == "card_library_missing"
