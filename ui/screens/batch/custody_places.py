"""Rows of a list as people type them: `1-5,9`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cardstation.services.custody_state import CustodyState, places_at

_DIGITS = 5


def plain(text: str) -> str:
    """What was typed, with digits and signs as on a keyboard without full-width ones."""
    return unicodedata.normalize("NFKC", text).strip()


def places_of(text: str, standing: CustodyState) -> tuple[int, ...] | None:
    """The places of the rows meant: `1-5,9`, or the doors of `#3` (building) and `#3-2` (stair).

    Returns:
        Nothing for an empty text, None when it cannot be read.
    """
    lines = standing.batch.batch.lines
    places: dict[int, list[int]] = {}
    for place in standing.custody.where:
        places.setdefault(lines[place - 1].row.row, []).append(place)
    found: list[int] = []
    for part in plain(text).replace(" ", ",").split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if not part:
            continue
        if part.startswith("#"):
            there = places_at(standing, part[1:])
            if not there:
                return None
            found += there
            continue
        if not (first.isdecimal() and last.isdecimal()) or len(last) > _DIGITS:
            return None
        rows = range(int(first), int(last) + 1)
        if not rows or not any(row in places for row in rows):
            return None
        found += [place for row in rows for place in places.get(row, ())]
    return tuple(dict.fromkeys(found))


def meant(text: str, standing: CustodyState, filled_in: tuple[int, ...]) -> tuple[int, ...] | None:
    """As `places_of`; a text that was filled in for some places and left as it was means them.

    Rows of two sheets may have one number: a number alone would mean both.
    """
    if filled_in and text == typed(filled_in, standing):
        return filled_in
    return places_of(text, standing)


def typed(places: Sequence[int], standing: CustodyState) -> str:
    """The rows of some places as they would be typed, neighbours joined."""
    lines = standing.batch.batch.lines
    spans: list[tuple[int, int]] = []
    for row in sorted({lines[place - 1].row.row for place in places}):
        if spans and row == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], row)
        else:
            spans.append((row, row))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
