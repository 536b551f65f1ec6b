from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardstation.errors import Defect, Refusal
from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import Block, Declaration, Derived, Owner, Place, Record, Rule, Step
from drivers.layouts.fields import Encoding, Field, FieldValue
from drivers.layouts.open4442 import CREDIT, DECLARATION

WORDS = ((0x56, "volume"), (0x4D, "money"))
BEIJING_DAY = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
BITS = ((0, "low_battery"), (7, "fault"))


@pytest.mark.parametrize(
    ("field", "value", "data"),
    [
        (Field("n", 0, 4, Encoding.UINT), 35_000, "000088B8"),
        (Field("n", 0, 3, Encoding.UINT), 0xFFFFFF, "FFFFFF"),
        (Field("n", 0, 4, Encoding.SINT), -320, "FFFFFEC0"),
        (Field("n", 0, 6, Encoding.BCD), "220104000017", "220104000017"),
        (Field("n", 0, 4, Encoding.TEXT), "QM1", "514D3120"),
        (Field("n", 0, 4, Encoding.TEXT), "", "20202020"),
        (Field("n", 0, 4, Encoding.TIME), datetime(2026, 11, 3, 9, 30, tzinfo=UTC), "6AE9A998"),
        (Field("n", 0, 2, Encoding.RAW), b"\x01\xfe", "01FE"),
        (Field("n", 0, 1, Encoding.CHOICE, WORDS), "money", "4D"),
        (Field("n", 0, 1, Encoding.FLAGS, BITS), frozenset({"fault", "low_battery"}), "81"),
        (Field("n", 0, 1, Encoding.FLAGS, BITS), frozenset(), "00"),
        (Field("n", 0, 4, Encoding.UINT, little=True), 35_000, "B8880000"),
        (Field("n", 0, 2, Encoding.UINT, scale=100, plus=500), 35_500, "015E"),
        (Field("n", 0, 2, Encoding.SINT, little=True, scale=10), -320, "E0FF"),
        (Field("n", 0, 2, Encoding.DECIMAL), 51, "0051"),
        (Field("n", 0, 2, Encoding.DECIMAL, little=True, scale=1000), 51_000, "5100"),
        (Field("n", 0, 5, Encoding.NUMERAL, digits=12), "220104000017", "333F388211"),
        (Field("n", 0, 8, Encoding.PACKED), "QM1799609893", "AC5A339A2BF239D4"),
        (Field("n", 0, 2, Encoding.PACKED), "", "0000"),
        (Field("n", 0, 3, Encoding.DATE, pattern="YYMMDD"), BEIJING_DAY, "261103"),
        (Field("n", 0, 3, Encoding.TIME, scale=60, plus=1_577_836_800), MORNING, "36E57A"),
        (Field("n", 0, 2, Encoding.MARK, fixed=b"\x68\x16"), b"\x68\x16", "6816"),
        (Field("n", 0, 1, Encoding.UINT, bits=(4, 3)), 5, "50"),
        (Field("n", 0, 2, Encoding.CHOICE, WORDS, bits=(2, 7), little=True), "money", "3401"),
    ],
)
def test_a_value_and_its_bytes(field: Field, value: FieldValue, data: str) -> None:
    assert field.encode(value) == bytes.fromhex(data)
    assert field.decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("n", 0, 1, Encoding.UINT), 256),
        (Field("n", 0, 1, Encoding.UINT), -1),
        (Field("n", 0, 1, Encoding.SINT), 128),
        (Field("n", 0, 2, Encoding.BCD), "123"),
        (Field("n", 0, 2, Encoding.BCD), "12a4"),
        (Field("n", 0, 2, Encoding.BCD), "１２３４"),
        (Field("n", 0, 2, Encoding.TEXT), "abc"),
        (Field("n", 0, 4, Encoding.TEXT), "表"),
        (Field("n", 0, 4, Encoding.TEXT), "a "),
        (Field("n", 0, 4, Encoding.TEXT), "a\n"),
        (Field("n", 0, 4, Encoding.TIME), datetime(1960, 1, 1, tzinfo=UTC)),
        (Field("n", 0, 1, Encoding.CHOICE, WORDS), "heat"),
        (Field("n", 0, 1, Encoding.FLAGS, BITS), frozenset({"rust"})),
        (Field("n", 0, 2, Encoding.UINT, scale=100), 35_050),
        (Field("n", 0, 1, Encoding.DECIMAL), 100),
        (Field("n", 0, 5, Encoding.NUMERAL, digits=12), "22010400001"),
        (Field("n", 0, 2, Encoding.PACKED), "abc"),
        (Field("n", 0, 2, Encoding.PACKED), "ABCD"),
        (Field("n", 0, 1, Encoding.MARK, fixed=b"\x68"), b"\x16"),
        (Field("n", 0, 1, Encoding.UINT, bits=(4, 3)), 8),
    ],
)
def test_what_does_not_fit_is_refused_by_name(field: Field, value: FieldValue) -> None:
    with pytest.raises(Refusal, match="field_does_not_fit") as refusal:
        field.encode(value)
    assert refusal.value.values == {"field": "n"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field("n", 0, 1, Encoding.UINT), "7"),
        (Field("n", 0, 2, Encoding.RAW), b"\x01"),
        (Field("n", 0, 4, Encoding.TIME), datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)
def test_a_value_of_another_kind_is_our_fault(field: Field, value: FieldValue) -> None:
    with pytest.raises(Defect):
        field.encode(value)


@pytest.mark.parametrize(
    ("field", "data"),
    [
        (Field("n", 0, 1, Encoding.BCD), "1A"),
        (Field("n", 0, 2, Encoding.TEXT), "41FF"),
        (Field("n", 0, 1, Encoding.CHOICE, WORDS), "FF"),
        (Field("n", 0, 1, Encoding.FLAGS, BITS), "02"),
        (Field("n", 0, 1, Encoding.DECIMAL), "0A"),
        (Field("n", 0, 2, Encoding.PACKED), "FFFF"),
        (Field("n", 0, 5, Encoding.NUMERAL, digits=12), "FFFFFFFFFF"),
        (Field("n", 0, 3, Encoding.DATE, pattern="YYMMDD"), "261332"),
        (Field("n", 0, 3, Encoding.DATE, pattern="YYMMDD"), "FFFFFF"),
        (Field("n", 0, 1, Encoding.MARK, fixed=b"\x68"), "69"),
    ],
)
def test_bytes_that_mean_nothing(field: Field, data: str) -> None:
    assert field.decode(bytes.fromhex(data)) is None


@given(number=st.integers(-(2**31), 2**31 - 1), digits=st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_numbers_and_digits_come_back(number: int, digits: str) -> None:
    signed, bcd = Field("n", 0, 4, Encoding.SINT), Field("n", 0, 7, Encoding.BCD)
    assert signed.decode(signed.encode(number)) == number
    assert bcd.decode(bcd.encode(digits)) == digits


def test_a_time_of_any_zone_is_kept_as_its_second() -> None:
    field = Field("n", 0, 4, Encoding.TIME)
    there = datetime(2026, 11, 3, 17, 30, 0, 999, tzinfo=timezone(timedelta(hours=8)))
    assert field.decode(field.encode(there)) == datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def _crc16_by_bits(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
        register &= 0xFFFF
    return register


def test_check_values() -> None:
    """CRC-16/CCITT-FALSE of 123456789 is 29B1 in every catalogue of CRCs."""
    nine = b"123456789"
    whole = ((0, 9),)
    assert Check(CheckKind.CRC16, 9, whole).value(nine).hex() == "29b1"
    assert Check(CheckKind.SUM8, 9, whole).value(nine).hex() == "dd"
    assert Check(CheckKind.XOR8, 9, whole).value(nine).hex() == "31"
    assert Check(CheckKind.SUM16, 9, whole).value(nine).hex() == "01dd"
    assert Check(CheckKind.CRC16_MODBUS, 9, whole).value(nine).hex() == "4b37"
    assert Check(CheckKind.CRC16_MODBUS, 9, whole, little=True).value(nine).hex() == "374b"
    assert Check(CheckKind.CRC8, 9, whole).value(nine).hex() == "f4"
    assert Check(CheckKind.CRC8_MAXIM, 9, whole).value(nine).hex() == "a1"
    assert Check(CheckKind.COPY, 9, ((7, 9),)).value(nine) == b"89"
    assert Check(CheckKind.INVERSE, 9, ((0, 1),)).value(nine) == b"\xce"
    assert Check(CheckKind.NONE, 9, ()).width == 0


def test_a_check_value_that_was_never_written_never_holds() -> None:
    check = Check(CheckKind.CRC16_SET, 2, ((0, 2),))
    seen = [check.value(number.to_bytes(2)) for number in range(65_536)]
    assert b"\xff\xff" not in seen
    assert seen.count(bytes(2)) == 2


def test_fields_of_bits_share_every_bit_once() -> None:
    none = Check(CheckKind.NONE, 1, ())
    low = Field("low", 0, 1, Encoding.UINT, bits=(0, 3))
    high = Field("high", 0, 1, Encoding.UINT, bits=(3, 5))
    block = Block("b", 1, (low, high), none)
    assert block.encode({"low": 5, "high": 17}) == bytes([17 << 3 | 5])
    record = block.decode(bytes([17 << 3 | 5]))
    assert record is not None
    assert (record.number("low"), record.number("high")) == (5, 17)
    for wrong in ((3, 4), (2, 6)):
        with pytest.raises(Defect, match="every bit once"):
            Block("b", 1, (low, replace(high, bits=wrong)), none)


def test_what_follows_from_others_is_made_and_held() -> None:
    fields = tuple(Field(name, at, 1, Encoding.UINT) for at, name in enumerate("abcd"))
    derived = (
        Derived("c", Rule.SUM, ("a", "b")),
        Derived("d", Rule.DIFFERENCE, ("c", "b")),
    )
    block = Block("b", 4, fields, Check(CheckKind.NONE, 4, ()), derived=derived)
    assert block.encode({"a": 3, "b": 4}) == b"\x03\x04\x07\x03"
    assert block.decode(b"\x03\x04\x07\x03") is not None
    assert block.decode(b"\x03\x04\x08\x03") is None
    same = Block(
        "s", 2, fields[:2], Check(CheckKind.NONE, 2, ()), derived=(Derived("b", Rule.SAME, ("a",)),)
    )
    assert same.encode({"a": 9}) == b"\x09\x09"


@given(st.binary(min_size=24, max_size=24))
def test_the_slots_check_covers_all_but_itself(data: bytes) -> None:
    assert int.from_bytes(CREDIT.check.value(data)) == _crc16_by_bits(data[:21] + data[23:])


@given(st.binary(min_size=24, max_size=24), st.integers(0, 23), st.integers(1, 255))
def test_one_changed_byte_is_always_found(data: bytes, place: int, change: int) -> None:
    """A CRC of 16 bits finds every burst of up to 16 bits; the proof of the order rests on it."""
    block = bytearray(data)
    block[21:23] = CREDIT.check.value(data)
    assert CREDIT.check.holds(bytes(block))
    block[place] ^= change
    assert not CREDIT.check.holds(bytes(block))


def test_a_block_leaves_no_gap_and_no_overlap() -> None:
    check = Check(CheckKind.XOR8, 2, ((0, 2),))
    with pytest.raises(Defect, match="begins at"):
        Block("b", 3, (Field("n", 0, 1, Encoding.UINT),), check)
    with pytest.raises(Defect, match="begins at"):
        Block("b", 3, (Field("n", 0, 3, Encoding.UINT),), check)
    with pytest.raises(Defect, match="has 4 bytes"):
        Block("b", 4, (Field("n", 0, 2, Encoding.UINT),), check)


def test_a_declaration_accounts_for_every_byte() -> None:
    for spare in ((), (range(0xF0, 0x100),)):
        with pytest.raises(Defect, match="every byte"):
            Declaration("d", 256, DECLARATION.places, spare, {})


def test_fixed_bytes_are_as_wide_as_their_fields() -> None:
    place = Place("p", CREDIT, 0x50, Owner.DESK)
    with pytest.raises(Defect):
        Step("p", "quantity", "quantity", b"\xff").span(place, bytes(24))


def test_a_record_gives_each_value_as_what_it_is() -> None:
    encoded = CREDIT.encode({"kind": "volume", "sequence": 3})
    record = CREDIT.decode(encoded)
    assert record is not None
    assert (record.text("kind"), record.number("sequence")) == ("volume", 3)
    assert record.raw("mark") == b"\xff" * 4
    for ask in (record.number, record.raw, record.time, record.words):
        with pytest.raises(Defect):
            ask("kind")
    with pytest.raises(Defect):
        record.text("mark")


def test_a_value_is_asked_for_as_what_it_is() -> None:
    with pytest.raises(Defect, match="amount is no int"):
        Record({"amount": "12"}).number("amount")
