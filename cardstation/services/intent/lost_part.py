"""Knows whether a part of a restored station's records is gone for good."""

from __future__ import annotations

from datetime import UTC, datetime

from cardstation.domain.ledger import TAIL_LOST, EntryKind
from cardstation.store import Reading
from cardstation.store.journal import FIRST_EPOCH, StoredEntry

NEVER = datetime.min.replace(tzinfo=UTC)
"""Before anything: where nobody says when."""


def lost_since(reading: Reading, moment: datetime) -> bool:
    """Whether records written after a moment were lost, and the ledger never had them."""
    lost = [one.written_at for one in _losses(reading)]
    return any(at is not None and moment <= at for at in lost)


def lost_since_entry(reading: Reading, seq: int) -> bool:
    """The same of what was written after an entry of the journal, also of one that is not there."""
    stored = reading.journal.at(seq)
    at = None if stored is None else stored.written_at
    return at is None or lost_since(reading, at)


def loss_untold(reading: Reading) -> bool:
    """Whether the ledger has not heard yet that records were lost."""
    acked, _ = reading.outbox.acked()
    return any(one.seq > acked for one in _losses(reading))


def _losses(reading: Reading) -> list[StoredEntry]:
    """The entries that opened an epoch after a part was lost."""
    last = reading.journal.head().epoch
    epochs = [
        reading.journal.last_about(f"epoch {number}", EntryKind.EPOCH)
        for number in range(FIRST_EPOCH + 1, last + 1)
    ]
    return [one for one in epochs if one and one.entry.witness == TAIL_LOST]
