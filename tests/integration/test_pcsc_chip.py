"""A whole virtual chip behind the real stack: dialect, code, write, tear, mute, a rack of cards."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from cardstation.domain.card import Span
from cardstation.errors import CardRemoved, CardSwapped, LinkFailed
from cardstation.ports.reader import Link, Presence
from drivers.chips.sle4442 import SPOKEN
from drivers.readers.pcsc_reader import PcscReader
from drivers.virtual import (
    Firmware,
    Noise,
    NoiseKind,
    PullAfter,
    VirtualCard,
    VirtualSle4442,
)
from drivers.virtual.chip import FACTORY_CODE
from drivers.virtual.rack import Rack
from tests.kit.pcsc import PLENTY_S, SLE4442_ATR, Bench, PlainCard, until

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

SPAN = Span(0x40, bytes.fromhex("0123456789ABCDEF"))


def present(reader: PcscReader) -> Presence:
    presence = reader.wait_card(PLENTY_S)
    assert presence is not None
    return presence


def read(link: Link, address: int, length: int) -> bytes:
    SPOKEN[link.dialect].select(link)
    return SPOKEN[link.dialect].read(link, address, length)


def write(link: Link, span: Span) -> None:
    SPOKEN[link.dialect].select(link)
    SPOKEN[link.dialect].present_code(link, FACTORY_CODE)
    SPOKEN[link.dialect].write(link, span)


@pytest.mark.parametrize("dialect", sorted(SPOKEN))
def test_a_chip_is_read_written_and_read_back_after_a_fresh_power_up(
    bench: Bench, dialect: str
) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    bench.room._dialects = {reader.name: dialect}
    card = VirtualCard()
    slot.insert(Firmware(card, dialect))
    presence = present(reader)
    assert presence.atr == SLE4442_ATR
    link = reader.open(presence)
    write(link, SPAN)
    link.close()
    link = reader.open(presence)
    image = read(link, 0, 256)
    link.close()
    assert image == card.image
    assert image[SPAN.address : SPAN.end] == SPAN.data


def test_a_card_pulled_after_the_third_changed_byte_is_torn_there(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    card = VirtualCard()
    card.chip.arm(PullAfter(3))
    slot.insert(Firmware(card))
    first = present(reader)
    link = reader.open(first)
    with pytest.raises(CardRemoved):
        write(link, SPAN)
    assert slot.wait_empty(PLENTY_S)
    assert not slot.occupied
    assert reader.wait_removed(first, PLENTY_S)
    expected = SPAN.data[:3] + b"\xff" * 5
    assert card.image[SPAN.address : SPAN.end] == expected

    slot.insert(Firmware(card))
    again = present(reader)
    assert again.event != first.event
    with pytest.raises(CardSwapped):
        reader.open(first)
    link = reader.open(again)
    assert read(link, SPAN.address, 8) == expected
    link.close()


def test_a_hand_that_pulls_while_the_chip_is_writing_tears_it(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    card = VirtualCard()
    writing = threading.Event()

    def sleep(_: float) -> None:
        if card.chip.changed_bytes == 2:
            writing.set()
            assert until(lambda: not card.chip.powered)

    slot.insert(Firmware(card))
    link = reader.open(present(reader))
    SPOKEN[link.dialect].select(link)
    SPOKEN[link.dialect].present_code(link, FACTORY_CODE)
    card.chip.arm(PullAfter(1000))
    card.chip.sleep = sleep

    def hand() -> None:
        writing.wait(PLENTY_S)
        slot.pull()

    clerk = threading.Thread(target=hand)
    clerk.start()
    with pytest.raises(CardRemoved):
        SPOKEN[link.dialect].write(link, SPAN)
    clerk.join()
    assert card.image[SPAN.address : SPAN.end] != SPAN.data
    assert card.image[SPAN.address : SPAN.address + 2] == SPAN.data[:2]


def test_an_answer_that_gets_lost_breaks_the_link_and_the_card_stays(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    slot.insert(Firmware(VirtualCard(), noise=[Noise(1, NoiseKind.NO_ANSWER)]))
    presence = present(reader)
    link = reader.open(presence)
    SPOKEN[link.dialect].select(link)
    with pytest.raises(LinkFailed):
        SPOKEN[link.dialect].read(link, 0, 8)
    assert slot.occupied


def test_a_mute_card_hangs_nobody(bench: Bench) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    slot.insert(Firmware(VirtualCard(), mute=True))
    assert slot.occupied
    bench.slots[1].insert(Firmware(VirtualCard()))
    bench.readers[1].open(present(bench.readers[1])).close()
    assert reader.wait_card(0) is None
    slot.pull()
    assert not slot.occupied


@pytest.fixture
def racks() -> Iterator[list[Rack]]:
    """Racks to be stopped, whatever the test comes to."""
    racks: list[Rack] = []
    yield racks
    for rack in racks:
        rack.stop()


def rack_of(*marks: int) -> list[VirtualCard]:
    cards = []
    for mark in marks:
        chip = VirtualSle4442()
        chip.main[0x80] = mark
        cards.append(VirtualCard(chip, name=f"card {mark}"))
    return cards


def test_a_rack_is_fed_card_by_card(bench: Bench, racks: list[Rack]) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    inserted: list[int] = []
    cards = rack_of(1, 2, 3)
    cards[1].chip.arm(PullAfter(1))
    rack = Rack(slot, (Firmware(card) for card in cards), inserted=inserted.append)
    racks.append(rack)
    rack.start()
    seen: list[int] = []
    for number in range(3):
        presence = present(reader)
        link = reader.open(presence)
        seen += read(link, 0x80, 1)
        if number == 1:
            with pytest.raises(CardRemoved):
                write(link, SPAN)
        link.close()
        rack.next(number)
        assert reader.wait_removed(presence, PLENTY_S)
    assert rack.wait_empty(PLENTY_S)
    rack.stop()
    assert (seen, inserted) == ([1, 2, 3], [0, 1, 2])


def test_a_rack_lets_go_when_the_card_may_be_removed_and_stops_when_told(
    bench: Bench, racks: list[Rack]
) -> None:
    reader, slot = bench.readers[0], bench.slots[0]
    served = threading.Event()
    cards = [PlainCard(), PlainCard(), PlainCard()]
    rack = Rack(slot, cards, 0.01, may_remove=lambda: served.is_set() and slot.spoken_to)
    racks.append(rack)
    rack.start()
    first = present(reader)
    link = reader.open(first)
    link.exchange(bytes(4))
    assert slot.spoken_to
    assert slot.quiet_s == 0
    link.close()
    served.set()
    assert reader.wait_removed(first, PLENTY_S)
    served.clear()
    second = present(reader)
    assert second.event != first.event
    rack.stop()
    assert reader.wait_removed(second, PLENTY_S)
    assert cards[2].powered == 0
