"""The trade's two files of a CPU card: every byte where the published protocol has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.errors import Defect, Refusal
from drivers.purses import gas_files
from drivers.purses.gas_content import CLEARED, Parameters, Purpose, Returned, is_cleared

PARAMETERS = Parameters(
    meter_no="000012345678",
    customer_no="510100998877",
    purpose=Purpose.BUYING,
    updates=0x82,
    switch_at="2603010000",
    alarm_1_fen=2000,
    alarm_2_fen=500,
)
PARAMETERS_FILE = (
    "68 01 0027 00 82 00000000 2603010000 00 00002000 00000500 000001 000001 "
    "000012345678 510100998877 02 FB 16"
)
RETURNED = Returned("000012345678", "510100998877", 12345, 7, 0, 3, "2601150931")
RETURNED_FILE = (
    "68 11 002B 00 000001 000001 000012345678 510100998877 00003039 00000007 "
    "00000000 000000 00000003 2601150931 25 16"
)


def test_parameters_byte_by_byte() -> None:
    content = PARAMETERS.to_bytes()
    assert content.hex() == PARAMETERS_FILE.replace(" ", "").lower()
    assert len(content) == gas_files.PARAMETERS.size
    assert Parameters.of(content) == PARAMETERS


def test_a_return_byte_by_byte() -> None:
    content = RETURNED.to_bytes()
    assert content.hex() == RETURNED_FILE.replace(" ", "").lower()
    assert len(content) == gas_files.RETURNED.size
    assert Returned.of(content) == RETURNED
    assert not is_cleared(content)


def test_a_cleared_return_file_says_nothing() -> None:
    assert is_cleared(CLEARED)
    assert Returned.of(CLEARED) is None
    assert not is_cleared(CLEARED[:6] + b"\x01" + CLEARED[7:])


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_comes_back(purpose: Purpose) -> None:
    told = replace(PARAMETERS, purpose=purpose)
    assert Parameters.of(told.to_bytes()) == told


def test_an_old_card_means_no_update_by_ff() -> None:
    body = bytearray(gas_files.unframed(PARAMETERS.to_bytes()))
    body[1] = 0xFF
    assert Parameters.of(gas_files.framed(bytes(body))).updates == 0


def spoilt(place: int, value: int) -> bytes:
    """A parameter file with a right frame and one other byte in it."""
    body = bytearray(gas_files.unframed(PARAMETERS.to_bytes()))
    body[place] = value
    return gas_files.framed(bytes(body))


def test_a_time_of_ff_is_none() -> None:
    assert Parameters.of(spoilt(6, 0xFF)).switch_at == "0" * 10


@pytest.mark.parametrize(
    "content",
    [
        *(spoilt(place, 0xAA) for place in (12, 16, 0x1A, 0x25, 0x26)),
        bytes(45),
        RETURNED.to_bytes(),
        gas_files.framed(bytes(39)),
        gas_files.framed(gas_files.unframed(PARAMETERS.to_bytes())[:12] + b"\xaa" * 26 + b"\x02"),
    ],
)
def test_what_is_no_parameter_file_is_damage(content: bytes) -> None:
    with pytest.raises(Refusal) as stop:
        Parameters.of(content)
    assert stop.value.code == "card_damaged"


@pytest.mark.parametrize("content", [b"\x68" + bytes(48), PARAMETERS.to_bytes()])
def test_what_is_no_return_file_is_damage(content: bytes) -> None:
    with pytest.raises(Refusal) as stop:
        Returned.of(content)
    assert stop.value.code == "card_damaged"


@pytest.mark.parametrize("head", [0x00, 0x08, 0x60, 0x7F, 0xFF])
def test_a_return_file_without_its_head_is_no_answer_any_more(head: int) -> None:
    """A desk began to clear it; for a meter something is still there."""
    content = bytes([head]) + RETURNED.to_bytes()[1:]
    assert Returned.of(content) is None
    assert not is_cleared(content)


@pytest.mark.parametrize("meter_no", ["", "1" * 11, "1" * 13, "00001234567x"])
def test_a_number_that_does_not_fit_is_a_defect(meter_no: str) -> None:
    with pytest.raises(Defect):
        replace(PARAMETERS, meter_no=meter_no).to_bytes()
