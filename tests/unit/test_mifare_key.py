"""A MIFARE card that was cut while its sectors got their key: finished, but where one is lost."""

from __future__ import annotations

import pytest

from cardstation.errors import CardRemoved, CodeRefused, LinkFailed, Refusal
from cardstation.ports.chip import Chip
from drivers.chips import CHIPS
from drivers.chips.mifare_rules import SECTORS, TRANSPORT_KEY
from drivers.virtual.tear import every_tear
from tests.kit.chips import ChipDesk

FIRST, SECOND = bytes(range(0xA1, 0xA7)), bytes(range(0xB1, 0xB7))
DRIVER = next(one for one in CHIPS if one.name == "mifare1k")


def opened(desk: ChipDesk, old: bytes, new: bytes) -> Chip:
    """With the key that its first sector has."""
    chip = desk.powered()
    try:
        chip.unlock(old)
    except CodeRefused:
        chip = desk.powered()
        chip.unlock(new)
    return chip


@pytest.mark.parametrize("firmware", ["part3", "acr1252"])
@pytest.mark.parametrize("given", [(TRANSPORT_KEY, FIRST), (FIRST, SECOND)], ids=["blank", "used"])
def test_what_was_cut_between_two_sectors_is_finished(
    firmware: str, given: tuple[bytes, bytes]
) -> None:
    old, new = given
    finished = 0
    for tear in every_tear(2 * SECTORS):
        desk = ChipDesk(DRIVER, firmware, firmware)
        if old != TRANSPORT_KEY:
            desk.unlocked().set_code(desk.code, old)
        chip = opened(desk, old, new)
        desk.chip.arm(tear)
        with pytest.raises(CardRemoved):
            chip.set_code(old, new)
        desk.chip.arm(None)
        try:
            desk.powered().read()
        except Refusal:
            continue
        finished += 1
        opened(desk, old, new).set_code(old, new)
        chip = desk.powered()
        chip.unlock(new)
        assert all(desk.chip.authenticate(4 * one, "B", new) for one in range(SECTORS))
    assert finished == SECTORS + 1


def test_a_sector_of_another_key_is_told() -> None:
    """Planted: neither the old key nor the new one."""
    desk = ChipDesk(DRIVER, "part3", "part3")
    desk.unlocked().set_code(desk.code, FIRST)
    desk.chip.main[63 * 16 + 10 : 64 * 16] = bytes(6)
    chip = desk.powered()
    chip.unlock(FIRST)
    with pytest.raises(LinkFailed, match="link_failed"):
        chip.set_code(FIRST, SECOND)
