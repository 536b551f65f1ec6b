"""The steps of batches, and the signatures under their hand-overs."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.store.tables import batch_step, signature


class Steps:
    """Steps of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, step: BatchStep) -> None:
        """Store a step; it never changes afterwards."""
        self._connection.execute(
            batch_step.insert(),
            {
                "batch_id": step.batch_id,
                "step": step.step,
                "stage": step.stage,
                "detail": step.detail,
                "clerk": step.clerk,
                "at": step.at,
                "seq": step.seq,
            },
        )

    def of_batch(self, batch_id: str) -> tuple[BatchStep, ...]:
        """Every step of a batch, oldest first."""
        query = select(batch_step).where(batch_step.c.batch_id == batch_id)
        return tuple(map(_step, self._connection.execute(query.order_by(batch_step.c.no))))

    def every(self) -> tuple[BatchStep, ...]:
        """Every step of all batches, oldest first."""
        return tuple(map(_step, self._connection.execute(select(batch_step).order_by("no"))))

    def of_kind(self, step: Step) -> tuple[BatchStep, ...]:
        """Every step of one kind, of all batches, oldest first."""
        query = select(batch_step).where(batch_step.c.step == step)
        return tuple(map(_step, self._connection.execute(query.order_by(batch_step.c.no))))

    def stage(self, batch_id: str) -> Stage:
        """How far a batch has come; one whose steps are not on file is listed."""
        query = (
            select(batch_step.c.stage)
            .where(batch_step.c.batch_id == batch_id)
            .order_by(batch_step.c.no.desc())
        )
        return self._connection.scalars(query).first() or Stage.LISTED

    def stages(self) -> dict[str, Stage]:
        """The stage of every batch that has steps, in one query."""
        newest = select(func.max(batch_step.c.no)).group_by(batch_step.c.batch_id)
        query = select(batch_step.c.batch_id, batch_step.c.stage).where(batch_step.c.no.in_(newest))
        return {row.batch_id: row.stage for row in self._connection.execute(query)}

    def keep_signature(self, image: bytes, at: datetime) -> str:
        """Keep a signature's picture (PNG) and return its SHA-256 in hex."""
        digest = hashlib.sha256(image).hexdigest()
        if self.signature(digest) is None:
            self._connection.execute(
                signature.insert(), {"digest": digest, "image": image, "at": at}
            )
        return digest

    def signature(self, digest: str) -> bytes | None:
        """The picture behind a digest."""
        query = select(signature.c.image).where(signature.c.digest == digest)
        return self._connection.scalars(query).first()


def _step(row: Row[Any]) -> BatchStep:
    return BatchStep(row.batch_id, row.step, row.stage, row.detail, row.clerk, row.at, row.seq)
