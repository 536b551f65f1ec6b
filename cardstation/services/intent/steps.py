"""Makes each step of a batch's life durable: its row and its journal entry in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cardstation.domain.batch_life import BatchStep, Stage, Step, advance_batch
from cardstation.domain.envelopes import Exchanges
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.list_steps import Decided, Revised
from cardstation.errors import Refusal
from cardstation.services.intent.facts import append, clerk_of
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze, thaw, thaw_any


def record_step(
    station: Station,
    unit: Unit,
    batch_id: str,
    step: Step,
    *,
    value: object = None,
    proof: str = "",
    approver: str = "",
) -> BatchStep:
    """Add a step within a unit of work; whoever commits anchors the journal afterwards.

    Args:
        station: The desk.
        unit: The unit of work.
        batch_id: Of the batch.
        step: What happened.
        value: What stands behind it (a quote, a hand-over), a frozen dataclass; without names.
        proof: SHA-256 of what it rests on (a list, a signed paper), hex.
        approver: The second person, where one agreed.

    Raises:
        Refusal: `batch_not_so_far`, `batch_closed_already`.
    """
    first = step is Step.LISTED
    if not first and step is not Step.PURGED:
        ensure_not_closed(unit, batch_id)
    stage = Stage.LISTED if first else advance_batch(unit.steps.stage(batch_id), step)
    now = station.clock.now()
    told = BatchStep(
        batch_id=batch_id,
        step=step,
        stage=stage,
        detail="" if value is None else freeze(value),
        clerk=clerk_of(station, unit),
        at=now,
        seq=unit.journal.head().seq + 1,
    )
    facts: dict[str, Any] = {"batch": batch_id, "proof": proof, "approver": approver}
    append(station, unit, EntryKind.BATCH, batch_id, detail=freeze(told), **facts)
    unit.steps.add(told)
    return told


def ensure_not_closed(reading: Reading, batch_id: str) -> None:
    """The batch is not closed: it can still be quoted, paid for and changed.

    Raises:
        Refusal: `batch_closed_already`.
    """
    if reading.steps.stage(batch_id) is Stage.CLOSED:
        raise Refusal("batch_closed_already", batch_id=batch_id)


def exchanges_of(steps: Iterable[BatchStep], approved: Callable[[int], bool]) -> Exchanges:
    """What was put in whose stead.

    Args:
        steps: Of one batch, oldest first.
        approved: Whether the entry at a place of the journal names a second person.
    """
    became: dict[int, int] = {}
    agreed: set[int] = set()
    for one in steps:
        told = thaw_any(Revised | Decided, one.detail) if one.step is Step.REVISED else None
        if isinstance(told, Decided) and 0 < told.place < told.became:
            became[told.place] = told.became
            if approved(one.seq):
                agreed.add(told.became)
    return Exchanges(became, frozenset(agreed))


def step_again(unit: Unit, entry: Entry) -> BatchStep:
    """Put a step back that this station lost."""
    step = thaw(BatchStep, entry.detail)
    unit.steps.add(step)
    return step
