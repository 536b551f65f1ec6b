"""What a stop says beside its code may name people: a purge may empty it, nothing else changes."""

from __future__ import annotations

from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.execute("DROP TRIGGER keep_batch_stop_update")
    op.execute(
        "CREATE TRIGGER keep_batch_stop_update "
        "BEFORE UPDATE OF no, batch_id, line, card_no, code, at ON batch_stop "
        "BEGIN SELECT RAISE(ABORT, 'batch_stop is append-only'); END"
    )
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
