"""Gives the money of a funded line free that will not be loaded: it is the payer's again."""

from __future__ import annotations

from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of, release_in
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.lump_sums import ReleasedLine

REASONS = ("absent", "destroyed", "refused", "sealed_off", "not_wanted", "other")
"""Why a funded line is not loaded: nobody home, card destroyed, taken back by the household,
building sealed off, not wanted any more, or as the clerk's note on the paper says."""

_NEVER_WAS = frozenset({TopUpState.VOIDED, TopUpState.REFUNDED})


def release_line(station: Station, batch_id: str, place: int, reason: str) -> ReleasedLine:
    """Release a funded line; its money pays for lines that wait, or goes back to the payer.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the line, from 1.
        reason: One of `REASONS`.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `release_reason_unknown`, `line_unfunded`,
            `line_released`, `line_begun` (a load of it is begun or done: it is taken back or
            refunded with its card), and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    if reason not in REASONS:
        raise Refusal("release_reason_unknown", reason_given=reason, known=" ".join(REASONS))
    with station.store.unit() as unit:
        _ensure_releasable(unit, batch_id, place)
        released = release_in(station, unit, batch_id, place, reason=reason)
        unit.commit()
    anchor_journal(station)
    if released is None:
        raise Refusal("line_unfunded", place=place)
    return released


def _ensure_releasable(reading: Reading, batch_id: str, place: int) -> None:
    lines = batch_of(reading, batch_id).lines
    if not 0 < place <= len(lines):
        raise Refusal("unknown_line", batch_id=batch_id, place=place)
    line = lines[place - 1]
    if place in reading.lump_sums.released(batch_id):
        raise Refusal("line_released", row=line.row.row, door=line.door)
    loads = reading.topups.of_batch(batch_id, line=place)
    if any(load.state not in _NEVER_WAS for load in loads):
        raise Refusal("line_begun", row=line.row.row, door=line.door)
    if place not in reading.funds.funded(batch_id, line=place):
        raise Refusal("line_unfunded", row=line.row.row, fen=0)
