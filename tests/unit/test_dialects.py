"""Dialects, exchange by exchange: what is sent, and what each answer means."""

from __future__ import annotations

import pytest

from cardstation.domain.card import Span
from cardstation.errors import (
    CardRemoved,
    CardStationError,
    CodeLocked,
    CodeRefused,
    Defect,
    LinkFailed,
    ReaderCannotMemory,
    Refusal,
    WriteNotTaken,
)
from drivers.chips import sle4428
from drivers.chips.sle4442 import SPOKEN
from drivers.readers import dialect_for
from tests.kit.scripted import ScriptedLink

CODE = bytes.fromhex("A1B2C3")
PRESENT = "FF20000003A1B2C3"


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        ("9007", None, None),
        ("9000", CodeLocked, None),
        ("9003", CodeRefused, 2),
        ("9005", CodeRefused, 2),
        ("9006", CodeRefused, 2),
        ("9001", CodeRefused, 1),
        ("9004", CodeRefused, 1),
        ("07A1B2C39000", None, None),
        ("03A1B2C39000", CodeRefused, 2),
        ("00A1B2C39000", CodeLocked, None),
        ("90FF", LinkFailed, None),
        ("9008", LinkFailed, None),
        ("6300", LinkFailed, None),
        ("6F00", LinkFailed, None),
        ("63C2", LinkFailed, None),
        ("6D00", ReaderCannotMemory, None),
        ("", LinkFailed, None),
    ],
)
def test_acs_present_code(
    answer: str, error: type[CardStationError] | None, tries: int | None
) -> None:
    check_present("acs", answer, error, tries)


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        ("9000", None, None),
        ("63C2", CodeRefused, 2),
        ("63C1", CodeRefused, 1),
        ("63C0", CodeLocked, None),
        ("6300", LinkFailed, None),
        ("9007", LinkFailed, None),
        ("9003", LinkFailed, None),
        ("6983", LinkFailed, None),
        ("6A81", ReaderCannotMemory, None),
    ],
)
def test_omnikey_present_code(
    answer: str, error: type[CardStationError] | None, tries: int | None
) -> None:
    check_present("omnikey", answer, error, tries)


def check_present(
    dialect: str, answer: str, error: type[CardStationError] | None, tries: int | None
) -> None:
    link = ScriptedLink((PRESENT, answer), dialect=dialect)
    if error is None:
        SPOKEN[link.dialect].present_code(link, CODE)
        return
    with pytest.raises(error) as failed:
        SPOKEN[link.dialect].present_code(link, CODE)
    assert failed.type is error
    assert failed.value.values.get("tries_left") == tries
    said = f"{failed.value} {failed.value.values}".upper()
    assert "A1B2C3" not in said


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("6300", LinkFailed),
        ("6581", WriteNotTaken),
        ("6700", ReaderCannotMemory),
        ("6800", ReaderCannotMemory),
        ("6881", ReaderCannotMemory),
        ("6882", ReaderCannotMemory),
        ("6901", ReaderCannotMemory),
        ("6981", ReaderCannotMemory),
        ("6982", LinkFailed),
        ("6983", LinkFailed),
        ("6985", LinkFailed),
        ("6A80", ReaderCannotMemory),
        ("6A81", ReaderCannotMemory),
        ("6A82", ReaderCannotMemory),
        ("6A86", ReaderCannotMemory),
        ("6B00", ReaderCannotMemory),
        ("6C04", ReaderCannotMemory),
        ("6D00", ReaderCannotMemory),
        ("6E00", ReaderCannotMemory),
        ("6E81", CardRemoved),
        ("6F00", LinkFailed),
        ("9007", LinkFailed),
        ("1234", LinkFailed),
        ("90", LinkFailed),
    ],
)
@pytest.mark.parametrize("dialect", ["acs", "omnikey"])
def test_status_words_of_memory_commands(
    dialect: str, word: str, error: type[CardStationError]
) -> None:
    link = ScriptedLink(("FFA400000106", word), dialect=dialect)
    with pytest.raises(error) as failed:
        SPOKEN[link.dialect].select(link)
    assert failed.type is error
    assert failed.value.values["reader"] == "scripted"


def test_acs_reads_in_halves_and_takes_both_forms() -> None:
    first, second = bytes(range(128)), bytes(range(128, 256))
    for extra in ("", "00FF1FF8"):
        link = ScriptedLink(
            ("FFB0000080", first.hex() + extra + "9000"),
            ("FFB0008080", second.hex() + extra + "9000"),
        )
        assert SPOKEN[link.dialect].read(link, 0, 256) == bytes(range(256))
        assert not link.left


@pytest.mark.parametrize("answer", ["9000", "129000", "1234569000", "12340000000000009000"])
def test_acs_an_answer_of_wrong_length_is_no_data(answer: str) -> None:
    link = ScriptedLink(("FFB0002002", answer))
    with pytest.raises(LinkFailed):
        SPOKEN[link.dialect].read(link, 0x20, 2)


def test_omnikey_reads() -> None:
    link = ScriptedLink(("FFB0000000", bytes(256).hex() + "9000"), dialect="omnikey")
    assert SPOKEN[link.dialect].read(link, 0, 256) == bytes(256)
    link = ScriptedLink(("FFB0002002", "129000"), dialect="omnikey")
    with pytest.raises(LinkFailed):
        SPOKEN[link.dialect].read(link, 0x20, 2)
    with pytest.raises(Defect):
        SPOKEN[link.dialect].read(link, 0, 257)


@pytest.mark.parametrize(("dialect", "command"), [("acs", "FFD0"), ("omnikey", "FFD6")])
def test_writes(dialect: str, command: str) -> None:
    link = ScriptedLink((f"{command}0020021234", "9000"), dialect=dialect)
    SPOKEN[link.dialect].write(link, Span(0x20, b"\x12\x34"))
    assert not link.left
    with pytest.raises(Defect):
        SPOKEN[link.dialect].write(link, Span(0x20, b""))


def test_error_counters() -> None:
    link = ScriptedLink(("FFB1000004", "03A1B2C39000"))
    assert SPOKEN[link.dialect].error_counter(link) == 3
    link = ScriptedLink(("FFB1000004", "6700"), ("FFB1000000", "070000009000"))
    assert SPOKEN[link.dialect].error_counter(link) == 7
    link = ScriptedLink(("FFB1000004", "6C04"), ("FFB1000000", "070000009000"))
    assert SPOKEN[link.dialect].error_counter(link) == 7
    link = ScriptedLink(dialect="omnikey")
    assert SPOKEN[link.dialect].error_counter(link) is None


@pytest.mark.parametrize("answer", ["9000", "F7A1B2C39000", "6300"])
def test_an_unclear_counter_is_no_counter(answer: str) -> None:
    link = ScriptedLink(("FFB1000004", answer))
    with pytest.raises(LinkFailed) as failed:
        SPOKEN[link.dialect].error_counter(link)
    assert "A1B2C3" not in f"{failed.value} {failed.value.values}".upper()


def test_changing_a_code() -> None:
    link = ScriptedLink(("FFD2000103010203", "9000"))
    SPOKEN[link.dialect].change_code(link, CODE, b"\x01\x02\x03")
    link = ScriptedLink(("FFD2000103010203", "6300"))
    with pytest.raises(LinkFailed):
        SPOKEN[link.dialect].change_code(link, CODE, b"\x01\x02\x03")
    link = ScriptedLink(("FF21000006A1B2C3010203", "9000"), dialect="omnikey")
    SPOKEN[link.dialect].change_code(link, CODE, b"\x01\x02\x03")
    link = ScriptedLink(("FF21000006A1B2C3010203", "63C1"), dialect="omnikey")
    with pytest.raises(CodeRefused):
        SPOKEN[link.dialect].change_code(link, CODE, b"\x01\x02\x03")
    for speech in SPOKEN.values():
        with pytest.raises(Defect):
            speech.change_code(link, CODE, b"\x01")


@pytest.mark.parametrize(
    ("reader", "chosen", "dialect"),
    [
        ("ACS ACR39U ICC Reader 00 00", "", "acs"),
        ("ACR38U-CCID", "", "acs"),
        ("HID Global OMNIKEY 3x21 Smart Card Reader 00 00", "", "omnikey"),
        ("OMNIKEY AG CardMan 3121 00 00", "", "omnikey"),
        ("Cherry GmbH SmartTerminal ST-1144 00 00", "", "omnikey"),
        ("CHERRY KC 1000 SC", "", "omnikey"),
        ("Virtual PCD 00 00", "", "acs"),
        ("Virtual PCD 00 01", "omnikey", "omnikey"),
        ("Some Maker Reader", "", "acs"),
        ("Macro Systems Orchid", "", "acs"),
        ("ACS ACR39U", "omnikey", "omnikey"),
        ("ACS ACR122U PICC Interface 00 00", "", "part3"),
        ("ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00", "", "acr1252"),
        ("ACS ACR1281 1S Dual Reader 00 01", "", "acs"),
        ("ACS ACR1281 1S Dual Reader PICC 00 00", "", "acr1252"),
        ("OMNIKEY CardMan 5x21-CL 0", "", "part3"),
        ("Identiv uTrust 3700 F CL Reader 0", "", "part3"),
    ],
)
def test_names_of_readers(reader: str, chosen: str, dialect: str) -> None:
    assert dialect_for(reader, chosen).name == dialect


def test_a_dialect_nobody_knows() -> None:
    with pytest.raises(Refusal) as refused:
        dialect_for("ACS", "klingon")
    assert refused.value.code == "dialect_unknown"
    assert refused.value.values == {"chosen": "klingon", "known": "acr1252, acs, omnikey, part3"}


def test_an_sle4428_is_read_in_sixteens_of_bits_and_presents_two_bytes() -> None:
    acs = sle4428.SPOKEN["acs"]
    link = ScriptedLink(
        ("FFA400000105", "9000"),
        ("FFB002F080", bytes(128).hex() + "9000"),
        ("FFB0037002", "12349000"),
        ("FFB1000003", "FF00009000"),
        ("FFD003200155", "9000"),
        ("FFD003FE020102", "9000"),
    )
    acs.select(link)
    assert acs.read(link, 0x2F0, 130) == bytes(128) + b"\x12\x34"
    assert acs.error_counter(link) == 0xFF
    acs.write(link, Span(0x320, b"\x55"))
    acs.change_code(link, b"\xff\xff", b"\x01\x02")
    assert not link.left


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        ("90FF", None, None),
        ("9000", CodeLocked, None),
        ("907F", CodeRefused, 7),
        ("9001", CodeRefused, 1),
        ("6300", LinkFailed, None),
        ("63C7", LinkFailed, None),
        ("6D00", ReaderCannotMemory, None),
    ],
)
def test_an_sle4428_counts_eight_tries(
    answer: str, error: type[CardStationError] | None, tries: int | None
) -> None:
    link = ScriptedLink(("FF20000002A1B2", answer))
    if error is None:
        sle4428.SPOKEN["acs"].present_code(link, CODE[:2])
        return
    with pytest.raises(error) as failed:
        sle4428.SPOKEN["acs"].present_code(link, CODE[:2])
    assert failed.type is error
    assert failed.value.values.get("tries_left") == tries
