"""What this desk changed in accounts, and what a directory said of it since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.create_table(
        "account_change",
        *_texts("change_id", "account_no", "what", "frozen"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_account_change"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_account_change_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_account_change_seq"),
    )
    op.create_index("ix_account_change_account_no", "account_change", ["account_no"])
    op.create_table(
        "account_heard",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("change_id", "fact", "account_no", "verdict", "ours", "filed", "at"),
        sa.PrimaryKeyConstraint("no", name="pk_account_heard"),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["account_change.change_id"],
            name="fk_account_heard_change_id_account_change",
        ),
        sa.UniqueConstraint("change_id", "fact", name="uq_account_heard_change_id"),
    )
    op.create_index("ix_account_heard_account_no", "account_heard", ["account_no"])
    for table in ("account_change", "account_heard"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
