"""How far the station is with the centre's feeds, and what it fetched of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    _steps()
    _draft()
    _waiting()
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _steps() -> None:
    op.create_table(
        "feed_step",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("feed"),
        *_numbers("number"),
        *_texts("hash"),
        *_numbers("published"),
        *_texts("kind"),
        *_numbers("rows"),
        *_texts("signature", "at"),
        sa.PrimaryKeyConstraint("no", name="pk_feed_step"),
    )
    op.create_index("ix_feed_step_feed", "feed_step", ["feed", "no"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_feed_step_{verb.lower()} BEFORE {verb} ON feed_step "
            "BEGIN SELECT RAISE(ABORT, 'feed_step is append-only'); END"
        )


def _draft() -> None:
    op.create_table(
        "feed_draft",
        *_texts("feed"),
        *_numbers("number"),
        *_texts("hash"),
        *_numbers("published", "rows", "packed_bytes"),
        *_texts("pages"),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_draft"),
    )
    op.create_table(
        "feed_page",
        *_texts("feed"),
        *_numbers("page"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "page", name="pk_feed_page"),
    )


def _waiting() -> None:
    op.create_table(
        "feed_waiting",
        *_texts("feed", "account_no"),
        *_numbers("published"),
        *_texts("row"),
        sa.PrimaryKeyConstraint("feed", "account_no", name="pk_feed_waiting"),
    )
    op.create_table(
        "feed_row",
        *_texts("feed", "key", "row"),
        sa.PrimaryKeyConstraint("feed", "key", name="pk_feed_row"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]
