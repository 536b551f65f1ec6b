"""Every registered chip keeps the port's promises, behind every firmware that can carry it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import drivers.chips
from cardstation.domain.card import Span
from cardstation.errors import (
    CardRemoved,
    CodeLocked,
    CodeRefused,
    Defect,
    Refusal,
    WriteNotTaken,
)
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.reader import Presence
from drivers.chips import CHIPS
from drivers.readers.wrappers import Fault
from drivers.virtual import PullAfter, Tear, VirtualCard, VirtualReader
from drivers.virtual.procedures import present_code

FIRMWARES = {"sle4442": ("acs", "acs-old", "omnikey")}
COUNTING = ("acs", "acs-old")
WRONG = b"\x11\x22\x33"
CASES = [(driver, firmware) for driver in CHIPS for firmware in FIRMWARES[driver.name]]
every_chip = pytest.mark.parametrize(
    "desk", CASES, ids=lambda case: f"{case[0].name}-{case[1]}", indirect=True
)
counting_chip = pytest.mark.parametrize(
    "desk",
    [case for case in CASES if case[1] in COUNTING],
    ids=lambda case: f"{case[0].name}-{case[1]}",
    indirect=True,
)


class Desk:
    """A reader with one card in it."""

    def __init__(self, driver: ChipDriver, firmware: str) -> None:
        self.driver = driver
        self.fault = Fault()
        self.reader = VirtualReader("desk", firmware, wrap=self.fault.wrap)
        self.card = VirtualCard()
        self.chip = self.card.chip

    def presence(self) -> Presence:
        presence = self.reader.wait_card(0)
        assert presence is not None
        return presence

    def powered(self) -> Chip:
        """The card after a fresh power-up, put in again if it was out."""
        if self.reader.wait_card(0) is None:
            self.reader.insert(self.card)
        if (link := self.reader._link) is not None:
            link.close()
        return self.driver.attach(self.reader.open(self.presence()))

    def unlocked(self) -> Chip:
        chip = self.powered()
        chip.unlock(self.driver.blank_code)
        return chip

    def spoil(self, tries: int) -> None:
        """Somebody presented wrong codes before."""
        self.chip.power_up()
        while self.chip.security[0].bit_count() > tries:
            present_code(self.chip, WRONG)


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Desk:
    return Desk(*request.param)


def test_no_driver_is_forgotten() -> None:
    found = {
        member
        for module in pkgutil.iter_modules(drivers.chips.__path__, "drivers.chips.")
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if hasattr(member, "recognises") and member is not ChipDriver
    }
    assert found == {type(driver) for driver in CHIPS}
    assert {driver.name for driver in CHIPS} == FIRMWARES.keys()


@every_chip
def test_it_recognises_its_answer_to_reset_and_no_other(desk: Desk) -> None:
    desk.reader.insert(desk.card)
    atr = desk.presence().atr
    assert [driver for driver in CHIPS if driver.recognises(atr)] == [desk.driver]
    for other in ("", "3B0492231091", "3B04FFFFFFFF", "3B6C00021302863818", "A2131091"):
        assert not desk.driver.recognises(bytes.fromhex(other))


@every_chip
def test_reading_needs_no_code(desk: Desk) -> None:
    chip = desk.powered()
    assert chip.read() == desk.card.image
    assert len(chip.read()) == chip.size


@every_chip
def test_writing_needs_an_accepted_code(desk: Desk) -> None:
    chip = desk.powered()
    with pytest.raises(Defect):
        chip.write(desk.card.image, [Span(0x20, b"\x00")])
    with pytest.raises(Defect):
        chip.set_code(WRONG, WRONG)


@every_chip
def test_only_bytes_that_differ_are_written(desk: Desk) -> None:
    chip = desk.unlocked()
    image = chip.read()
    desk.chip.arm(None)
    chip.write(image, [Span(0x40, b"\x01\xff\x02\x03\xff"), Span(0x30, b"\xff\x04")])
    assert desk.card.image[0x40:0x45] == b"\x01\xff\x02\x03\xff"
    assert desk.card.image[0x30:0x32] == b"\xff\x04"
    assert {place for place, count in enumerate(desk.chip.wear) if count} == {
        *(0x40, 0x42, 0x43, 0x31)
    }
    exchanges = desk.fault.exchanges
    chip.write(desk.card.image, [Span(0x40, b"\x01\xff\x02\x03\xff")])
    assert desk.fault.exchanges == exchanges
    assert sum(desk.chip.wear) == 4


@every_chip
def test_a_later_span_sees_what_an_earlier_one_wrote(desk: Desk) -> None:
    chip = desk.unlocked()
    chip.write(desk.card.image, [Span(0x40, b"\x01\x02"), Span(0x41, b"\xff\x03")])
    assert desk.card.image[0x40:0x43] == b"\x01\xff\x03"


@every_chip
@pytest.mark.parametrize(
    "span",
    [Span(0x00, b"\x00"), Span(0x1F, b"\x00\x00"), Span(0xFF, b"\x00\x00"), Span(0x100, b"\x00")],
    ids=lambda span: f"{span.address:02X}",
)
def test_spans_outside_the_free_memory_are_a_defect(desk: Desk, span: Span) -> None:
    chip = desk.unlocked()
    with pytest.raises(Defect):
        chip.write(desk.card.image, [Span(0x20, b"\x00"), span])
    assert not any(desk.chip.wear)
    with pytest.raises(Defect):
        chip.write(desk.card.image[:-1], [Span(0x20, b"\x00")])


@every_chip
def test_the_whole_free_memory_can_be_written(desk: Desk) -> None:
    chip = desk.unlocked()
    data = bytes((7 * place + 1) % 251 for place in range(0xE0))
    chip.write(desk.card.image, [Span(0x20, data)])
    assert desk.powered().read()[0x20:] == data


@every_chip
def test_a_write_that_was_ignored_is_found_out(desk: Desk) -> None:
    chip = desk.unlocked()
    image = chip.read()
    desk.chip.reset()
    with pytest.raises(WriteNotTaken) as failed:
        chip.write(image, [Span(0x40, b"\xff\x12"), Span(0x50, b"\x12")])
    assert failed.value.values["address"] == "41"


@every_chip
def test_an_older_image_does_not_pass_the_read_back(desk: Desk) -> None:
    chip = desk.unlocked()
    stale = chip.read()
    chip.write(stale, [Span(0x41, b"\x55")])
    with pytest.raises(WriteNotTaken):
        chip.write(stale, [Span(0x40, b"\x01\xff\x02")])


@counting_chip
def test_tries_are_counted_in_bits(desk: Desk) -> None:
    for tries in (3, 2, 1, 0):
        desk.spoil(tries)
        assert desk.powered().tries_left() == tries
    desk.chip.security[0] = 0b101
    assert desk.powered().tries_left() == 2


@every_chip
def test_an_untouched_card_takes_its_code(desk: Desk) -> None:
    assert desk.powered().tries_left() in (3, None)
    desk.unlocked()
    assert desk.chip.verified
    with pytest.raises(Defect):
        desk.powered().unlock(b"\xff\xff")


@every_chip
def test_a_code_is_presented_once_per_link(desk: Desk) -> None:
    chip = desk.unlocked()
    with pytest.raises(Defect):
        chip.unlock(desk.driver.blank_code)
    chip = desk.powered()
    with pytest.raises(CodeRefused):
        chip.unlock(WRONG)
    with pytest.raises(Defect):
        chip.unlock(desk.driver.blank_code)
    with pytest.raises(Defect):
        chip.write(desk.card.image, [Span(0x20, b"\x00")])
    assert desk.chip.security[0] == 3


@every_chip
def test_a_wrong_code_says_how_many_tries_are_left(desk: Desk) -> None:
    with pytest.raises(CodeRefused) as refused:
        desk.powered().unlock(WRONG)
    assert refused.value.values["tries_left"] == 2


@counting_chip
@pytest.mark.parametrize(
    ("tries", "last_tries", "allowed"),
    [
        (3, False, True),
        (3, True, True),
        (2, False, False),
        (2, True, True),
        (1, False, False),
        (1, True, False),
    ],
)
def test_when_a_code_may_be_presented(
    desk: Desk, tries: int, last_tries: bool, allowed: bool
) -> None:
    desk.spoil(tries)
    chip = desk.powered()
    if allowed:
        chip.unlock(desk.driver.blank_code, last_tries=last_tries)
        assert desk.chip.security[0] == 7
        return
    with pytest.raises(Refusal) as refused:
        chip.unlock(desk.driver.blank_code, last_tries=last_tries)
    assert refused.value.code == "code_tries_low"
    assert refused.value.values["tries_left"] == tries
    assert desk.chip.security[0].bit_count() == tries


@every_chip
def test_an_unknown_counter_is_trusted_only_without_a_torn_attempt(desk: Desk) -> None:
    chip = desk.powered()
    if chip.tries_left() is not None:
        return
    with pytest.raises(Refusal):
        chip.unlock(desk.driver.blank_code, last_tries=True)
    assert desk.chip.security[0] == 7
    chip.unlock(desk.driver.blank_code)


@every_chip
@pytest.mark.parametrize("last_tries", [False, True])
def test_a_locked_card_stays_locked(desk: Desk, last_tries: bool) -> None:
    desk.spoil(0)
    chip = desk.powered()
    unreadable = chip.tries_left() is None and last_tries
    with pytest.raises(Refusal if unreadable else CodeLocked):
        chip.unlock(desk.driver.blank_code, last_tries=last_tries)


@every_chip
def test_a_torn_attempt_leaves_two_tries_and_one_retry_restores_them(desk: Desk) -> None:
    chip = desk.powered()
    desk.chip.arm(Tear(2))
    with pytest.raises(CardRemoved):
        chip.unlock(desk.driver.blank_code)
    assert desk.chip.security[0] == 3
    again = desk.powered()
    if again.tries_left() == 2:
        again.unlock(desk.driver.blank_code, last_tries=True)
        assert desk.chip.security[0] == 7


@every_chip
def test_a_card_pulled_during_a_write_is_removed(desk: Desk) -> None:
    chip = desk.unlocked()
    desk.chip.arm(PullAfter(2))
    with pytest.raises(CardRemoved):
        chip.write(desk.card.image, [Span(0x20, b"\x01\x02\x03")])
    assert desk.powered().read()[0x20:0x23] == b"\x01\x02\xff"


@every_chip
def test_issuing_gives_the_card_its_own_code(desk: Desk) -> None:
    own = b"\x5a\x01\xfe"
    desk.unlocked().set_code(desk.driver.blank_code, own)
    chip = desk.powered()
    chip.unlock(own)
    chip.write(desk.card.image, [Span(0x20, b"\x01")])
    with pytest.raises(CodeRefused):
        desk.powered().unlock(desk.driver.blank_code)
