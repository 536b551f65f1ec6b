"""Forgets what people wrote for a batch: the one list of what a purge removes from the records.

Money, receipts, acknowledgements, signatures and the journal stay: they are kept for 30 years.
"""

from __future__ import annotations

from datetime import datetime

from cardstation.services.intent.funding import batch_of
from cardstation.services.route_card import CLERK, TRAY
from cardstation.store import Unit

_STAY = frozenset({TRAY, CLERK})


def forget(unit: Unit, batch_id: str, at: datetime) -> None:
    """Remove names, doors, notes, envelopes and spellings of a batch; not committed.

    Headings that a manager's lists were explained by go with the last batch that names them.
    """
    manager = batch_of(unit, batch_id).manager
    unit.batches.purge(batch_id, at)
    unit.funds.forget_facts(batch_id, _STAY)
    if manager and not unit.batches.has_manager(manager):
        unit.learned.forget(manager)
