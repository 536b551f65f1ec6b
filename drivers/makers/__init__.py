"""Makers: what each maker's cards and meters allow. One line here registers one."""

from __future__ import annotations

from cardstation.domain.meter import MakerRules
from drivers.makers.open_cards import CITY, OTHER_CHIPS, TRAINING

MAKERS: tuple[MakerRules, ...] = (*TRAINING, CITY, *OTHER_CHIPS)
