"""A second list beside the batch it revises, line by line, before anything is taken.

Rows are paired by what is written, then by account, by card, and by name and room. What a line
means counts, not how it is spelled; a decision made about a row stands while the row says the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from cardstation.domain.batch import DECIDED, ManifestLine, Verdict

LEFT_OUT = "left_out"
"""Reason codes of lines that a person left out begin so."""


class ChangeKind(StrEnum):
    """What a newer list means for one line; KEPT contradicts it and stays all the same."""

    UNCHANGED = "unchanged"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the comparison.

    Attributes:
        place: Of the old line in the batch, 0 for a new one.
        old, new: What it said and what it says; None where there is none.
        number_left: The envelope number that the newer list says and that the row does not get.
    """

    kind: ChangeKind
    place: int
    old: ManifestLine | None
    new: ManifestLine | None
    number_left: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A newer list against a batch.

    Attributes:
        changes: In the newer list's order, then what is gone.
        digest: Of the newer list.
    """

    batch_id: str
    digest: str
    changes: tuple[Change, ...]

    def count(self, kind: ChangeKind) -> int:
        """How many lines are of a kind."""
        return sum(change.kind is kind for change in self.changes)

    @property
    def says_something(self) -> bool:
        """True when taking it would change the batch."""
        changing = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.GONE)
        return any(change.kind in changing for change in self.changes)


def compare_lines(
    lines: Sequence[ManifestLine], fixed: Collection[int], newer: Sequence[ManifestLine]
) -> tuple[Change, ...]:
    """Pair every line of a newer list with the batch's lines.

    Args:
        lines: Every line of the batch, withdrawn ones too.
        fixed: Places that are funded, begun or done; these are never withdrawn.
        newer: The newer list's lines, judged.
    """
    paired = _paired(lines, newer)
    changes = []
    for index, new in enumerate(newer):
        place = paired.get(index, 0)
        if not place:
            changes.append(Change(ChangeKind.NEW, 0, None, new))
            continue
        old = lines[place - 1]
        kind = ChangeKind.UNCHANGED
        if not _says_the_same(old, new):
            kind = ChangeKind.KEPT if place in fixed else ChangeKind.CHANGED
        changes.append(Change(kind, place, old, new))
    found = set(paired.values())
    for place, old in enumerate(lines, start=1):
        if not old.withdrawn and place not in found:
            kind = ChangeKind.KEPT if place in fixed else ChangeKind.GONE
            changes.append(Change(kind, place, old, None))
    return _each_household_once(changes)


def _each_household_once(changes: Sequence[Change]) -> tuple[Change, ...]:
    """A new row of a household that a line which stays already counts for is a question."""
    stays = {
        change.old.account_no
        for change in changes
        if change.kind in (ChangeKind.UNCHANGED, ChangeKind.KEPT)
        and change.old is not None
        and not change.old.withdrawn
        and change.old.verdict is Verdict.READY
    }

    def asked(change: Change) -> Change:
        new = change.new
        taken = change.kind in (ChangeKind.NEW, ChangeKind.CHANGED)
        if new is None or not taken or new.verdict is not Verdict.READY:
            return change
        if new.account_no not in stays:
            return change
        reasons = ("differing_duplicate", *new.reasons)
        doubted = replace(new, verdict=Verdict.HUMAN, volume=None, order_id="", reasons=reasons)
        return replace(change, new=doubted)

    return tuple(map(asked, changes))


def written(line: ManifestLine) -> tuple[str, ...]:
    """What a row says, wherever it stands."""
    row = line.row
    return (row.account_no, row.card_no, row.name, row.door, row.amount, row.note)


def _paired(lines: Sequence[ManifestLine], newer: Sequence[ManifestLine]) -> dict[int, int]:
    """Index in the newer list → place in the batch; each place once."""
    live = {place for place, line in enumerate(lines, start=1) if not line.withdrawn}
    left_out = {
        place for place, line in enumerate(lines, start=1) if line.withdrawn.startswith(LEFT_OUT)
    }
    paired: dict[int, int] = {}
    passes: list[tuple[set[int], Callable[[ManifestLine], Hashable]]] = [
        (live, written),
        (left_out, written),
        (live, lambda line: line.account_no),
        (live, lambda line: line.card_no),
        (live, _home),
    ]
    for places, key in passes:
        free: dict[Hashable, list[int]] = defaultdict(list)
        for place in sorted(places - set(paired.values())):
            if mark := key(lines[place - 1]):
                free[mark].append(place)
        for index, line in enumerate(newer):
            if index not in paired and free[key(line)]:
                paired[index] = free[key(line)].pop(0)
    return paired


def _home(line: ManifestLine) -> Hashable:
    return (line.name, line.door) if line.name and line.door else ""


def _says_the_same(old: ManifestLine, new: ManifestLine) -> bool:
    if written(old) == written(new):
        if old.withdrawn or old.ground == DECIDED:
            return True
        return old.verdict is new.verdict and _meaning(old) == _meaning(new)
    return bool(old.ground and new.ground) and _meaning(old) == _meaning(new)


def _meaning(line: ManifestLine) -> tuple[object, ...]:
    return (line.verdict, line.kind, line.account_no, line.card_no, line.money)
