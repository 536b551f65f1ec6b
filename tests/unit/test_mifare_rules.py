"""Arithmetic of MIFARE trailers and value blocks, and the station's side of value commands."""

from __future__ import annotations

import itertools

import pytest

from cardstation.errors import Defect, LinkFailed
from drivers.chips import mifare_rules as rules
from drivers.chips.mifare1k import SPOKEN
from drivers.readers.part3 import INCREMENT, STORE, AcsPart3
from drivers.virtual import Tear, Torn
from drivers.virtual.mifare1k import VirtualMifare1k
from tests.kit.scripted import ScriptedLink


def test_access_bits_that_are_written_down() -> None:
    """Transport state, and the usual `78 77 88` of read A, write B."""
    assert rules.access_bytes((0, 0, 0, 0b001)) == rules.TRANSPORT_ACCESS
    assert rules.access_bytes(rules.ISSUED)[:3].hex() == "787788"
    assert rules.trailer(b"a" * 6, rules.ISSUED, b"b" * 6).hex() == (
        "616161616161" + "78778869" + "626262626262"
    )


def test_every_condition_comes_back_and_every_flipped_bit_is_seen() -> None:
    for conditions in itertools.product(range(8), repeat=4):
        access = rules.access_bytes(conditions)
        assert rules.conditions_in(access) == conditions
    for bit in range(24):
        spoilt = bytearray(rules.access_bytes(rules.ISSUED))
        spoilt[bit // 8] ^= 1 << bit % 8
        assert rules.conditions_in(spoilt) is None


def test_a_trailer_that_does_not_add_up_is_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Defect):
        rules.trailer(b"a", rules.ISSUED, b"b" * 6)
    monkeypatch.setattr(rules, "access_bytes", lambda _: bytes.fromhex("78778969"))
    with pytest.raises(Defect):
        rules.trailer(b"a" * 6, rules.ISSUED, b"b" * 6)


def test_value_blocks() -> None:
    assert rules.value_block(100, 5).hex().upper() == "640000009BFFFFFF6400000005FA05FA"
    for value in (0, -1, 2**31 - 1, -(2**31)):
        assert rules.value_in(rules.value_block(value, 7)) == value
    assert rules.value_in(bytes(16)) is None


def test_a_torn_trailer_can_lock_its_sector_for_ever() -> None:
    locked = 0
    for seed in range(40):
        chip = VirtualMifare1k()
        chip.power_up()
        assert chip.authenticate(4, "A", rules.TRANSPORT_KEY)
        chip.arm(Tear(1, seed=seed))
        with pytest.raises(Torn):
            chip.write(7, rules.trailer(rules.TRANSPORT_KEY, rules.ISSUED, b"secret"))
        locked += rules.conditions_in(chip.main[7 * 16 + 6 : 7 * 16 + 9]) is None
        chip.power_up()
        assert chip.authenticate(8, "A", rules.TRANSPORT_KEY)
    assert locked > 20


def test_value_commands_and_key_places() -> None:
    link = ScriptedLink(
        ("FFD700050500" + "00000064", "9000"),
        ("FFD700050501" + "FFFFFFFB", "9000"),
        ("FFB1000504", "0000005F9000"),
        ("FFD70005020306", "9000"),
        ("FF82000006" + "A1" * 6, "6986"),
        ("FF82200006" + "A1" * 6, "9000"),
        ("FF82000006" + "A1" * 6, "6300"),
        dialect="part3",
    )
    acs = SPOKEN["part3"]
    assert isinstance(acs, AcsPart3)
    acs.change_value(link, 5, STORE, 100)
    acs.change_value(link, 5, INCREMENT, -5)
    assert acs.read_value(link, 5) == 95
    acs.copy_value(link, 5, 6)
    acs.load_key(link, 0, b"\xa1" * 6)
    with pytest.raises(LinkFailed):
        acs.load_key(link, 0, b"\xa1" * 6)
    assert not link.left
