"""Sends what was just armed, if the ledger answers at once; a sale never waits for it."""

from __future__ import annotations

from dataclasses import replace

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.services.station import Station
from cardstation.services.sync import PATIENCE_S, sync


def send_eagerly(station: Station, *, patience_s: float = PATIENCE_S) -> bool:
    """Try once to bring the journal to the ledger; skipped while an earlier failure rests.

    For the moment after *armed*: another desk can finish what the ledger knows. Nothing is
    raised: what was not sent goes with the next sync, and a verdict that stops selling is kept by
    `sync` itself. A longer conversation of another hand of this desk is as if nobody answered.

    Args:
        station: The desk.
        patience_s: How long to wait for that other hand.

    Returns:
        Whether the ledger has everything now.
    """
    hurried = None if station.ledger is None else station.ledger.hurried()
    if hurried is None:
        return False
    try:
        return sync(replace(station, ledger=hurried), patience_s=patience_s).unsent == 0
    except (LedgerUnreachable, LedgerRefused):
        return False
