"""Loads taken back, other stations' intents, clerks and shifts, seals over the money's rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import seal_rows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _topup()
    _clerks()
    _shifts()
    _acks()
    _seals()


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _topup() -> None:
    for name in ("one_live_load_per_line", "one_live_load_per_order", "one_open_intent_per_card"):
        op.drop_index(name, table_name="topup")
    for name, default in (("direction", "sale"), ("corrects", ""), ("origin", "")):
        op.add_column("topup", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    live = "direction = 'sale' AND state NOT IN ('voided', 'refunded')"
    for name, columns, where in (
        ("one_live_load_per_line", ["batch_id", "line"], f"batch_id <> '' AND {live}"),
        ("one_live_load_per_order", ["order_id"], f"order_id <> '' AND {live}"),
        (
            "one_open_intent_per_card",
            ["maker", "card_no", "meter_no", "generation"],
            "state NOT IN ('voided', 'sealed', 'refunded', 'refund_requested', 'payout_pending')",
        ),
    ):
        op.create_index(name, "topup", columns, unique=True, sqlite_where=sa.text(where))
    op.execute("DROP TRIGGER keep_topup_log_update")
    op.execute("UPDATE topup_log SET event = 'seen_target' WHERE event = 'seen_loaded'")
    op.execute(
        "CREATE TRIGGER keep_topup_log_update BEFORE UPDATE ON topup_log "
        "BEGIN SELECT RAISE(ABORT, 'topup_log is append-only'); END"
    )


def _clerks() -> None:
    for table, columns in (
        (
            "clerk",
            [
                *_texts("name", "display", "roles"),
                sa.Column("active", sa.Integer(), nullable=False),
                *_texts("pin_hash", "approver", "at"),
            ],
        ),
        (
            "pin_try",
            [
                *_texts("name", "event", "at", "boot_id"),
                sa.Column("monotonic_ns", sa.Integer(), nullable=False),
            ],
        ),
        ("approval", _texts("approver", "clerk", "at")),
    ):
        op.create_table(
            table,
            sa.Column("no", sa.Integer(), nullable=False),
            *columns,
            sa.PrimaryKeyConstraint("no", name=f"pk_{table}"),
        )
    op.create_index("ix_clerk_name", "clerk", ["name"])
    op.create_index("ix_pin_try_name", "pin_try", ["name"])
    _keep("clerk", "pin_try", "approval")


def _shifts() -> None:
    def entry(table: str) -> list[sa.schema.SchemaItem]:
        return [
            sa.Column("seq", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=f"fk_{table}_seq_journal"),
            sa.UniqueConstraint("seq", name=f"uq_{table}_seq"),
            sa.PrimaryKeyConstraint("shift_id", name=f"pk_{table}"),
        ]

    op.create_table(
        "shift_open",
        *_texts("shift_id", "follows", "clerk", "frozen"),
        *entry("shift_open"),
        sa.UniqueConstraint("follows", name="uq_shift_open_follows"),
    )
    op.create_table(
        "shift_count",
        *_texts("shift_id"),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        *_texts("at"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift_open.shift_id"], name="fk_shift_count_shift_id_shift_open"
        ),
        sa.PrimaryKeyConstraint("shift_id", name="pk_shift_count"),
    )
    op.create_table(
        "shift_close",
        *_texts("shift_id", "frozen"),
        *entry("shift_close"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift_count.shift_id"], name="fk_shift_close_shift_id_shift_count"
        ),
    )
    _keep("shift_open", "shift_count", "shift_close")


def _acks() -> None:
    """What the centre signed is kept; an exception names the fact that stands against it."""
    epoch = sa.Column("epoch", sa.Integer(), nullable=False, server_default="0")
    op.add_column("ledger_ack", epoch)
    for table, name in (
        ("ledger_ack", "nonce"),
        ("ledger_ack", "signature"),
        ("ledger_exception", "other"),
    ):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _keep(*tables: str) -> None:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _seals() -> None:
    """The last step: every table of this version is there, every row is as it will be."""
    op.create_table(
        "row_seal",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "key", name=op.f("pk_row_seal")),
        sqlite_with_rowid=False,
    )
    seal_rows(op.get_bind())
