"""Whether every row that was typed by hand was keyed once more by a second person."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.doors import read_door
from cardstation.domain.list_steps import Counted, Decided, Listed, Revised
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
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


def typed_places(reading: Reading, batch: Batch) -> dict[int, frozenset[str]]:
    """Places of the ready lines that a hand typed, and whose."""
    typed = typed_hands(reading, batch)
    return {at: hands for at, hands in typed.items() if _counts(batch.lines[at - 1])}


def typed_hands(reading: Reading, batch: Batch) -> dict[int, frozenset[str]]:
    """Whose hands typed which lines: of a typed list, added, or decided.

    A decision that leaves household and amount as the list says types nothing. One that changes
    a typed line is of both who had a hand in it: household and amount may be of either.
    """
    revisions: dict[int, frozenset[str]] = {}
    typed: dict[int, frozenset[str]] = {}
    for step in reading.steps.of_batch(batch.batch_id):
        own = frozenset({step.clerk})
        if step.step is Step.LISTED and step.detail and thaw(Listed, step.detail).typed:
            revisions[1] = own
        elif step.step is Step.REVISED:
            told = thaw_any(Revised | Decided, step.detail)
            if isinstance(told, Decided):
                hands = _hands(batch, told.place, typed, revisions)
                hands |= own if _by_hand(batch, told) else frozenset()
                typed |= {told.became: hands} if told.became and hands else {}
            elif told.typed:
                revisions[told.revision] = own
    places = range(1, len(batch.lines) + 1)
    return {at: whose for at in places if (whose := _hands(batch, at, typed, revisions))}


def _hands(
    batch: Batch,
    place: int,
    typed: Mapping[int, frozenset[str]],
    revisions: Mapping[int, frozenset[str]],
) -> frozenset[str]:
    """Whose hands typed a line, by itself or with its whole list."""
    if place in typed or not 0 < place <= len(batch.lines):
        return typed.get(place, frozenset())
    return revisions.get(batch.lines[place - 1].revision, frozenset())


def ensure_typed_by_others(approval: Approval, hands: Iterable[frozenset[str]]) -> None:
    """The second person typed none of it, now or in an earlier shift.

    Raises:
        Refusal: `second_person_typed`.
    """
    if any(approval.name in whose for whose in hands):
        raise Refusal("second_person_typed", name=approval.name)


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
    batch: Batch, typed: Collection[int], through: int, rows: Sequence[KeyedRow]
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
