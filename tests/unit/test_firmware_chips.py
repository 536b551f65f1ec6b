"""Readers' firmware with chips other than the SLE4442, byte for byte."""

from __future__ import annotations

import pytest

from drivers.virtual import Firmware, Tear, Torn, VirtualCard, new_chip

SLE4428_ACS = """
FF B0 00 00 08              | 63 00
FF A4 00 00 01 06           | 6A 81
FF A4 00 00 01 05           | 90 00
FF 09 00 00 10              | 43 53 2D 56 49 52 54 2D 30 31 FF FF 00 40 05 03 90 00
FF B1 00 00 03              | FF 00 00 90 00
FF B1 00 00 04              | 67 00
FF B0 00 00 08              | 92 23 10 91 FF FF FF FF 90 00
FF B2 00 00 02              | F0 FF 90 00
FF B2 00 10 01              | FF 90 00
FF B2 03 F8 02              | 67 00
FF B2 00 00 21              | 67 00
FF D0 03 20 02 12 34        | 90 00
FF B0 03 20 02              | FF FF 90 00
FF 20 00 00 02 11 22        | 90 7F
FF 20 00 00 02 11 22        | 90 3F
FF 20 00 00 03 FF FF FF     | 67 00
FF 20 00 00 02 FF FF        | 90 FF
FF B1 00 00 03              | FF FF FF 90 00
FF D0 03 20 02 12 34        | 90 00
FF B0 03 20 02              | 12 34 90 00
FF D0 00 00 01 55           | 90 00
FF B0 00 00 01              | 92 90 00
FF D0 03 FF 02 12 34        | 67 00
FF B0 03 FF 02              | 67 00
FF D1 03 20 02 12 35        | 90 00
FF B2 03 20 01              | FE 90 00
FF D0 03 20 02 99 99        | 90 00
FF B0 03 20 02              | 12 99 90 00
FF D0 03 FE 02 01 02        | 90 00
FF A4 00 00 01 05           | 90 00
FF B0 03 FD 03              | FF 00 00 90 00
FF 20 00 00 02 FF FF        | 90 7F
FF 20 00 00 02 01 02        | 90 FF
FF D2 00 01 02 01 02        | 6D 00
FF D0 03 20                 | 67 00
00 B0 00 00 08              | 6E 00
"""  # reference cards 1.2 and 2.1


AT24C02_ACS = """
FF A4 00 00 01 05           | 6A 81
FF B0 00 00 04              | 63 00
FF A4 00 00 01 02           | 90 00
FF B0 00 00 04              | FF FF FF FF 90 00
FF A4 00 00 01 01           | 90 00
FF B0 00 00 04              | FF FF FF FF 90 00
FF D0 00 06 04 01 02 03 04  | 90 00
FF B0 00 00 10              | FF FF FF FF FF FF 01 02 03 04 FF FF FF FF FF FF 90 00
FF 01 00 00 01 04           | 90 00
FF D0 00 16 04 05 06 07 08  | 90 00
FF B0 00 10 10              | 07 08 FF FF FF FF 05 06 FF FF FF FF FF FF FF FF 90 00
FF 01 00 00 01 02           | 6B 00
FF A4 00 00 01 01           | 90 00
FF D0 00 26 04 01 02 03 04  | 90 00
FF B0 00 20 10              | FF FF FF FF FF FF 01 02 03 04 FF FF FF FF FF FF 90 00
FF B0 00 FE 04              | FF FF FF FF 90 00
FF D0 00 00                 | 67 00
FF 20 00 00 03 FF FF FF     | 6D 00
"""  # reference cards 1.3 and 2.1: a page told too long wraps in the chip; a selection forgets it

AT24C32_ACS = """
FF A4 00 00 01 01           | 90 00
FF D0 00 00 01 55           | 90 00
FF B0 00 00 01              | FF 90 00
FF A4 00 00 01 02           | 90 00
FF B0 00 00 01              | FF 90 00
FF 01 00 00 01 05           | 90 00
FF D0 0F FE 02 12 34        | 90 00
FF B0 0F FE 02              | 12 34 90 00
"""


AT88SC102_ACS = """
FF A4 00 00 01 05           | 6A 81
FF A4 00 00 01 09           | 90 00
FF B0 00 00 10              | 0F 0F FF FF FF FF FF FF FF FF FF FF FF FF FF FF 90 00
FF D0 00 17 02 12 34        | 90 00
FF B0 00 17 02              | FF FF 90 00
FF D0 00 B0 01 55           | 90 00
FF B0 00 B0 01              | 55 90 00
FF 20 08 0A 02 11 22        | 90 00
FF B0 00 0C 02              | 7F FF 90 00
FF 20 08 0A 02 F0 F0        | 90 00
FF B0 00 0C 02              | FF FF 90 00
FF D0 00 17 02 12 34        | 90 00
FF B0 00 17 02              | 12 34 90 00
FF D0 00 17 01 FF           | 90 00
FF B0 00 17 01              | 12 90 00
FF 20 00 56 06 01 02 03 04 05 06 | 90 00
FF B0 00 17 01              | 12 90 00
FF 20 00 56 06 FF FF FF FF FF FF | 90 00
FF B0 00 17 02              | FF FF 90 00
FF D0 00 02 02 11 22        | 90 00
FF D2 00 02 02              | 90 00
FF B0 00 02 02              | FF FF 90 00
FF D0 00 02 02 11 22        | 90 00
FF D2 00 17 02              | 90 00
FF D0 00 9C 04 01 02 03 04  | 90 00
FF D0 00 5D 01 77           | 90 00
FF 05 00 00 04 06 10 01 00  | 90 00
FF D2 00 02 02              | 90 00
FF B0 00 02 02              | 11 22 90 00
FF 20 00 9C 04 FF FF FF FF  | 90 00
FF B0 00 5D 01              | 77 90 00
FF 20 00 9C 04 01 02 03 04  | 90 00
FF B0 00 5D 01              | FF 90 00
FF B0 00 0A 02              | FF FF 90 00
FF A4 00 00 01 09           | 90 00
FF 20 08 0A 02 11 22        | 90 00
FF 20 08 0A 02 11 22        | 90 00
FF 20 08 0A 02 11 22        | 90 00
FF 20 08 0A 02 11 22        | 90 00
FF B0 00 0C 01              | 0F 90 00
FF 20 08 0A 02 F0 F0        | 63 00
FF 20 80 9C 04 01 02 03 04  | 6B 00
FF B0 00 B0 03              | 67 00
FF D0 00 B0 03 01 02 03     | 67 00
FF D2 00 B0 03              | 67 00
FF 05 00 00 03 06 10 01     | 67 00
"""  # reference cards 1.4 and 2.1: 90 00 proves nothing, 0F in 0C is a burnt card


MIFARE_ACR122 = """
FF CA 00 00 00              | 04 A1 B2 C3 90 00
FF CA 01 00 00              | 6A 81
FF B0 00 04 10              | 63 00
FF 82 20 00 06 FF FF FF FF FF FF | 63 00
FF 82 00 02 06 FF FF FF FF FF FF | 63 00
FF 82 00 00 05 FF FF FF FF FF    | 63 00
FF 82 00 00 06 FF FF FF FF FF FF | 90 00
FF 82 00 01 06 11 22 33 44 55 66 | 90 00
FF 86 00 00 05 01 00 04 60 01    | 63 00
FF 86 00 00 05 01 00 04 61 00    | 63 00
FF 86 00 00 05 01 00 04 60 00    | 90 00
FF B0 00 07 10              | 00 00 00 00 00 00 FF 07 80 69 FF FF FF FF FF FF 90 00
FF D6 00 04 10 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 | 90 00
FF B0 00 04 10              | 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 90 00
FF B0 00 08 10              | 63 00
FF B0 00 04 10              | 63 00
FF 88 00 04 60 00           | 67 00
FF 86 00 00 05 01 00 04 60 00    | 90 00
FF B0 00 04 08              | 67 00
FF D7 00 05 05 00 00 00 00 64    | 90 00
FF B0 00 05 10              | 64 00 00 00 9B FF FF FF 64 00 00 00 05 FA 05 FA 90 00
FF D7 00 05 05 01 00 00 00 05    | 90 00
FF D7 00 05 05 02 00 00 00 0A    | 90 00
FF B1 00 05 04              | 00 00 00 5F 90 00
FF D7 00 05 02 03 06        | 90 00
FF B1 00 06 04              | 00 00 00 5F 90 00
FF D7 00 04 05 01 00 00 00 01    | 63 00
FF 86 00 00 05 01 00 04 60 00    | 90 00
FF D7 00 05 05 07 00 00 00 01    | 6B 00
FF D6 00 07 10 FF FF FF FF FF FF 78 77 88 69 A1 A2 A3 A4 A5 A6 | 90 00
FF 82 00 01 06 A1 A2 A3 A4 A5 A6 | 90 00
FF 86 00 00 05 01 00 04 60 00    | 90 00
FF B0 00 05 10              | 5F 00 00 00 A0 FF FF FF 5F 00 00 00 05 FA 05 FA 90 00
FF D6 00 04 10 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF | 63 00
FF 86 00 00 05 01 00 04 61 01    | 90 00
FF D6 00 04 10 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF | 90 00
FF D6 00 07 10 FF FF FF FF FF FF 78 77 89 69 A1 A2 A3 A4 A5 A6 | 90 00
FF 86 00 00 05 01 00 04 61 01    | 63 00
FF 86 00 00 05 01 00 04 60 00    | 63 00
FF D6 00 00 10 FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF | 63 00
FF A4 00 00 01 06           | 6D 00
00 B0 00 04 10              | 6E 00
"""  # reference cards 1.7 and 2.4; the last trailer contradicts itself: the sector is gone for ever

MIFARE_ACR1252 = """
FF 82 00 00 06 FF FF FF FF FF FF | 63 00
FF 82 20 1F 06 FF FF FF FF FF FF | 90 00
FF 82 20 20 06 FF FF FF FF FF FF | 63 00
FF 86 00 00 05 01 00 04 60 1F    | 90 00
"""

MIFARE_OMNIKEY_CL = """
FF 82 00 00 06 FF FF FF FF FF FF | 69 86
FF 82 20 00 06 FF FF FF FF FF FF | 90 00
FF 86 00 00 05 01 00 3F 60 00    | 90 00
FF D7 00 3C 05 00 00 00 00 01    | 6D 00
"""


def lines(table: str) -> list[tuple[bytes, bytes]]:
    rows = [row.split("|") for row in table.strip().splitlines()]
    return [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in rows]


@pytest.mark.parametrize(
    ("chip", "firmware", "table"),
    [
        ("sle4428", "acs", SLE4428_ACS),
        ("sle4428", "acs-old", SLE4428_ACS),
        ("at24c02", "acs", AT24C02_ACS),
        ("at88sc102", "acs", AT88SC102_ACS),
        ("mifare1k", "part3", MIFARE_ACR122),
        ("mifare1k", "acr1252", MIFARE_ACR1252),
        ("mifare1k", "omnikey-cl", MIFARE_OMNIKEY_CL),
        ("at24c32", "acs", AT24C32_ACS),
        ("sle4428", "omnikey", "FF A4 00 00 01 06 | 6A 81\nFF B0 00 00 08 | 6A 81"),
    ],
)
def test_session(chip: str, firmware: str, table: str) -> None:
    card = VirtualCard(new_chip(chip))
    reader = Firmware(card, firmware)
    assert reader.power_up() == card.chip.atr
    for command, answer in lines(table):
        assert reader.answer(command) == answer, command.hex(" ")


def test_a_page_write_wraps_wears_and_tears_the_whole_page() -> None:
    chip = VirtualCard(new_chip("at24c02")).chip
    chip.power_up()
    chip.write(6, b"\x01\x02\x03")
    assert chip.main[:8] == b"\x03\xff\xff\xff\xff\xff\x01\x02"
    assert chip.wear[:9] == [1] * 8 + [0]
    chip.main[:8] = bytes(8)
    chip.arm(Tear(0, seed=5))
    with pytest.raises(Torn):
        chip.write(0, b"\xff")
    assert sum(1 for byte in chip.main[1:8] if byte) > 3
    assert chip.main[8:16] == b"\xff" * 8
