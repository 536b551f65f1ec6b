"""Screens: a new one is one file and one line here."""

from __future__ import annotations

from ui.screens import counter
from ui.screens.kind import Screen

SCREENS: tuple[Screen, ...] = (counter.SCREEN,)
