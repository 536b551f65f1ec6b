"""`cardstation layout`: the command line's door to the layouts' proofs and to registered sheets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from cardstation.bootstrap.libraries import FOLDER as LIBRARIES
from cardstation.bootstrap.sheets import folder_of, makers_with, sheets_of
from cardstation.bootstrap.station import open_station
from cardstation.cli.doors import Agree, Check, Clue, LayoutListed
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.change_layout import change_layout
from cardstation.settings import Settings
from drivers.admission import Beside, admitted, proven
from drivers.bridge.shelf import Shelf
from drivers.keys.layout_secrets import kept_layout_keys
from drivers.layouts import LAYOUTS
from drivers.layouts.learn import learn
from drivers.layouts.proof import Finding
from drivers.layouts.sheet import read_sheet, sheet_of
from drivers.registered import digest_of, keep, kept_digest, remove
from drivers.virtual.card import VirtualCard


def check_layout(settings: Settings, path: Path) -> tuple[Check, ...]:
    """Prove a sheet, with the keys of this data folder.

    Raises:
        Refusal: `layout_sheet`: it cannot be read as one; `layout_key_missing`.
    """
    sheet = read_sheet(path, kept_layout_keys(settings.home))
    return _checks(proven(sheet, _beside(settings, sheet.layout.code)))


def register_layout(settings: Settings, path: Path, agree: Agree) -> tuple[Check, ...]:
    """Take a sheet in among the station's layouts if everything holds; say what was looked at.

    What is proven is what is kept: the file is read once. A sheet that is on record already may
    always be put back.

    Raises:
        StationBusy: a desk is open. Refusal: as `check_layout` and `change_layout`, and
            `library_description`.
    """
    data = path.read_bytes()
    sheet = sheet_of(data, path.name, kept_layout_keys(settings.home))
    code, folder = sheet.layout.code, folder_of(settings)
    checks = _checks(admitted(sheet, _beside(settings, code)))
    if not all(one.ok for one in checks):
        return checks
    digest = digest_of(data)
    with open_station(settings, True, but=code) as station:
        replaces = kept_digest(folder, code) not in ("", digest)
        change_layout(station, code, digest, agree(station), replaces=replaces)
        keep(folder, code, data)
    return (*checks, Check("registered", True, f"{code} {digest}"))


def _beside(settings: Settings, code: str) -> Beside:
    """What the station has beside a sheet; one of the same code gives way to it."""
    others = sheets_of(settings, but=code)
    makers = makers_with(others)
    shelf = Shelf.of_folder(settings.home / LIBRARIES, makers)
    return Beside(
        sheets=tuple(one.sheet for one in others),
        libraries=tuple(one.code for one in shelf.layouts),
        makers=(*makers, *shelf.makers),
        training=settings.training,
    )


def _checks(found: Sequence[Finding]) -> tuple[Check, ...]:
    return tuple(Check(one.name, one.ok, one.found) for one in found)


def list_layouts(settings: Settings) -> tuple[LayoutListed, ...]:
    """Every layout of the station, but for those of libraries and purses.

    Raises:
        Refusal: as `sheets_of`.
    """
    sheets = sheets_of(settings)
    digests = {one.sheet.layout.code: one.sha256 for one in sheets}
    layouts = (*LAYOUTS, *(one.sheet.layout for one in sheets))
    makers = makers_with(sheets)
    theirs = {one.code: [rules for rules in makers if rules.layout == one.code] for one in layouts}
    return tuple(
        LayoutListed(
            code=one.code,
            chip=one.chip,
            makers=tuple(rules.code for rules in theirs[one.code]),
            sha256=digests.get(one.code, ""),
            traps=tuple(trap for rules in theirs[one.code] for trap in rules.traps),
        )
        for one in layouts
    )


def remove_layout(settings: Settings, code: str, agree: Agree) -> None:
    """Take a registered sheet out again.

    Raises:
        StationBusy: a desk is open. Refusal: `layout_unknown`, and those of `change_layout`.
    """
    folder = folder_of(settings)
    with open_station(settings, True, but=code) as station:
        if not kept_digest(folder, code):
            raise Refusal("layout_unknown", layout=code)
        change_layout(station, code, "", agree(station), replaces=True)
        remove(folder, code)


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
