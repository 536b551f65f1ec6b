"""Layouts: what the bytes of a maker's card mean. One line here registers one."""

from __future__ import annotations

from cardstation.ports.layout import Layout
from drivers.layouts.open24c02 import OPEN24C02
from drivers.layouts.open102 import OPEN102
from drivers.layouts.open4428 import OPEN4428
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.openmf1k import OPENMF1K

LAYOUTS: tuple[Layout, ...] = (OPEN4442, OPEN4428, OPEN24C02, OPEN102, OPENMF1K)
