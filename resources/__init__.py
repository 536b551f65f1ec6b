"""Fonts, icons, words and sounds that ship with the station, found by name.

Names are relative to this folder: `fonts/NotoSansSC-Regular.ttf`, `icons/card.svg`.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file or folder `name` on disk.

    Raises:
        FileNotFoundError: nothing of that name ships with the station.
    """
    found = _HERE / name
    if not found.exists():
        raise FileNotFoundError(f"no such resource: {name}")
    return found


def read_bytes(name: str) -> bytes:
    """The content of the resource `name`; raises FileNotFoundError as `path` does."""
    return path(name).read_bytes()


def read_text(name: str) -> str:
    """The content of the UTF-8 resource `name`; raises FileNotFoundError as `path` does."""
    return path(name).read_text(encoding="utf-8")
