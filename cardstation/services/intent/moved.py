"""Reads the hand-over or the explanation that stands behind a step of a batch."""

from __future__ import annotations

import json
from dataclasses import fields

from cardstation.domain.batch_life import BatchStep
from cardstation.domain.custody import Explanation, HandOver, Moved
from cardstation.store.frozen import thaw

_KINDS = {
    frozenset(field.name for field in fields(HandOver)): HandOver,
    frozenset(field.name for field in fields(Explanation)): Explanation,
}


def moved_of(step: BatchStep) -> Moved | None:
    """The hand-over or explanation behind a step, None when it is another kind of step."""
    found = json.loads(step.detail) if step.detail else None
    kind = _KINDS.get(frozenset(found)) if isinstance(found, dict) else None
    return None if kind is None else thaw(kind, step.detail)
