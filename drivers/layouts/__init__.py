"""Layouts: what the bytes of a maker's card mean. One line here registers one."""

from __future__ import annotations

from cardstation.ports.layout import Layout
from drivers.layouts.open4442 import OPEN4442

LAYOUTS: tuple[Layout, ...] = (OPEN4442,)
