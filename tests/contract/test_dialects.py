"""Every registered dialect keeps the port's promises over the firmware it was made for."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import drivers.readers
from cardstation.domain.card import Span
from cardstation.errors import (
    CodeLocked,
    CodeRefused,
    LinkFailed,
    ReaderCannotMemory,
)
from cardstation.ports.reader import Link, MemoryDialect
from drivers.readers import DIALECTS, dialect_for
from drivers.virtual import VirtualCard, VirtualReader

FIRMWARES = {"acs": ("acs", "acs-old"), "omnikey": ("omnikey",)}
PAIRS = [(dialect.name, firmware) for dialect in DIALECTS for firmware in FIRMWARES[dialect.name]]
BLANK, WRONG = b"\xff\xff\xff", b"\x11\x22\x33"
every_dialect = pytest.mark.parametrize(("chosen", "firmware"), PAIRS)


def opened(chosen: str, firmware: str, card: VirtualCard | None = None) -> Link:
    reader = VirtualReader("desk", firmware, chosen=chosen)
    reader.insert(card or VirtualCard())
    presence = reader.wait_card(0)
    assert presence is not None
    link = reader.open(presence)
    assert link.dialect is dialect_for("", chosen)
    return link


def test_no_dialect_is_forgotten() -> None:
    modules = ("drivers.readers.acs", "drivers.readers.omnikey")
    listed = {module.name for module in pkgutil.iter_modules(drivers.readers.__path__)}
    assert {name.rpartition(".")[2] for name in modules} <= listed
    found = {
        member
        for name in listed
        if not name.startswith("pcsc")
        for _, member in inspect.getmembers(
            importlib.import_module(f"drivers.readers.{name}"), inspect.isclass
        )
        if hasattr(member, "present_code") and member is not MemoryDialect
    }
    assert found == {type(dialect) for dialect in DIALECTS}


@every_dialect
@pytest.mark.parametrize(("address", "length"), [(0, 256), (0, 1), (0x7F, 2), (0xFF, 1), (3, 200)])
def test_reading(chosen: str, firmware: str, address: int, length: int) -> None:
    card = VirtualCard()
    card.chip.main[4:] = bytes(range(4, 256))
    link = opened(chosen, firmware, card)
    link.dialect.select_sle4442(link)
    assert link.dialect.read(link, address, length) == card.image[address : address + length]


@every_dialect
def test_writing_is_silent_without_and_real_with_the_code(chosen: str, firmware: str) -> None:
    link = opened(chosen, firmware)
    link.dialect.select_sle4442(link)
    link.dialect.write(link, Span(0x20, b"\x01\x02"))
    assert link.dialect.read(link, 0x20, 2) == b"\xff\xff"
    link.dialect.present_code(link, BLANK)
    link.dialect.write(link, Span(0x20, b"\x01\x02"))
    assert link.dialect.read(link, 0x20, 2) == b"\x01\x02"


@every_dialect
def test_wrong_codes_down_to_the_lock(chosen: str, firmware: str) -> None:
    card = VirtualCard()
    link = opened(chosen, firmware, card)
    link.dialect.select_sle4442(link)
    for left in (2, 1):
        with pytest.raises(CodeRefused) as refused:
            link.dialect.present_code(link, WRONG)
        assert refused.value.values["tries_left"] == left
        assert link.dialect.error_counter(link) in (card.chip.security[0], None)
    for code in (WRONG, BLANK):
        with pytest.raises(CodeLocked):
            link.dialect.present_code(link, code)
    assert card.chip.security[0] == 0


@every_dialect
def test_a_success_fills_the_counter(chosen: str, firmware: str) -> None:
    card = VirtualCard()
    link = opened(chosen, firmware, card)
    link.dialect.select_sle4442(link)
    with pytest.raises(CodeRefused):
        link.dialect.present_code(link, WRONG)
    link.dialect.present_code(link, BLANK)
    assert card.chip.security[0] == 7
    link.dialect.change_code(link, BLANK, b"abc")
    assert card.chip.security == b"\x07abc"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_reader_without_memory_commands_is_told_apart(dialect: MemoryDialect) -> None:
    link = opened(dialect.name, "cpu-only")
    with pytest.raises(ReaderCannotMemory):
        dialect.select_sle4442(link)
    with pytest.raises(ReaderCannotMemory):
        dialect.read(link, 0, 8)


def test_the_wrong_dialect_for_an_omnikey_stops_before_any_code() -> None:
    card = VirtualCard()
    link = opened("acs", "omnikey", card)
    link.dialect.select_sle4442(link)
    with pytest.raises(ReaderCannotMemory):
        link.dialect.error_counter(link)
    with pytest.raises(CodeLocked):
        link.dialect.present_code(link, BLANK)
    assert card.chip.security[0] == 7


@pytest.mark.parametrize("code", [BLANK, WRONG])
def test_the_wrong_dialect_for_an_acs_reader_takes_nothing_for_success(code: bytes) -> None:
    link = opened("omnikey", "acs")
    link.dialect.select_sle4442(link)
    with pytest.raises(LinkFailed):
        link.dialect.present_code(link, code)
