"""Whether every row that was typed by hand was keyed once more by a second person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.doors import read_door
from cardstation.domain.list_steps import Counted, Decided, Listed, Revised
from cardstation.domain.money import Money
from cardstation.errors import Refusal
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw, thaw_any


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """One row as a second person keyed it, from the paper or the chat.

    Attributes:
        whom: Its door, or the number of its account or card.
        money: None for a row that was paid online.
    """

    whom: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class EntryState:
    """The check of a batch's typed lines.

    Attributes:
        typed: How many lines that money can be taken for were typed in by hand.
        unchecked: How many of them no second person has keyed yet.
    """

    typed: int
    unchecked: int


def read_keyed(text: str) -> tuple[KeyedRow, ...]:
    """Rows as they are keyed: one a line, the door or number first, the amount in yuan last."""
    rows = (unicodedata.normalize("NFKC", one).split() for one in text.splitlines())
    return tuple(_keyed(words) for words in rows if words)


def _keyed(words: Sequence[str]) -> KeyedRow:
    try:
        return KeyedRow(" ".join(words[:-1]), Money.of_yuan(words[-1].removesuffix("元")))
    except ValueError:
        return KeyedRow(" ".join(words), None)


def entry_state(station: Station, reading: Reading, batch: Batch) -> EntryState:
    """How many lines were typed, and how many of them wait for a second person.

    A training desk nobody was added to has no second person: nothing waits for one there.
    """
    places = typed_places(reading, batch)
    alone = station.training and not reading.shifts.clerks()
    through = 0 if alone else checked_through(reading, batch.batch_id)
    return EntryState(len(places), 0 if alone else sum(at > through for at in places))


def typed_places(reading: Reading, batch: Batch) -> tuple[int, ...]:
    """Places of the ready lines that a hand typed: of a typed list, added, or decided.

    A decision that leaves household and amount as the list says types nothing.
    """
    revisions, typed = set(), set()
    for step in reading.steps.of_batch(batch.batch_id):
        if step.step is Step.LISTED and step.detail and thaw(Listed, step.detail).typed:
            revisions.add(1)
        elif step.step is Step.REVISED:
            told = thaw_any(Revised | Decided, step.detail)
            if isinstance(told, Decided):
                typed |= {told.became} if told.place in typed or _by_hand(batch, told) else set()
            elif told.typed:
                revisions.add(told.revision)
    return tuple(
        at
        for at, line in enumerate(batch.lines, start=1)
        if (at in typed or line.revision in revisions) and _counts(line)
    )


def _counts(line: ManifestLine) -> bool:
    return not line.withdrawn and line.verdict is Verdict.READY


def _by_hand(batch: Batch, told: Decided) -> bool:
    """Whether a line was added, or says another household or amount than the list did."""
    if not told.place:
        return True
    places = (told.place, told.became)
    if any(not 0 < at <= len(batch.lines) for at in places):
        return told.why == "decided"
    old, new = (batch.lines[at - 1] for at in places)
    differs = (old.account_no, old.money) != (new.account_no, new.money)
    return told.why == "decided" and differs and new.kind is LineKind.SALE


def checked_through(reading: Reading, batch_id: str) -> int:
    """The last place that a second person has seen; lines never change, new ones lie behind it."""
    counts = (one for one in reading.steps.of_batch(batch_id) if one.step is Step.COUNTED)
    return max((thaw(Counted, one.detail).through for one in counts), default=0)


def disagreeing(
    batch: Batch, typed: Sequence[int], through: int, rows: Sequence[KeyedRow]
) -> tuple[tuple[str, ...], int]:
    """Compare what was keyed with what was typed, household by household.

    Args:
        batch: The list.
        typed: Places of its typed lines.
        through: How far a second person has seen it.
        rows: As keyed. One of a line that still waits for a person is passed over.

    Returns:
        Whom of the keyed rows that do not agree, and how many typed lines nobody keyed yet.
    """
    open_still = set(typed)
    wrong = []
    for row in rows:
        of_whom = list(_places_of(batch, row.whom))
        agree = [at for at in of_whom if at in open_still and _says(batch, at, row)]
        if agree:
            open_still.discard(agree[0])
        elif not any(at not in typed for at in of_whom):
            wrong.append(row.whom)
    return tuple(wrong), sum(at > through for at in open_still)


def _says(batch: Batch, place: int, row: KeyedRow) -> bool:
    return batch.lines[place - 1].money == row.money


def _places_of(batch: Batch, whom: str) -> Iterator[int]:
    door = read_door(whom)
    key = door.key if door else None
    for at, line in enumerate(batch.lines, start=1):
        if line.withdrawn:
            continue
        filed = read_door(line.door) if key else None
        by_door = line.door == whom or (filed is not None and filed.key == key)
        if by_door or whom in (line.account_no, line.card_no):
            yield at


def ensure_entry_checked(station: Station, reading: Reading, batch: Batch) -> None:
    """Every line that was typed by hand was keyed again by a second person.

    Raises:
        Refusal: `entry_not_checked`.
    """
    found = entry_state(station, reading, batch)
    if found.unchecked:
        raise Refusal("entry_not_checked", batch_id=batch.batch_id, lines=found.unchecked)
