"""Reads a list with the headings its manager is known for, and learns those a person explained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cardstation.errors import Refusal
from cardstation.services.lists.header import Column, bare_word
from cardstation.services.lists.reading import Heading, HouseholdList, headings_of, read_list
from cardstation.services.station import Station
from cardstation.store import Unit


def read_of_manager(
    station: Station, path: Path, manager: str, columns: Mapping[str, str]
) -> HouseholdList:
    """Read a list file.

    Args:
        station: Knows the headings.
        path: The file.
        manager: Whose headings are looked up; empty = nobody's.
        columns: Headings explained just now: what each holds (`account`, `amount`, …).

    Raises:
        Refusal: `column_unknown`, `list_not_readable`, `list_without_header`, `list_empty`.
    """
    return read_list(path, {**_learned(station, manager), **explained(columns)})


def headings_of_manager(station: Station, path: Path, manager: str) -> tuple[Heading, ...]:
    """The columns of a list whose headings are to be explained.

    Raises:
        Refusal: `list_not_readable`.
    """
    return headings_of(path, _learned(station, manager))


def explained(columns: Mapping[str, str]) -> dict[str, Column]:
    """Headings and what they hold, as they are learned.

    Raises:
        Refusal: `column_unknown`: there is no such column.
    """
    known = {column.value: column for column in Column}
    for holds in columns.values():
        if holds not in known:
            raise Refusal("column_unknown", column=holds, known=" ".join(known))
    return {bare_word(word): known[holds] for word, holds in columns.items()}


def learn(unit: Unit, manager: str, columns: Mapping[str, str]) -> None:
    """Remember explained headings of a manager; without a name there is nobody to remember."""
    if manager:
        unit.learned.learn(manager, explained(columns))


def _learned(station: Station, manager: str) -> dict[str, Column]:
    with station.store.reading() as reading:
        found = reading.learned.of_manager(manager) if manager else {}
    return explained(found)
