"""The composition root: the only room that knows every other; nobody knows it."""

from __future__ import annotations

from cardstation.bootstrap.entry import central, cli, desk

__all__ = ["central", "cli", "desk"]
