"""What the ledger told this station of its offline grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.create_table(
        "offline_grant",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("station"),
        *_numbers("epoch"),
        *_texts("key"),
        *_numbers("number"),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *_numbers("hours"),
        sa.Column("card_money", sa.BigInteger(), nullable=False),
        *_numbers("list_hours", "list_no"),
        *_texts("list_hash"),
        *_numbers("until_us", "now_us"),
        *_texts("nonce", "signature", "boot_id"),
        *_numbers("asked_ns", "ends_ns"),
        *_texts("refused", "at"),
        sa.PrimaryKeyConstraint("no", name="pk_offline_grant"),
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_offline_grant_{verb.lower()} BEFORE {verb} ON offline_grant "
            "BEGIN SELECT RAISE(ABORT, 'offline_grant is append-only'); END"
        )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]
