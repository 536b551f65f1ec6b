"""Loads taken back, other stations' intents, clerks and shifts, seals over the money's rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _topup()


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
