"""Screens: a new one is one file and one line here."""

from __future__ import annotations

from ui.screens import about, batch, counter, exceptions, household, settings, shift, teams
from ui.screens.kind import Screen

SCREENS: tuple[Screen, ...] = (
    counter.SCREEN,
    batch.SCREEN,
    exceptions.SCREEN,
    shift.SCREEN,
    teams.SCREEN,
    household.SCREEN,
    settings.SCREEN,
    about.SCREEN,
)
