"""Reads the hand-over or the explanation that stands behind a step of a batch."""

from __future__ import annotations

import json
from dataclasses import fields

from cardstation.domain.batch_life import BatchStep
from cardstation.domain.custody import Explanation, HandOver, Moved, Reported
from cardstation.store.frozen import thaw

_KINDS: dict[frozenset[str], type[Moved | Reported]] = {
    frozenset(field.name for field in fields(kind)): kind
    for kind in (HandOver, Explanation, Reported)
}


def moved_of(step: BatchStep) -> Moved | None:
    """The hand-over or explanation behind a step, None when it is another kind of step.

    A hand-over that was recorded elsewhere, and stands beside our own, moves nothing.
    """
    told = _told(step)
    if isinstance(told, Reported):
        return None if told.beside else told.told
    return told


def reported_of(step: BatchStep) -> Reported | None:
    """The hand-over recorded elsewhere that a step took over, None when it is another kind."""
    told = _told(step)
    return told if isinstance(told, Reported) else None


def _told(step: BatchStep) -> Moved | Reported | None:
    found = json.loads(step.detail) if step.detail else None
    kind = _KINDS.get(frozenset(found)) if isinstance(found, dict) else None
    return None if kind is None else thaw(kind, step.detail)
