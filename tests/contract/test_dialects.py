"""Every chip in every dialect it is said to be spoken to in, over the firmware made for that."""

from __future__ import annotations

import pytest

from cardstation.domain.card import Span
from cardstation.errors import CodeLocked, CodeRefused, LinkFailed, ReaderCannotMemory
from cardstation.ports.reader import Link
from drivers.chips import CHIPS, sle4428, sle4442
from drivers.chips.coded import CodedChip
from drivers.readers import DIALECTS, dialect_for
from drivers.virtual import VirtualCard, VirtualReader, new_chip
from tests.kit.chips import FIRMWARES

CODED = {"sle4442": sle4442, "sle4428": sle4428}
PAIRS = [
    (chip, dialect, firmware)
    for chip, module in CODED.items()
    for dialect in module.SPOKEN
    for firmware in FIRMWARES[dialect]
]
every_way = pytest.mark.parametrize(("chip", "chosen", "firmware"), PAIRS)


def opened(chip: str, chosen: str, firmware: str, card: VirtualCard | None = None) -> Link:
    reader = VirtualReader("desk", firmware, chosen=chosen)
    reader.insert(card or VirtualCard(new_chip(chip)))
    presence = reader.wait_card(0)
    assert presence is not None
    link = reader.open(presence)
    assert link.dialect == dialect_for("", chosen).name
    return link


def blank(chip: str) -> bytes:
    return b"\xff" * CODED[chip].MEMORY.code_bytes


def wrong(chip: str) -> bytes:
    return b"\x11\x22\x33"[: CODED[chip].MEMORY.code_bytes]


def test_every_dialect_carries_a_chip_and_every_chip_a_dialect_that_is_registered() -> None:
    names = [dialect.name for dialect in DIALECTS]
    assert len(set(names)) == len(names)
    assert {dialect for chip in CHIPS for dialect in chip.spoken} == set(names)
    assert all(chip.spoken for chip in CHIPS)
    assert set(FIRMWARES) == set(names)


@every_way
def test_reading(chip: str, chosen: str, firmware: str) -> None:
    card = VirtualCard(new_chip(chip))
    size = len(card.image)
    card.chip.main[4:size] = bytes(n % 251 for n in range(4, size))
    link = opened(chip, chosen, firmware, card)
    speech = CODED[chip].SPOKEN[chosen]
    speech.select(link)
    for address, length in [(0, 256), (0, 1), (0x7F, 2), (0xFF, 1), (3, 200), (size - 2, 2)]:
        assert speech.read(link, address, length) == card.image[address : address + length]


@every_way
def test_writing_is_silent_without_and_real_with_the_code(
    chip: str, chosen: str, firmware: str
) -> None:
    link, speech = opened(chip, chosen, firmware), CODED[chip].SPOKEN[chosen]
    speech.select(link)
    speech.write(link, Span(0x20, b"\x01\x02"))
    assert speech.read(link, 0x20, 2) == b"\xff\xff"
    speech.present_code(link, blank(chip))
    speech.write(link, Span(0x20, b"\x01\x02"))
    assert speech.read(link, 0x20, 2) == b"\x01\x02"


@every_way
def test_wrong_codes_down_to_the_lock(chip: str, chosen: str, firmware: str) -> None:
    card = VirtualCard(new_chip(chip))
    link, speech = opened(chip, chosen, firmware, card), CODED[chip].SPOKEN[chosen]
    speech.select(link)
    for left in range(CODED[chip].MEMORY.tries - 1, 0, -1):
        with pytest.raises(CodeRefused) as refused:
            speech.present_code(link, wrong(chip))
        assert refused.value.values["tries_left"] == left == card.chip.tries
        counter = speech.error_counter(link)
        assert counter is None or counter.bit_count() == left
    for code in (wrong(chip), blank(chip)):
        with pytest.raises(CodeLocked):
            speech.present_code(link, code)
    assert card.chip.tries == 0


@every_way
def test_a_success_fills_the_counter(chip: str, chosen: str, firmware: str) -> None:
    card = VirtualCard(new_chip(chip))
    link, speech = opened(chip, chosen, firmware, card), CODED[chip].SPOKEN[chosen]
    speech.select(link)
    with pytest.raises(CodeRefused):
        speech.present_code(link, wrong(chip))
    speech.present_code(link, blank(chip))
    assert card.chip.tries == CODED[chip].MEMORY.tries
    own = b"abc"[: len(blank(chip))]
    speech.change_code(link, blank(chip), own)
    assert card.chip.secret == own


@pytest.mark.parametrize(("chip", "dialect"), sorted({pair[:2] for pair in PAIRS}))
def test_a_reader_without_memory_commands_is_told_apart(chip: str, dialect: str) -> None:
    link, speech = opened(chip, dialect, "cpu-only"), CODED[chip].SPOKEN[dialect]
    with pytest.raises(ReaderCannotMemory):
        speech.select(link)
    with pytest.raises(ReaderCannotMemory):
        speech.read(link, 0, 8)


def test_the_wrong_dialect_for_an_omnikey_stops_before_any_code() -> None:
    card = VirtualCard()
    link, acs = opened("sle4442", "acs", "omnikey", card), sle4442.SPOKEN["acs"]
    acs.select(link)
    with pytest.raises(ReaderCannotMemory):
        acs.error_counter(link)
    with pytest.raises(CodeLocked):
        acs.present_code(link, b"\xff\xff\xff")
    assert card.chip.tries == 3


@pytest.mark.parametrize("code", [b"\xff\xff\xff", b"\x11\x22\x33"])
def test_the_wrong_dialect_for_an_acs_reader_takes_nothing_for_success(code: bytes) -> None:
    link, omnikey = opened("sle4442", "omnikey", "acs"), sle4442.SPOKEN["omnikey"]
    omnikey.select(link)
    with pytest.raises(LinkFailed):
        omnikey.present_code(link, code)


def test_no_coded_chip_is_left_out_here() -> None:
    found = set()
    for driver in CHIPS:
        for dialect in driver.spoken:
            card = VirtualCard(new_chip(driver.name))
            firmware = FIRMWARES[dialect][0]
            reader = VirtualReader("desk", firmware, chosen=dialect)
            reader.insert(card)
            presence = reader.wait_card(0)
            assert presence is not None
            if isinstance(driver.attach(reader.open(presence)), CodedChip):
                found.add(driver.name)
    assert found == CODED.keys()
