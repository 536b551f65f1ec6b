"""Puts registered sheets among the station's layouts, and their makers among its makers.

They lie in the folder `layouts` of the data folder (docs/writing-layouts.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cardstation.domain.meter import MakerRules
from cardstation.ports.keys import KeyAsked
from cardstation.settings import Settings
from drivers.keys.layout_secrets import kept_layout_keys
from drivers.makers import MAKERS
from drivers.registered import Registered, registered

FOLDER = "layouts"


def folder_of(settings: Settings) -> Path:
    """Where they lie."""
    return settings.home / FOLDER


def sheets_of(settings: Settings, *, but: str = "") -> tuple[Registered, ...]:
    """The registered sheets of a station, with its keys; no key is read before a card needs it.

    Args:
        settings: Of the station.
        but: Code of one that is not looked at.

    Raises:
        Refusal: `layout_changed`, `layout_unregistered`, `layout_sheet`.
    """
    return registered(folder_of(settings), kept_layout_keys(settings.home), but=but)


def makers_with(sheets: Iterable[Registered]) -> tuple[MakerRules, ...]:
    """The makers of this program and those of the sheets."""
    told = (one.sheet.rules for one in sheets)
    return (*MAKERS, *(rules for rules in told if rules is not None))


def said_of_sheets(settings: Settings) -> str:
    """Which there are; the keys that they name are looked for now.

    Raises:
        Refusal: as `sheets_of`; `layout_key_missing`, `layout_key_malformed`.
    """
    holder = kept_layout_keys(settings.home)
    codes = []
    for one in registered(folder_of(settings), holder):
        codes.append(one.sheet.layout.code)
        for key in one.sheet.layout.declaration.keys:
            holder.key_for(KeyAsked(codes[-1], key.name, key.algorithm))
    return ", ".join(codes) or "none"
