"""Every registered chip keeps the port's promises, behind every firmware that can carry it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import drivers.chips
from cardstation.domain.card import Span, Witness, judge
from cardstation.errors import (
    CardRemoved,
    CodeLocked,
    CodeRefused,
    Defect,
    ReaderCannotMemory,
    Refusal,
    WriteNotTaken,
)
from cardstation.logs import TRAFFIC
from cardstation.ports.chip import ChipDriver
from drivers.chips import CHIPS
from drivers.readers import DIALECTS
from drivers.virtual import VIRTUAL_CHIPS, Tear, every_tear, new_chip
from tests.kit.chips import CASES, ChipDesk, case_name
from tests.kit.scripted import ScriptedLink

every_chip = pytest.mark.parametrize("desk", CASES, ids=case_name, indirect=True)
CODED = [case for case in CASES if case[0].blank_code]
coded_chip = pytest.mark.parametrize("desk", CODED, ids=case_name, indirect=True)


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> ChipDesk:
    return ChipDesk(*request.param)


def counts(desk: ChipDesk) -> bool:
    """The chip counts wrong codes, and this reader can tell."""
    return desk.powered().tries_left() not in (None, 1)


def test_no_driver_is_forgotten() -> None:
    found = {
        member
        for module in pkgutil.iter_modules(drivers.chips.__path__, "drivers.chips.")
        for _, member in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if hasattr(member, "recognises") and member is not ChipDriver
    }
    assert found == {type(driver) for driver in CHIPS}
    assert len({driver.name for driver in CHIPS}) == len(CHIPS)


def test_every_driver_has_a_twin_and_a_firmware_to_be_tested_behind() -> None:
    assert {driver.name for driver in CHIPS} == VIRTUAL_CHIPS.keys()
    assert {case[0].name for case in CASES} == VIRTUAL_CHIPS.keys()
    assert all(driver.title and driver.title.isprintable() for driver in CHIPS)


@every_chip
def test_it_recognises_its_answer_to_reset_and_no_other(desk: ChipDesk) -> None:
    desk.reader.insert(desk.card)
    atr = desk.presence().atr
    assert desk.driver.recognises(atr)
    telling = [one for one in CHIPS if one.recognises(new_chip(one.name).atr)]
    assert telling == list(CHIPS)
    for other in ("", "3B6C00021302863818", "A2131091", "3B00"):
        assert not desk.driver.recognises(bytes.fromhex(other))


@pytest.mark.parametrize("driver", CHIPS, ids=lambda driver: driver.name)
def test_a_reader_that_does_not_carry_the_chip_is_asked_nothing(driver: ChipDriver) -> None:
    for dialect in DIALECTS:
        if dialect.name in driver.spoken:
            continue
        with pytest.raises(ReaderCannotMemory) as stop:
            driver.attach(ScriptedLink(dialect=dialect.name))
        assert stop.value.code == "reader_cannot_chip"


@every_chip
def test_reading_needs_no_code_of_the_cards_own(desk: ChipDesk) -> None:
    chip = desk.powered()
    assert chip.read() == desk.card.image
    assert len(chip.read()) == chip.size


@every_chip
def test_writing_needs_an_accepted_code(desk: ChipDesk) -> None:
    chip = desk.powered()
    with pytest.raises(Defect):
        chip.write(desk.card.image, [Span(chip.writable[0].start, b"\x00")])
    with pytest.raises(Defect):
        chip.set_code(desk.wrong, desk.wrong)


@every_chip
def test_only_what_differs_is_written(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    at, image = chip.writable[-1].start, chip.read()
    data = image[at : at + 1] + bytes(byte ^ 0x3C for byte in image[at + 1 : at + 4])
    wear = list(desk.chip.wear)
    chip.write(image, [Span(at, data)])
    assert desk.card.image[at : at + 4] == data
    worn = sum(one - other for one, other in zip(desk.chip.wear, wear, strict=True))
    assert worn <= (3 if not chip.smears else max(map(len, chip.smears)))
    exchanges, wear = desk.fault.exchanges, list(desk.chip.wear)
    chip.write(desk.card.image, [Span(at, data)])
    assert (desk.fault.exchanges, desk.chip.wear) == (exchanges, wear)


@every_chip
def test_a_later_span_sees_what_an_earlier_one_wrote(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    at, image = chip.writable[-1].start, chip.read()
    first = bytes(byte ^ 0x11 for byte in image[at : at + 2])
    chip.write(image, [Span(at, first), Span(at + 1, image[at + 1 : at + 2] + b"\x03")])
    assert desk.card.image[at : at + 3] == first[:1] + image[at + 1 : at + 2] + b"\x03"


@every_chip
def test_spans_outside_the_free_memory_are_a_defect(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    image, wear = chip.read(), list(desk.chip.wear)
    inside = Span(chip.writable[-1].start, b"\x00")
    for part in chip.writable:
        outside = [Span(part.stop - 1, b"\x00\x00"), Span(part.stop, b"\x00")]
        if part.start:
            outside += [Span(part.start - 1, b"\x00"), Span(part.start - 1, b"\x00\x00")]
        for span in outside:
            if any(one.start <= span.address and span.end <= one.stop for one in chip.writable):
                continue
            with pytest.raises(Defect):
                chip.write(image, [inside, span])
    with pytest.raises(Defect):
        chip.write(image[:-1], [inside])
    assert desk.chip.wear == wear


@every_chip
def test_the_whole_free_memory_can_be_written(desk: ChipDesk) -> None:
    chip, wanted = desk.unlocked(), bytearray(desk.card.image)
    spans = [
        Span(part.start, bytes((7 * place + 1) % 251 for place in part)) for part in chip.writable
    ]
    for span in spans:
        wanted[span.address : span.end] = span.data
    chip.write(desk.card.image, spans)
    assert desk.powered().read() == wanted


@every_chip
def test_a_write_that_was_ignored_is_found_out(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    at, image = chip.writable[-1].start, chip.read()
    desk.deaf = True
    with pytest.raises(WriteNotTaken):
        chip.write(image, [Span(at, bytes(byte ^ 0x42 for byte in image[at : at + 2]))])


@coded_chip
def test_a_card_that_was_powered_anew_takes_nothing(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    at, image = chip.writable[-1].start, chip.read()
    desk.chip.reset()
    data = bytes(byte ^ 0x42 for byte in image[at : at + 2])
    try:
        chip.write(image, [Span(at, data)])
    except WriteNotTaken:
        assert desk.card.image == image
    else:  # a key that lies in the reader opens a sector again
        assert desk.card.image[at : at + 2] == data


@every_chip
def test_an_untouched_card_takes_its_code(desk: ChipDesk) -> None:
    chip = desk.powered()
    assert chip.tries_left() in (chip.all_tries, None)
    desk.unlocked()
    with pytest.raises(Defect):
        desk.powered().unlock(desk.code + b"\xff")


@coded_chip
def test_tries_are_counted_down_to_the_lock(desk: ChipDesk) -> None:
    if not counts(desk):
        return
    for tries in range(desk.powered().all_tries, -1, -1):
        desk.spoil(tries)
        assert desk.powered().tries_left() == tries


@coded_chip
def test_a_code_is_presented_once_per_link(desk: ChipDesk) -> None:
    chip = desk.unlocked()
    with pytest.raises(Defect):
        chip.unlock(desk.code)
    chip = desk.powered()
    with pytest.raises(CodeRefused):
        chip.unlock(desk.wrong)
    with pytest.raises(Defect):
        chip.unlock(desk.code)
    with pytest.raises(Defect):
        chip.write(desk.card.image, [Span(chip.writable[0].start, b"\x00")])


@coded_chip
def test_a_wrong_code_says_how_many_tries_are_left(desk: ChipDesk) -> None:
    every = desk.powered().all_tries
    with pytest.raises(CodeRefused) as refused:
        desk.powered().unlock(desk.wrong)
    assert refused.value.values["tries_left"] == (every - 1 or 1)


@coded_chip
@pytest.mark.parametrize("last_tries", [False, True])
def test_when_a_code_may_be_presented(desk: ChipDesk, last_tries: bool) -> None:
    if not counts(desk):
        return
    every = desk.powered().all_tries
    for tries in range(every, 0, -1):
        desk.spoil(tries)
        chip = desk.powered()
        if tries == every:
            chip.unlock(desk.code, last_tries=last_tries)
            assert desk.chip.tries == every
        elif tries == every - 1 and last_tries:
            chip.unlock(desk.code, last_tries=True)
            assert desk.chip.tries == every
            desk.spoil(tries)
        else:
            with pytest.raises(Refusal) as refused:
                chip.unlock(desk.code, last_tries=last_tries)
            assert refused.value.code == "code_tries_low"
            assert refused.value.values["tries_left"] == tries == desk.chip.tries


@every_chip
def test_an_unknown_counter_is_trusted_only_without_a_torn_attempt(desk: ChipDesk) -> None:
    chip = desk.powered()
    if chip.tries_left() is not None:
        return
    with pytest.raises(Refusal):
        chip.unlock(desk.code, last_tries=True)
    assert desk.chip.tries == chip.all_tries
    chip.unlock(desk.code)


@coded_chip
@pytest.mark.parametrize("last_tries", [False, True])
def test_a_locked_card_stays_locked(desk: ChipDesk, last_tries: bool) -> None:
    if desk.powered().all_tries == 1:
        return
    desk.spoil(0)
    chip = desk.powered()
    unreadable = chip.tries_left() is None and last_tries
    with pytest.raises(Refusal if unreadable else CodeLocked):
        chip.unlock(desk.code, last_tries=last_tries)


@coded_chip
def test_a_torn_attempt_costs_one_try_and_one_retry_restores_it(desk: ChipDesk) -> None:
    if not counts(desk):
        return
    chip = desk.powered()
    desk.chip.arm(Tear(2))
    with pytest.raises(CardRemoved):
        chip.unlock(desk.code)
    assert desk.chip.tries == chip.all_tries - 1
    desk.powered().unlock(desk.code, last_tries=True)
    assert desk.chip.tries == chip.all_tries


@every_chip
def test_a_write_torn_at_every_sub_step_is_known_for_ours_and_can_be_finished(
    desk: ChipDesk,
) -> None:
    chip = desk.unlocked()
    at, before = chip.writable[-1].start, chip.read()
    spans = [Span(at, bytes(byte ^ 0xA5 for byte in before[at : at + 3]))]
    spans += [Span(at + 8, b"\x10\x00")]
    plan = bytearray(before)
    for span in spans:
        plan[span.address : span.end] = span.data
    memories = {name: bytes(cells) for name, cells in desk.chip.memories.items()}
    desk.chip.arm(None)
    chip.write(before, spans)
    seen, steps = set(), desk.chip.steps
    for tear in every_tear(steps, seeds=(1, 2)):
        for name, cells in memories.items():
            desk.chip.memories[name][:] = cells
        chip = desk.unlocked()
        desk.chip.arm(tear)
        with pytest.raises(CardRemoved):
            chip.write(before, spans)
        desk.chip.arm(None)
        image = desk.unlocked().read()
        seen.add(judge(before, bytes(plan), chip.writable, image, chip.smears))
        chip = desk.unlocked()
        chip.write(chip.read(), spans)
        after = desk.powered().read()
        assert all(after[span.address : span.end] == span.data for span in spans)
    assert seen == {Witness.BEFORE, Witness.TORN, Witness.TARGET}


@coded_chip
def test_issuing_gives_the_card_its_own_code(desk: ChipDesk) -> None:
    own = bytes((0x5A + 37 * place) % 256 for place in range(len(desk.code)))
    desk.unlocked().set_code(desk.code, own)
    chip = desk.powered()
    chip.unlock(own)
    at = chip.writable[-1].start
    chip.write(chip.read(), [Span(at, b"\x01")])
    assert desk.card.image[at] == 1
    with pytest.raises(CodeRefused):
        desk.powered().unlock(desk.code)


@every_chip
def test_no_byte_of_a_code_is_ever_logged(desk: ChipDesk, caplog: pytest.LogCaptureFixture) -> None:
    """What the card opens with, what it gets, and a wrong one, whatever is done with it."""
    own = bytes(0xC1 + place for place in range(len(desk.code)))
    old = bytes(0xB4 + place for place in range(len(desk.code)))
    if desk.code:
        desk.unlocked().set_code(desk.code, old)
    desk.code, desk.wrong = old, bytes(0xE1 + place for place in range(len(old)))
    desk.traced = True
    with caplog.at_level(TRAFFIC, "drivers.readers.wrappers"):
        chip = desk.unlocked()
        chip.tries_left()
        at = chip.writable[-1].start
        chip.write(chip.read(), [Span(at, b"\x12\x34")])
        if old:
            chip.set_code(old, own)
            with pytest.raises(CodeRefused):
                desk.powered().unlock(desk.wrong)
        desk.powered().read()
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "12 34" in said
    for code in (own, old, desk.wrong):
        for place in range(len(code) - 1):
            assert code[place : place + 2].hex(" ").upper() not in said
