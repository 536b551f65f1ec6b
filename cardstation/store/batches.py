"""Batches and their manifest lines as rows, exactly as they were taken in."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, Table, Text, select

from cardstation.domain.batch import Batch, LineKind, ListRow, ManifestLine, Verdict
from cardstation.sql.types import Fen, Instant, Litres, Word
from cardstation.store.tables import metadata

batches = Table(
    "batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("imported_at", Instant, nullable=False),
    Column("stated_count", Integer),
    Column("stated_total", Fen),
)

batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", Text, ForeignKey("batches.batch_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("row", Integer, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("written_account_no", Text, nullable=False),
    Column("written_name", Text, nullable=False),
    Column("written_door", Text, nullable=False),
    Column("written_card_no", Text, nullable=False),
    Column("written_amount", Text, nullable=False),
    Column("written_note", Text, nullable=False),
    Column("verdict", Word(Verdict), nullable=False),
    Column("kind", Word(LineKind), nullable=False),
    Column("account_no", Text, nullable=False),
    Column("card_no", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("money", Fen),
    Column("volume", Litres),
    Column("ground", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("order_id", Text, nullable=False),
)
Index("ix_batch_lines_card_no", batch_lines.c.card_no)
Index("ix_batch_lines_account_no", batch_lines.c.account_no)


class Batches:
    """The batches of one unit of work or reading.

    Args:
        connection: Where to look.
        kept: Batches read before, by id. Lines never change, and every card of a bag asks for all.
    """

    def __init__(self, connection: Connection, kept: dict[str, Batch]) -> None:
        self._connection = connection
        self._kept = kept

    def add(self, batch: Batch) -> None:
        """Store a batch and its lines; they never change afterwards."""
        self._connection.execute(
            batches.insert(),
            {
                "batch_id": batch.batch_id,
                "name": batch.name,
                "digest": batch.digest,
                "imported_at": batch.imported_at,
                "stated_count": batch.stated_count,
                "stated_total": batch.stated_total,
            },
        )
        rows = [_line_row(batch.batch_id, i, line) for i, line in enumerate(batch.lines, start=1)]
        self._connection.execute(batch_lines.insert(), rows)

    def get(self, batch_id: str) -> Batch | None:
        """A batch with its lines in list order."""
        found = self._connection.execute(
            select(batches).where(batches.c.batch_id == batch_id)
        ).first()
        if found is None:
            return None
        kept = self._kept.get(batch_id)
        if kept is not None and (kept.digest, kept.imported_at) == (
            found.digest,
            found.imported_at,
        ):
            return kept
        lines = self._connection.execute(
            select(batch_lines)
            .where(batch_lines.c.batch_id == batch_id)
            .order_by(batch_lines.c.position)
        )
        batch = Batch(
            batch_id=found.batch_id,
            name=found.name,
            digest=found.digest,
            imported_at=found.imported_at,
            stated_count=found.stated_count,
            stated_total=found.stated_total,
            lines=tuple(map(_line, lines)),
        )
        self._kept[batch_id] = batch
        return batch

    def ids(self) -> tuple[str, ...]:
        """All batch ids, the newest first."""
        query = select(batches.c.batch_id).order_by(batches.c.batch_id.desc())
        return tuple(self._connection.scalars(query))

    def with_digest(self, digest: str) -> str | None:
        """The id of the batch with this content."""
        query = select(batches.c.batch_id).where(batches.c.digest == digest)
        return self._connection.scalars(query).first()

    def of_card(self, card_no: str) -> tuple[str, ...]:
        """Ids of the batches in which a card stands, the newest first."""
        query = (
            select(batch_lines.c.batch_id)
            .where(batch_lines.c.card_no == card_no)
            .distinct()
            .order_by(batch_lines.c.batch_id.desc())
        )
        return tuple(self._connection.scalars(query))

    def next_id(self, day: date) -> str:
        """The next free id of a day: `2026-11-24-01`."""
        taken = [i for i in self.ids() if i.startswith(f"{day.isoformat()}-")]
        highest = max((int(i.rpartition("-")[2]) for i in taken), default=0)
        return f"{day.isoformat()}-{highest + 1:02d}"


def _line_row(batch_id: str, position: int, line: ManifestLine) -> dict[str, Any]:
    row = line.row
    return {
        "batch_id": batch_id,
        "position": position,
        "row": row.row,
        "sheet": row.sheet,
        "written_account_no": row.account_no,
        "written_name": row.name,
        "written_door": row.door,
        "written_card_no": row.card_no,
        "written_amount": row.amount,
        "written_note": row.note,
        "verdict": line.verdict,
        "kind": line.kind,
        "account_no": line.account_no,
        "card_no": line.card_no,
        "name": line.name,
        "door": line.door,
        "money": line.money,
        "volume": line.volume,
        "ground": line.ground,
        "reasons": " ".join(line.reasons),
        "order_id": line.order_id,
    }


def _line(row: Row[Any]) -> ManifestLine:
    return ManifestLine(
        row=ListRow(
            row=row.row,
            account_no=row.written_account_no,
            name=row.written_name,
            door=row.written_door,
            card_no=row.written_card_no,
            amount=row.written_amount,
            note=row.written_note,
            sheet=row.sheet,
        ),
        verdict=row.verdict,
        kind=row.kind,
        account_no=row.account_no,
        card_no=row.card_no,
        name=row.name,
        door=row.door,
        money=row.money,
        volume=row.volume,
        ground=row.ground,
        reasons=tuple(row.reasons.split()),
        order_id=row.order_id,
    )
