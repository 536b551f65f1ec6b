"""Breaks a text into lines of a given width: words whole, Chinese anywhere but before a stop."""

from __future__ import annotations

import re
from collections.abc import Callable

_PIECE = re.compile(r"\s+|[\x21-\x7e\u00a1-\u024f]+|.", re.DOTALL)
_NOT_FIRST = frozenset("，。、；：！？）》」』】”’…—·%℃,.;:!?)")


def lines_of(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """Break `text` into lines no wider than `width` in the unit of `width_of`.

    A word wider than a whole line is cut.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if width_of((line + piece).rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while width_of(line) > width and len(line) > 1:
            cut = _longest(line, width, width_of)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and piece[0] in _NOT_FIRST and not pieces[-1].isspace():
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _longest(text: str, width: float, width_of: Callable[[str], float]) -> int:
    cut = len(text) - 1
    while cut > 1 and width_of(text[:cut]) > width:
        cut -= 1
    return cut
