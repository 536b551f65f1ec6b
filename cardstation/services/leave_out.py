"""Leaves a row out of a batch, with a reason; nothing of it is erased."""

from __future__ import annotations

from cardstation.domain.revision import LEFT_OUT
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.changing import exchange, live_line
from cardstation.services.station import Station

REASONS = ("unclear", "not_wanted", "twice", "elsewhere")
"""Why a row is left out; the code in the store is `left_out_<reason>`."""


def leave_out(station: Station, batch_id: str, place: int, reason: str) -> None:
    """Leave a row out of the batch, with one of `REASONS`; `reopen_line` takes that back.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `line_fixed`, `line_withdrawn`,
            `reason_unknown`.
    """
    ensure_may_write(station)
    if reason not in REASONS:
        raise Refusal("reason_unknown", reason_given=reason, known=" ".join(REASONS))
    with station.store.unit() as unit:
        live_line(unit, batch_id, place)
        exchange(station, unit, batch_id, place, f"{LEFT_OUT}_{reason}", None)
        unit.commit()
    anchor_journal(station)
