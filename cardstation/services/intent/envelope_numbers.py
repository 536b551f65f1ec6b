"""Which envelope number a row has as it comes in; one that is relied on, no clerk changes alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardstation.domain.batch import Batch, ManifestLine
from cardstation.domain.batch_life import Step
from cardstation.store import Reading

_BY_ENVELOPE = ("card_in_other_envelope", "envelope_not_scanned")


@dataclass(frozen=True, slots=True)
class EnvelopeNumbers:
    """The numbers of a batch's rows.

    Attributes:
        place_of: Account → place of its row that counts, else of its newest one.
        started: Cards are held against all of them.
        stopped: Accounts whose card was stopped over its envelope.
    """

    batch: Batch
    place_of: Mapping[str, int]
    started: bool
    stopped: frozenset[str]

    def relied_on(self, line: ManifestLine) -> bool:
        """Cards were held against the numbers of this batch, or this household's was."""
        return self.started or line.account_no in self.stopped

    def of_row(self, new: ManifestLine, place: int) -> str:
        """The number of a row that comes in: its household's, where that is relied on.

        Args:
            new: The row, with the number that it is said to have.
            place: Of the row that it replaces, 0 for none.
        """
        lines = self.batch.lines
        replaced = lines[place - 1].envelope if place else ""
        own = place if place and lines[place - 1].account_no == new.account_no else 0
        own = own or self.place_of.get(new.account_no, 0)
        on_record = lines[own - 1].envelope if own else ""
        if self.relied_on(new) or (place and self.relied_on(lines[place - 1])):
            return on_record or replaced or new.envelope
        return new.envelope or replaced or on_record


def numbers_in(reading: Reading, batch: Batch) -> EnvelopeNumbers:
    """The numbers as they stand, and which of them are relied on."""
    rows = enumerate(batch.lines, start=1)
    oldest_first = sorted(rows, key=lambda one: (not one[1].withdrawn, one[0]))
    steps = reading.steps.of_batch(batch.batch_id)
    return EnvelopeNumbers(
        batch,
        {line.account_no: place for place, line in oldest_first if line.account_no},
        any(one.step is Step.STARTED for one in steps),
        frozenset(
            batch.lines[one.line - 1].account_no
            for one in reading.funds.stops(batch.batch_id)
            if one.code in _BY_ENVELOPE and 0 < one.line <= len(batch.lines)
        ),
    )
