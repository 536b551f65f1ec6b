"""The virtual reader: insertions, swaps, pulls from another thread, faults as the ports say."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cardstation.errors import (
    CardMute,
    CardRemoved,
    CardSwapped,
    Defect,
    LinkFailed,
    ReaderBusy,
    ReaderCannotMemory,
    ReaderGone,
    ReaderHung,
)
from cardstation.ports.reader import Link, Presence
from drivers.chips import CHIPS
from drivers.virtual import Noise, NoiseKind, PullAfter, VirtualCard, VirtualReader

READ = bytes.fromhex("FFB0000008")
SELECT = bytes.fromhex("FFA400000106")
VERIFY = bytes.fromhex("FF20000003FFFFFF")
WRITE = bytes.fromhex("FFD00020020102")


def opened(reader: VirtualReader, *noise: Noise) -> tuple[Link, Presence]:
    reader.insert(VirtualCard(), noise=noise)
    presence = reader.wait_card(0)
    assert presence is not None
    return reader.open(presence), presence


def meanwhile(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def test_no_card_no_presence() -> None:
    reader = VirtualReader()
    assert reader.wait_card(0) is None
    assert reader.wait_card(0.001) is None
    assert reader.pull() is None


def test_a_waiting_thread_sees_the_card_and_its_end() -> None:
    reader, seen = VirtualReader(), []
    waiter = meanwhile(lambda: seen.append(reader.wait_card(10)))
    reader.insert(VirtualCard())
    waiter.join(10)
    assert seen[0].atr == bytes.fromhex("3B04A2131091")
    gone: list[bool] = []
    waiter = meanwhile(lambda: gone.append(reader.wait_removed(seen[0], 10)))
    reader.pull()
    waiter.join(10)
    assert gone == [True]


def test_cancel_wakes_both_waits() -> None:
    reader, seen = VirtualReader(), []
    waiter = meanwhile(lambda: seen.append(reader.wait_card(None)))
    reader.cancel()
    waiter.join(10)
    reader.insert(VirtualCard())
    presence = reader.wait_card(0)
    assert presence is not None
    waiter = meanwhile(lambda: seen.append(reader.wait_removed(presence, None)))
    reader.cancel()
    waiter.join(10)
    assert seen == [None, False]
    assert not reader.wait_removed(presence, 0)


def test_a_second_card_does_not_fit() -> None:
    reader = VirtualReader()
    reader.insert(VirtualCard())
    with pytest.raises(Defect):
        reader.insert(VirtualCard())


def test_a_swap_is_seen_by_the_event_count() -> None:
    reader = VirtualReader()
    link, presence = opened(reader)
    reader.pull()
    reader.insert(VirtualCard())
    assert reader.wait_removed(presence, 0)
    with pytest.raises(CardSwapped):
        link.exchange(SELECT)
    with pytest.raises(CardSwapped):
        reader.open(presence)
    fresh = reader.wait_card(0)
    assert fresh is not None
    assert fresh.event != presence.event
    assert reader.open(fresh).exchange(SELECT) == b"\x90\x00"


def test_the_same_insertion_opens_again_as_a_fresh_power_up() -> None:
    reader = VirtualReader()
    link, presence = opened(reader)
    link.exchange(SELECT)
    assert link.exchange(VERIFY) == b"\x90\x07"
    with pytest.raises(Defect):
        reader.open(presence)
    link.close()
    link.close()
    with pytest.raises(Defect):
        link.exchange(SELECT)
    again = reader.open(presence)
    assert again.exchange(READ) == b"\x63\x00"
    again.exchange(SELECT)
    again.exchange(WRITE)
    assert again.exchange(bytes.fromhex("FFB0002002")) == b"\xff\xff\x90\x00"


def test_closing_a_dead_link_late_leaves_the_new_one_alone() -> None:
    reader = VirtualReader()
    dead, presence = opened(reader, Noise(0, NoiseKind.NO_ANSWER))
    with pytest.raises(LinkFailed):
        dead.exchange(SELECT)
    link = reader.open(presence)
    dead.close()
    assert link.exchange(SELECT) == b"\x90\x00"


@pytest.mark.parametrize("fault", ["pull", "unplug"])
def test_a_link_dies_once_and_says_the_same_again(fault: str) -> None:
    reader = VirtualReader()
    link, presence = opened(reader)
    getattr(reader, fault)()
    kind = CardRemoved if fault == "pull" else ReaderGone
    for _ in range(2):
        with pytest.raises(kind):
            link.exchange(SELECT)
    with pytest.raises(kind):
        reader.open(presence)
    link.close()


def test_an_unplugged_reader_says_so_once_and_comes_back() -> None:
    reader = VirtualReader()
    reader.unplug()
    with pytest.raises(ReaderGone):
        reader.wait_card(0)
    assert reader.wait_card(0) is None
    reader.plug()
    reader.insert(VirtualCard())
    assert reader.wait_card(0) is not None


def test_a_card_in_a_replugged_reader_is_a_new_insertion() -> None:
    reader = VirtualReader()
    link, presence = opened(reader)
    link.close()
    reader.unplug()
    reader.plug()
    with pytest.raises(CardSwapped):
        reader.open(presence)
    fresh = reader.wait_card(0)
    assert fresh is not None
    reader.open(fresh).close()


def test_a_torn_card_is_out_of_the_reader() -> None:
    reader = VirtualReader()
    link, presence = opened(reader)
    link.exchange(SELECT)
    link.exchange(VERIFY)
    card = VirtualCard()
    firmware = reader._firmware
    assert firmware is not None
    firmware.card.chip.arm(PullAfter(1))
    with pytest.raises(CardRemoved):
        link.exchange(WRITE)
    assert firmware.card.image[0x20:0x22] == b"\x01\xff"
    assert reader.wait_removed(presence, 0)
    assert reader.pull() is None
    reader.insert(card)


def test_pulled_by_another_thread_in_the_middle_of_a_write() -> None:
    reader = VirtualReader()
    link, _ = opened(reader)
    link.exchange(SELECT)
    link.exchange(VERIFY)
    assert reader._firmware is not None
    chip = reader._firmware.card.chip
    writing, pulled = threading.Event(), threading.Event()

    def in_a_step(_seconds: float) -> None:
        if chip.changed_bytes == 1:
            writing.set()
            pulled.wait(10)

    chip.sleep = in_a_step
    hand = meanwhile(lambda: (writing.wait(10), reader.pull(), pulled.set()))
    with pytest.raises(CardRemoved):
        link.exchange(WRITE)
    hand.join(10)
    assert chip.main[0x20] == 0x01
    assert not chip.powered


def test_a_mute_card_and_readers_that_cannot() -> None:
    reader = VirtualReader()
    reader.insert(VirtualCard(), mute=True)
    presence = reader.wait_card(0)
    assert presence is not None
    assert presence.atr == b""
    with pytest.raises(CardMute):
        reader.open(presence)
    with pytest.raises(CardMute):
        opened(VirtualReader(dialect="none"))
    link, _ = opened(VirtualReader(dialect="cpu-only"))
    with pytest.raises(ReaderCannotMemory):
        CHIPS[0].attach(link)


def test_another_program_holds_the_card() -> None:
    reader = VirtualReader()
    reader.busy = True
    with pytest.raises(ReaderBusy):
        opened(reader)


def test_an_insertion_belongs_to_its_reader() -> None:
    _, presence = opened(VirtualReader("one"))
    with pytest.raises(Defect):
        VirtualReader("two").open(presence)


def test_no_answer_kills_the_link_but_not_the_insertion() -> None:
    reader = VirtualReader()
    link, presence = opened(reader, Noise(1, NoiseKind.NO_ANSWER))
    link.exchange(SELECT)
    for _ in range(2):
        with pytest.raises(LinkFailed) as failed:
            link.exchange(READ)
        assert failed.type is LinkFailed
    link.close()
    assert not reader.wait_removed(presence, 0)
    reader.open(presence).close()


def test_a_hang_beyond_the_watchdog() -> None:
    reader = VirtualReader(watchdog_s=0.001)
    link, _ = opened(reader, Noise(0, NoiseKind.HANG, hang_s=5.0))
    for _ in range(2):
        with pytest.raises(ReaderHung):
            link.exchange(SELECT)


def test_a_short_hang_only_takes_its_time() -> None:
    link, _ = opened(VirtualReader(), Noise(0, NoiseKind.HANG, hang_s=0.001))
    assert link.exchange(SELECT) == b"\x90\x00"


@pytest.mark.parametrize(
    ("firmware", "chosen", "dialect"),
    [
        ("acs", "", "acs"),
        ("acs-old", "", "acs"),
        ("omnikey", "", "omnikey"),
        ("omnikey", "acs", "acs"),
    ],
)
def test_the_link_brings_the_stations_dialect(firmware: str, chosen: str, dialect: str) -> None:
    link, _ = opened(VirtualReader(dialect=firmware, chosen=chosen))
    assert link.dialect == dialect
