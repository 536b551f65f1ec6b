"""Virtual cards are kept in files: whole, after each step, and copied without their wear."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.virtual import Tear, Torn, VirtualCard
from drivers.virtual.procedures import present_code, update_main


def unlocked(card: VirtualCard) -> VirtualCard:
    card.chip.power_up()
    present_code(card.chip, b"\xff\xff\xff")
    return card


def test_a_card_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    card = unlocked(VirtualCard(name="楼 3-1"))
    update_main(card.chip, 0x20, b"\x12\x34")
    card.chip.power_up()
    present_code(card.chip, b"abc")
    card.save(tmp_path / "card.json")
    again = VirtualCard.load(tmp_path / "card.json")
    assert again.name == "楼 3-1"
    assert again.image == card.image
    assert again.chip.security == card.chip.security == b"\x03\xff\xff\xff"
    assert again.chip.protection == card.chip.protection
    assert again.chip.wear == card.chip.wear
    assert not again.chip.powered


def test_a_kept_card_is_on_disk_after_every_step(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    card = VirtualCard()
    card.keep_in(path)
    unlocked(card).chip.main[0x20] = 0x0F
    card.chip.arm(Tear(1, seed=3))
    with pytest.raises(Torn):
        update_main(card.chip, 0x20, b"\xf0")
    assert VirtualCard.load(path).image == card.image
    assert card.image[0x20] & 0xF0 == 0xF0
    assert [each.name for each in tmp_path.iterdir()] == ["card.json"]


def test_a_copy_lives_its_own_life() -> None:
    card = unlocked(VirtualCard(name="first"))
    update_main(card.chip, 0x20, b"\x12")
    twin = card.copy()
    assert (twin.name, twin.image) == ("first copy", card.image)
    assert card.copy("second").name == "second"
    unlocked(twin)
    update_main(twin.chip, 0x20, b"\x00")
    assert card.image[0x20] == 0x12
    assert sum(card.chip.wear) == sum(twin.chip.wear) == 1
