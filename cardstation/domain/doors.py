"""Doors as people write them: `3栋2单元601`, `12－4－1004`, `12#2-802`, `七号楼一单元603室`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cardstation.domain.household import Address

_NUMERALS = "零一二三四五六七八九十百"
_PART = re.compile(
    r"(?P<figure>\d+[A-Z]?|[A-Z]\d*(?=[座栋幢#号-])|[零一二三四五六七八九十百]+(?=[号栋幢座楼单门层室]))"
    r"(?P<mark>号楼|号栋|#楼|楼栋|栋楼|[栋幢座楼#]|单元|单|门|层|号?房|室|号|户)?"
)
_BUILDING = frozenset({"号楼", "号栋", "#楼", "楼栋", "栋楼", "栋", "幢", "座", "楼", "#"})
_UNIT = frozenset({"单元", "单", "门"})
_ROOM = frozenset({"房", "号房", "室", "户"})
_BETWEEN = re.compile(r"[-‐-―−~_/\\.,、，;:\s]*")
_LOOSE = re.compile(r"[()\[\]第]|(?<![0-9A-Z])\s+|\s+(?![0-9A-Z])")
_PLACE = re.compile(
    rf"[^0-9A-Z{_NUMERALS}]*(?:[{_NUMERALS}]+[路街道马条环旗][^0-9A-Z{_NUMERALS}]*)*"
)


class Likeness(StrEnum):
    """How something written compares with what is on file."""

    AGREES = "agrees"
    PARTLY = "partly"
    SILENT = "silent"
    DIFFERS = "differs"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Door:
    """A door as far as it was written; None = not said.

    Attributes:
        place: What stood before the numbers: a street or community, if anything.
        other: A number that is the building's or the unit's: `3-601` does not say which.
    """

    building: str | None
    unit: str | None
    room: str | None
    place: str = ""
    other: str | None = None

    @property
    def key(self) -> tuple[str, str, str] | None:
        """For an index; None unless building, unit and room are all known."""
        if self.building is None or self.unit is None or self.room is None:
            return None
        return (self.building, self.unit, self.room)

    def compare(self, address: Address) -> Likeness:
        """Compare with an address on file; the community is not looked at."""
        filed = door_key(address)
        said = (self.building, self.unit, self.room)
        if any(a is not None and a != b for a, b in zip(said, filed, strict=True)):
            return Likeness.DIFFERS
        if self.other is not None and self.other not in filed[:2]:
            return Likeness.DIFFERS
        return Likeness.AGREES if None not in said else Likeness.PARTLY


def door_key(address: Address) -> tuple[str, str, str]:
    """Building, unit and room as `read_door` would return them."""
    return (_bare(address.building), _bare(address.unit), _bare(address.room))


@lru_cache(maxsize=8192)
def read_door(text: str) -> Door | None:
    """Read a door; None when it is not certain what was meant.

    Building, unit and room are expected in this order; words (栋, 单元, 室 …) must not contradict
    it. A floor is skipped. What follows the room (东, 左, a second door) makes it unreadable.
    """
    bare = _LOOSE.sub("", unicodedata.normalize("NFKC", text).upper().strip())
    parts: list[tuple[str, str]] = []
    end, place = 0, ""
    for found in _PART.finditer(bare):
        gap = bare[end : found.start()]
        if not parts:
            place = gap.strip(" -,:;、/")
            if not _PLACE.fullmatch(gap):
                return None
        elif not _BETWEEN.fullmatch(gap):
            return None
        parts.append((_bare(_figure(found["figure"])), found["mark"] or ""))
        end = found.end()
    if not parts or not _BETWEEN.fullmatch(bare[end:]):
        return None
    return _arranged(_without_floor(parts), place)


def _without_floor(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept = [part for part in parts if part[1] != "层"]
    if len(kept) == 4 and kept[3][0][:-2] == kept[2][0] and kept[2][1] in ("", "楼"):
        del kept[2]
    return kept


def _arranged(parts: list[tuple[str, str]], place: str) -> Door | None:
    figures = [figure for figure, _ in parts]
    roles = [_role(mark) for _, mark in parts]
    if len(parts) == 3:
        fits = all(role in ("", wanted) for role, wanted in zip(roles, "bur", strict=True))
        return Door(figures[0], figures[1], figures[2], place) if fits else None
    if len(parts) == 2 and roles[1] in ("", "r"):
        if roles[0] == "b":
            return Door(figures[0], None, figures[1], place)
        if roles[0] == "u":
            return Door(None, figures[0], figures[1], place)
        return Door(None, None, figures[1], place, other=figures[0]) if not roles[0] else None
    if len(parts) == 1 and roles[0] in ("", "r"):
        return Door(None, None, figures[0], place)
    return None


def _role(mark: str) -> str:
    if mark in _BUILDING:
        return "b"
    return "u" if mark in _UNIT else "r" if mark in _ROOM else ""


def _figure(text: str) -> str:
    """`十二` → `12`; figures and letters stay."""
    if text[0] not in _NUMERALS:
        return text
    if not any(unit in text for unit in "十百"):
        return "".join(str(_NUMERALS.index(sign)) for sign in text)
    total, digit = 0, 0
    for sign in text:
        if sign in "十百":
            total, digit = total + max(digit, 1) * (10 if sign == "十" else 100), 0
        else:
            digit = _NUMERALS.index(sign)
    return str(total + digit)


@lru_cache(maxsize=8192)
def _bare(part: str) -> str:
    """Without width, leading zeros and the words for building, unit and room."""
    if part.isascii() and part.isdecimal():
        return part.lstrip("0") or part
    text = unicodedata.normalize("NFKC", part).upper().strip()
    text = re.sub(r"(号楼|号栋|单元|[栋幢座楼室#号])$", "", text)
    return text.lstrip("0") or text
