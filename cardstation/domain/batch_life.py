"""The life of a batch: from a list to a bag that went back, one step after another.

::

    listed → quoted → collected → received → running → done → returned → closed

A desk may skip what did not happen (a manager walks in with list, money and bag), never what must:
nothing is closed that did not go back. Nothing is edited; each step is a row and a journal entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.errors import Refusal


class Stage(StrEnum):
    """How far a batch has come."""

    LISTED = "listed"
    QUOTED = "quoted"
    COLLECTED = "collected"
    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    RETURNED = "returned"
    CLOSED = "closed"


class Step(StrEnum):
    """What happened to a batch.

    `filed` says whose bag it is, `enveloped` which envelope a card belongs in; `counted` is a
    second person's check of a typed list; `allowed` says that a stopped card is loaded all the
    same; `signed` is who pays agreeing to the quote; `handed_over` is a movement of cards that
    ends no stage (a part of the bag); `photographed` keeps the photo of the paper on which one was
    signed; `explained` says why a card is missing or left over; `purged` removes the personal data
    of a closed batch.
    """

    LISTED = "listed"
    FILED = "filed"
    ENVELOPED = "enveloped"
    ALLOWED = "allowed"
    REVISED = "revised"
    COUNTED = "counted"
    QUOTED = "quoted"
    SIGNED = "signed"
    COLLECTED = "collected"
    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    PHOTOGRAPHED = "photographed"
    EXPLAINED = "explained"
    STARTED = "started"
    PAUSED = "paused"
    FINISHED = "finished"
    RETURNED = "returned"
    CLOSED = "closed"
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One step of one batch.

    Attributes:
        stage: Reached by it.
        detail: The value behind it as frozen JSON (a quote, a hand-over, a count), or empty.
        seq: Its entry in the journal.
    """

    batch_id: str
    step: Step
    stage: Stage
    detail: str
    clerk: str
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """Two people looked at a meter, and a card is loaded although others loaded it since its list.

    Attributes:
        place: Of its line, from 1.
        reading: What the meter read, or the number of the photo of it.
        shown: The loads from elsewhere that the card showed, or the ledger told, until then.
    """

    place: int
    reading: str
    shown: tuple[str, ...] = ()


_OF_THE_RUN = (Step.STARTED, Step.PAUSED, Step.FINISHED)


def last_of_run(steps: Iterable[BatchStep]) -> BatchStep | None:
    """The step by which a run was last begun, paused or ended; its steps come oldest first."""
    return next(reversed([one for one in steps if one.step in _OF_THE_RUN]), None)


_ANY_TIME = (Step.FILED, Step.ENVELOPED, Step.ALLOWED, Step.EXPLAINED, Step.PHOTOGRAPHED)
_BEFORE_THE_RUN = (Stage.LISTED, Stage.QUOTED, Stage.COLLECTED, Stage.RECEIVED)
_STAYS = {
    Step.REVISED,
    Step.COUNTED,
    Step.QUOTED,
    Step.COLLECTED,
    Step.RECEIVED,
    Step.HANDED_OVER,
    Step.PAUSED,
}

TABLE: dict[tuple[Stage, Step], Stage] = {
    **{(at, step): at for at in Stage if at is not Stage.CLOSED for step in _ANY_TIME},
    **{(stage, Step.STARTED): Stage.RUNNING for stage in _BEFORE_THE_RUN},
    **{(stage, Step.HANDED_OVER): stage for stage in _BEFORE_THE_RUN},
    **{(stage, Step.COUNTED): stage for stage in _BEFORE_THE_RUN},
    **{(at, Step.SIGNED): at for at in Stage if at not in (Stage.LISTED, Stage.CLOSED)},
    (Stage.LISTED, Step.REVISED): Stage.LISTED,
    (Stage.LISTED, Step.QUOTED): Stage.QUOTED,
    (Stage.LISTED, Step.COLLECTED): Stage.COLLECTED,
    (Stage.LISTED, Step.RECEIVED): Stage.RECEIVED,
    (Stage.LISTED, Step.CLOSED): Stage.CLOSED,
    (Stage.QUOTED, Step.REVISED): Stage.LISTED,
    (Stage.QUOTED, Step.QUOTED): Stage.QUOTED,
    (Stage.QUOTED, Step.COLLECTED): Stage.COLLECTED,
    (Stage.QUOTED, Step.RECEIVED): Stage.RECEIVED,
    (Stage.QUOTED, Step.CLOSED): Stage.CLOSED,
    (Stage.COLLECTED, Step.REVISED): Stage.COLLECTED,
    (Stage.COLLECTED, Step.QUOTED): Stage.COLLECTED,
    (Stage.COLLECTED, Step.COLLECTED): Stage.COLLECTED,
    (Stage.COLLECTED, Step.RECEIVED): Stage.RECEIVED,
    (Stage.RECEIVED, Step.REVISED): Stage.RECEIVED,
    (Stage.RECEIVED, Step.QUOTED): Stage.RECEIVED,
    (Stage.RECEIVED, Step.COLLECTED): Stage.RECEIVED,
    (Stage.RECEIVED, Step.RECEIVED): Stage.RECEIVED,
    (Stage.RECEIVED, Step.RETURNED): Stage.RETURNED,
    **{(Stage.RUNNING, step): Stage.RUNNING for step in _STAYS},
    (Stage.RUNNING, Step.STARTED): Stage.RUNNING,
    (Stage.RUNNING, Step.FINISHED): Stage.DONE,
    (Stage.DONE, Step.STARTED): Stage.RUNNING,
    (Stage.DONE, Step.REVISED): Stage.DONE,
    (Stage.DONE, Step.COUNTED): Stage.DONE,
    (Stage.DONE, Step.RECEIVED): Stage.DONE,
    (Stage.DONE, Step.HANDED_OVER): Stage.DONE,
    (Stage.DONE, Step.RETURNED): Stage.RETURNED,
    (Stage.RETURNED, Step.HANDED_OVER): Stage.RETURNED,
    (Stage.RETURNED, Step.RECEIVED): Stage.DONE,
    (Stage.RETURNED, Step.STARTED): Stage.RUNNING,
    (Stage.RETURNED, Step.CLOSED): Stage.CLOSED,
    (Stage.CLOSED, Step.PURGED): Stage.CLOSED,
}
"""(stage, step) → stage; cards that turn up late open a batch again until it is closed."""


def advance_batch(stage: Stage, step: Step) -> Stage:
    """The stage after a step.

    Raises:
        Refusal: `batch_not_so_far`: this step does not follow there.
    """
    found = TABLE.get((stage, step))
    if found is None:
        raise Refusal("batch_not_so_far", stage=stage.value, step=step.value)
    return found
