"""The life of bags: steps, signatures, revisions, envelopes, whose bag it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    _batches()
    _steps()
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _batches() -> None:
    for name, default in (("community", ""), ("manager", ""), ("team", ""), ("zone", "open")):
        op.add_column("batches", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("batches", sa.Column("purged_at", sa.Text()))
    op.add_column(
        "batches", sa.Column("changes", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "batch_lines", sa.Column("envelope", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "batch_lines", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column(
        "batch_lines", sa.Column("withdrawn", sa.Text(), nullable=False, server_default="")
    )


def _steps() -> None:
    op.create_table(
        "batch_step",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("batch_id", "step", "stage", "detail", "clerk", "at"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_batch_step_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_batch_step_seq"),
        sa.PrimaryKeyConstraint("no", name="pk_batch_step"),
    )
    op.create_index("ix_batch_step_batch_id", "batch_step", ["batch_id"])
    op.create_table(
        "signature",
        *_texts("digest"),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        *_texts("at"),
        sa.PrimaryKeyConstraint("digest", name="pk_signature"),
    )
    _keep("batch_step", "signature")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _keep(*tables: str) -> None:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
