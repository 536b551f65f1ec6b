"""Readers' firmware, byte for byte: the session of the reference, both dialects, noise."""

from __future__ import annotations

import pytest

from drivers.virtual import Firmware, NoAnswer, Noise, NoiseKind, Tear, Torn, VirtualCard

ACS_SESSION = """
FF A4 00 00 01 06           | 90 00
FF B1 00 00 04              | 07 00 00 00 90 00
FF B0 00 00 08              | A2 13 10 91 FF FF 81 15 90 00
FF 20 00 00 03 11 22 33     | 90 03
FF B1 00 00 04              | 03 00 00 00 90 00
FF 20 00 00 03 FF FF FF     | 90 07
FF B1 00 00 04              | 07 FF FF FF 90 00
FF D0 00 20 02 12 34        | 90 00
FF B0 00 20 02              | 12 34 90 00
FF D0 00 00 01 55           | 90 00
FF B2 00 00 04              | 00 FF 1F F8 90 00
"""  # reference cards 2.1

ACS_MORE = """
FF B0 00 00 08              | 63 00
FF A4 00 00 01 05           | 6A 81
FF 09 00 00 10              | 43 53 2D 56 49 52 54 2D 30 31 FF FF 00 40 00 03 90 00
FF A4 00 00 01 06           | 90 00
FF D0 00 20 01 12           | 90 00
FF B0 00 20 01              | FF 90 00
FF D0 00 20 00              | 67 00
FF D0 00 FF 02 12 34        | 67 00
FF D0 00 20                 | 67 00
FF D0 00                    | 67 00
FF D0 00 20 02 12           | 67 00
FF B0 00 20 00              | 67 00
FF B0 00 FF 02              | 67 00
FF B1 00 00 00              | 67 00
FF B2 00 00 03              | 67 00
FF 20 00 00 02 FF FF        | 67 00
FF 20 00 00 03 FF FF FF     | 90 07
FF D2 00 00 03 01 02 03     | 67 00
FF D2 00 01 03 01 02 03     | 90 00
FF D0 00 08 01 55           | 90 00
FF D1 00 08 01 55           | 90 00
FF B2 00 00 04              | 00 FE 1F F8 90 00
FF A4 00 00 01 06           | 90 00
FF 20 00 00 03 FF FF FF     | 90 03
FF 20 00 00 03 FF FF FF     | 90 01
FF 20 00 00 03 FF FF FF     | 90 00
FF 20 00 00 03 01 02 03     | 90 00
FF 77 00 00                 | 6D 00
00 B0 00 00 08              | 6E 00
"""

ACS_OLD = """
FF A4 00 00 01 06           | 90 00
FF B1 00 00 04              | 67 00
FF B1 00 00 00              | 07 00 00 00 90 00
FF B0 00 00 04              | A2 13 10 91 00 FF 1F F8 90 00
FF 20 00 00 03 11 22 33     | 03 00 00 00 90 00
FF 20 00 00 03 FF FF FF     | 07 FF FF FF 90 00
"""

OMNIKEY = """
FF B0 00 00 04              | A2 13 10 91 90 00
FF A4 00 00 01 06           | 90 00
FF B0 00 FF 02              | 67 00
FF B0 00 00                 | 67 00
FF D6 00 20 02 12 34        | 90 00
FF B0 00 20 02              | FF FF 90 00
FF 20 00 00 03 11 22 33     | 63 C2
FF 20 00 00 02 11 22        | 67 00
FF 20 00 00 03 FF FF FF     | 90 00
FF D6 00 20 02 12 34        | 90 00
FF D6 00 FF 02 12 34        | 67 00
FF B0 00 20 02              | 12 34 90 00
FF 30 00 08 01 FF           | 90 00
FF 3A 00 00 04              | 00 FE 1F F8 90 00
FF 21 00 00 03 FF FF FF     | 67 00
FF 21 00 00 06 11 22 33 01 02 03 | 63 C2
FF 21 00 00 06 FF FF FF 01 02 03 | 90 00
FF 20 00 00 03 FF FF FF     | 63 C2
FF 20 00 00 03 FF FF FF     | 63 C1
FF 20 00 00 03 FF FF FF     | 63 C0
FF 20 00 00 03 01 02 03     | 63 C0
FF B1 00 00 04              | 6D 00
00 B0 00 00 04              | 6E 00
"""


def lines(table: str) -> list[tuple[bytes, bytes]]:
    rows = [row.split("|") for row in table.strip().splitlines()]
    return [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in rows]


@pytest.mark.parametrize(
    ("dialect", "table"),
    [
        ("acs", ACS_SESSION),
        ("acs", ACS_MORE),
        ("acs-old", ACS_OLD),
        ("omnikey", OMNIKEY),
        ("cpu-only", "FF A4 00 00 01 06 | 6A 81\nFF B0 00 00 08 | 6A 81"),
    ],
)
def test_session(dialect: str, table: str) -> None:
    firmware = Firmware(VirtualCard(), dialect)
    assert firmware.power_up() == bytes.fromhex("3B04A2131091")
    for command, answer in lines(table):
        assert firmware.answer(command) == answer, command.hex(" ")


def test_omnikey_reads_256_bytes_at_once() -> None:
    firmware = Firmware(VirtualCard(), "omnikey")
    firmware.power_up()
    answer = firmware.answer(bytes.fromhex("FFB0000000"))
    assert answer == firmware.card.image + b"\x90\x00"


def test_selecting_drops_an_accepted_code() -> None:
    firmware = Firmware(VirtualCard())
    firmware.power_up()
    session = ["FFA400000106", "FF20000003FFFFFF", "FFA400000106", "FFD000200112"]
    assert [firmware.answer(bytes.fromhex(each)) for each in session][1] == b"\x90\x07"
    assert firmware.card.image[0x20] == 0xFF


def test_mute_cards() -> None:
    destroyed = VirtualCard()
    destroyed.chip.main[0] = 0xFF
    assert Firmware(destroyed).power_up() == b""
    assert Firmware(VirtualCard(), mute=True).power_up() == b""
    assert Firmware(VirtualCard(), "none").power_up() == b""


def test_without_power_or_when_torn_there_is_no_answer() -> None:
    firmware = Firmware(VirtualCard())
    with pytest.raises(Torn):
        firmware.answer(bytes.fromhex("FFA400000106"))
    firmware.power_up()
    firmware.answer(bytes.fromhex("FFA400000106"))
    firmware.card.chip.arm(Tear(2))
    with pytest.raises(Torn):
        firmware.answer(bytes.fromhex("FF20000003FFFFFF"))
    firmware.power_up()
    firmware.power_down()
    with pytest.raises(Torn):
        firmware.answer(bytes.fromhex("FFA400000106"))


def noisy(noise: Noise) -> Firmware:
    firmware = Firmware(VirtualCard(), "omnikey", noise=[noise])
    firmware.power_up()
    return firmware


READ = bytes.fromhex("FFB0000008")
VERIFY = bytes.fromhex("FF20000003112233")


def test_a_flipped_bit_changes_one_bit_of_one_answer() -> None:
    firmware = noisy(Noise(1, NoiseKind.FLIPPED_BIT, seed=4))
    clean, flipped, again = (firmware.answer(READ) for _ in range(3))
    assert clean == again
    change = int.from_bytes(clean) ^ int.from_bytes(flipped)
    assert change.bit_count() == 1
    assert flipped.endswith(b"\x90\x00")


def test_nothing_to_flip_in_a_bare_status() -> None:
    assert noisy(Noise(0, NoiseKind.FLIPPED_BIT)).answer(VERIFY) == b"\x63\xc2"


@pytest.mark.parametrize(
    ("kind", "word"), [(NoiseKind.FAILED_6300, b"\x63\x00"), (NoiseKind.FAILED_6F00, b"\x6f\x00")]
)
@pytest.mark.parametrize("acted", [True, False])
def test_a_failure_reported_whether_or_not_the_chip_acted(
    kind: NoiseKind, word: bytes, acted: bool
) -> None:
    firmware = noisy(Noise(0, kind, acted=acted))
    assert firmware.answer(VERIFY) == word
    assert firmware.card.chip.security[0] == (3 if acted else 7)


def test_no_answer() -> None:
    with pytest.raises(NoAnswer):
        noisy(Noise(0, NoiseKind.NO_ANSWER)).answer(READ)


def test_a_hang_waits_and_then_answers() -> None:
    firmware, waited = noisy(Noise(0, NoiseKind.HANG, hang_s=3.0)), []
    firmware.wait = waited.append
    assert firmware.answer(READ).endswith(b"\x90\x00")
    assert waited == [3.0]


def test_overhead_of_the_reader_is_counted_and_slept() -> None:
    firmware, slept = Firmware(VirtualCard()), []
    firmware.power_up()
    firmware.exchange_s = 0.005
    firmware.answer(READ)
    firmware.card.chip.sleep = slept.append
    firmware.answer(READ)
    assert firmware.reader_time_s == pytest.approx(0.010)
    assert slept[0] == 0.005
    assert firmware.exchanges == 2
