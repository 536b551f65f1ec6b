"""Reads the hand-over or the explanation that stands behind a step of a batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields

from cardstation.domain.batch_life import BatchStep, Step
from cardstation.domain.custody import Explanation, HandOver, Moved, Recounted, Reported
from cardstation.store.frozen import thaw

_KINDS: dict[frozenset[str], type[Moved | Recounted | Reported]] = {
    frozenset(field.name for field in fields(kind)): kind
    for kind in (HandOver, Explanation, Recounted, Reported)
}


def moved_of(step: BatchStep) -> Moved | None:
    """The hand-over or explanation behind a step, None when it is another kind of step.

    A hand-over that was recorded elsewhere, and stands beside our own, moves nothing.
    """
    told = _told(step)
    if isinstance(told, Reported):
        return None if told.beside else told.told
    return None if isinstance(told, Recounted) else told


def reported_of(step: BatchStep) -> Reported | None:
    """The hand-over recorded elsewhere that a step took over, None when it is another kind."""
    told = _told(step)
    return told if isinstance(told, Reported) else None


def recount_of(step: BatchStep) -> Recounted | None:
    """The count put right that stands behind a step, None when it is another kind."""
    told = _told(step)
    return told if isinstance(told, Recounted) else None


def recounts_of(steps: Iterable[BatchStep]) -> tuple[Recounted, ...]:
    """Every count that was put right, oldest first."""
    explained = (recount_of(one) for one in steps if one.step is Step.EXPLAINED)
    return tuple(one for one in explained if one is not None)


def counted_last(
    told: HandOver, number: int, again: Iterable[Recounted], *, late: bool
) -> HandOver:
    """A hand-over as it was counted last.

    Args:
        told: It.
        number: Of its step.
        again: As `recounts_of`.
        late: With counts, too, that came after the bag went on.
    """
    for one in again:
        if one.number == number and (late or not one.beside):
            told = one.of(told)
    return told


def _told(step: BatchStep) -> Moved | Recounted | Reported | None:
    found = json.loads(step.detail) if step.detail else None
    kind = _KINDS.get(frozenset(found)) if isinstance(found, dict) else None
    return None if kind is None else thaw(kind, step.detail)
