"""`layout check` and `layout learn`: the command line's door to the layouts' own proofs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from cardstation.cli.doors import Check, Clue
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.settings import Settings
from drivers.keys.layout_secrets import kept_layout_keys
from drivers.layouts import LAYOUTS
from drivers.layouts.learn import learn
from drivers.layouts.proof import prove
from drivers.layouts.sheet import read_sheet
from drivers.virtual.card import VIRTUAL_CHIPS, VirtualCard, new_chip


def check_layout(settings: Settings, path: Path) -> tuple[Check, ...]:
    """Prove a sheet, with the keys of this data folder.

    Raises:
        Refusal: `layout_sheet`: it cannot be read as one; `layout_key_missing`.
    """
    sheet = read_sheet(path, kept_layout_keys(settings.home))
    found = [_fits_chip(sheet.layout.chip, sheet.layout.declaration.size)]
    found += [Check(one.name, one.ok, one.found) for one in prove(sheet, LAYOUTS)]
    return tuple(found)


def _fits_chip(chip: str, size: int) -> Check:
    if chip not in VIRTUAL_CHIPS:
        return Check("chip", False, f"{chip}: not one of {', '.join(sorted(VIRTUAL_CHIPS))}")
    has = len(new_chip(chip).image)
    return Check("chip", size == has, f"{chip} has {has} bytes, the sheet {size}")


def learn_layout(cards: Sequence[Path], bought: Sequence[str]) -> tuple[Clue, ...]:
    """Compare images of one card.

    Raises:
        Refusal: `bad_amount`, `card_image_unreadable`, `too_few_images`, `images_differ_in_size`.
    """
    found = learn([_image(path) for path in cards], [_litres(text) for text in bought])
    return tuple(Clue(f"{one.address:02X}+{one.width}", one.seen, one.guess) for one in found)


def _litres(text: str) -> int:
    try:
        return Volume.of_m3(text).litres
    except ValueError as error:
        raise Refusal("bad_amount", given=text) from error


def _image(path: Path) -> bytes:
    """A card of the training box, a hex dump (of any width, in any case), or the bytes."""
    data = path.read_bytes()
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return data
    try:
        json.loads(text)
    except ValueError:
        pass
    else:
        return VirtualCard.load(path).image
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Refusal("card_image_unreadable", file=path.name) from error
