"""Knows whether a part of a restored station's records is gone for good."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.ledger import TAIL_LOST, EntryKind
from cardstation.store import Reading
from cardstation.store.journal import FIRST_EPOCH


def lost_since(reading: Reading, moment: datetime) -> bool:
    """Whether records written after a moment were lost, and the ledger never had them."""
    last = reading.journal.head().epoch
    epochs = [
        reading.journal.last_about(f"epoch {number}", EntryKind.EPOCH)
        for number in range(FIRST_EPOCH + 1, last + 1)
    ]
    lost = [one.written_at for one in epochs if one and one.entry.witness == TAIL_LOST]
    return any(at is not None and moment <= at for at in lost)
