"""Keeps what a meter wrote back on the card in the lane: who will run out of gas, and when."""

from __future__ import annotations

from datetime import timedelta

from cardstation.domain.forecast import MeterReading
from cardstation.services.identify import Inserted
from cardstation.services.station import Station
from cardstation.store import Reading

AHEAD = timedelta(days=1)
"""A meter whose clock is further ahead than this says nothing that could be ordered."""


def note_reading(station: Station, look: Reading, card: Inserted) -> None:
    """Keep the meter's block if it is newer than the last one of its meter; else do nothing.

    It lies on the card still: one lost in a power cut is kept at the next insertion. Where a load
    clears it, what is on the disk before the card is touched was written after it.

    A block of another meter than the card's own, one that never credited anything, and one from
    the future are left out.
    """
    identity, block = card.content.identity, card.content.returned
    now = station.clock.now()
    if block is None or block.meter_no != identity.meter_no:
        return
    if not (block.cumulative or block.purchase_counter):
        return
    if block.written_at > now + AHEAD:
        return
    reading = MeterReading(
        account_no=identity.account_no,
        meter_no=block.meter_no,
        residual=block.residual,
        total=block.cumulative,
        counter=block.purchase_counter,
        at=block.written_at,
    )
    last = look.readings.last(reading.meter_no)
    if last is not None and not reading.newer_than(last):
        return
    with station.store.passing_unit() as unit:
        unit.readings.add(reading, now)
        unit.commit()
