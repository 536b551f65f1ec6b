"""Whether a list that was typed by hand has been counted by a second person."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Counted, Decided, Listed, Revised
from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import Refusal
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw, thaw_any


@dataclass(frozen=True, slots=True)
class EntryState:
    """The check of a batch's typed lines.

    Attributes:
        typed: How many lines that count were typed in by hand.
        unchecked: How many of them no second person has counted yet.
    """

    typed: int
    unchecked: int


def entry_state(station: Station, reading: Reading, batch: Batch) -> EntryState:
    """Look at the steps of a batch: what was typed, and how far it was counted.

    Lines never change; what was typed or decided after the count lies behind it. A training desk
    nobody was added to has no second person: nothing waits for one there.
    """
    typed, through = {0}, 0
    for step in reading.steps.of_batch(batch.batch_id):
        if step.step is Step.LISTED and step.detail:
            typed |= {1} if thaw(Listed, step.detail).typed else set()
        elif step.step is Step.REVISED:
            told = thaw_any(Revised | Decided, step.detail)
            if isinstance(told, Revised) and told.typed:
                typed.add(told.revision)
        elif step.step is Step.COUNTED:
            through = thaw(Counted, step.detail).through
    places = [
        place
        for place, line in enumerate(batch.lines, start=1)
        if not line.withdrawn and line.revision in typed
    ]
    alone = station.training and not reading.shifts.clerks()
    unchecked = 0 if alone else sum(place > through for place in places)
    return EntryState(len(places), unchecked)


def ensure_entry_checked(station: Station, reading: Reading, batch: Batch) -> None:
    """Every line that was typed by hand was counted by a second person.

    Raises:
        Refusal: `entry_not_checked`.
    """
    found = entry_state(station, reading, batch)
    if found.unchecked:
        raise Refusal("entry_not_checked", batch_id=batch.batch_id, lines=found.unchecked)


def count_and_total(batch: Batch) -> tuple[int, Money]:
    """Households on the list and the sum of their amounts, of every line that counts."""
    lines = [line for line in batch.lines if not line.withdrawn]
    return len(lines), sum((line.money or NO_MONEY for line in lines), NO_MONEY)
