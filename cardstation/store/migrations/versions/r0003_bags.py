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
    _lump_sums()
    _acknowledgements()
    _given_back()
    _lists()
    _lanes()
    _orders()
    _readings()
    _arrears()
    seal_rows(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _batches() -> None:
    for name, default in (("community", ""), ("manager", ""), ("team", ""), ("zone", "open")):
        op.add_column("batches", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("batches", sa.Column("purged_at", sa.Text()))
    op.add_column("batches", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
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


def _lists() -> None:
    op.create_table(
        "learned_column",
        *_texts("manager", "word", "holds"),
        sa.PrimaryKeyConstraint("manager", "word", name="pk_learned_column"),
    )
    op.create_table(
        "blocked_card",
        *_texts("card_no", "reason"),
        sa.PrimaryKeyConstraint("card_no", name="pk_blocked_card"),
    )


def _lump_sums() -> None:
    for table in ("payment", "payment_log"):
        op.add_column(table, sa.Column("line", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("payment_log", sa.Column("clerk", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "released_line",
        *_texts("batch_id"),
        sa.Column("line", sa.Integer(), nullable=False),
        *_texts("reason"),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *_texts("at"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_released_line_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_released_line_seq"),
        sa.PrimaryKeyConstraint("batch_id", "line", name="pk_released_line"),
    )
    _keep("released_line")


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgement",
        *_texts("ack_no"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *_texts("payment_id", "frozen"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name="fk_acknowledgement_payment_id_payment"
        ),
        sa.UniqueConstraint("payment_id", name="uq_acknowledgement_payment_id"),
        sa.UniqueConstraint("year", "number", name="uq_acknowledgement_year"),
        sa.PrimaryKeyConstraint("ack_no", name="pk_acknowledgement"),
    )
    op.create_table(
        "acknowledgement_paper",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("ack_no", "clerk", "at"),
        sa.ForeignKeyConstraint(
            ["ack_no"],
            ["acknowledgement.ack_no"],
            name="fk_acknowledgement_paper_ack_no_acknowledgement",
        ),
        sa.PrimaryKeyConstraint("no", name="pk_acknowledgement_paper"),
    )
    op.create_index("ix_acknowledgement_paper_ack_no", "acknowledgement_paper", ["ack_no"])
    _keep("acknowledgement", "acknowledgement_paper")


def _given_back() -> None:
    op.create_table(
        "given_back",
        *_texts("back_id", "batch_id", "payment_id", "tender"),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *_texts("approver", "at"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name="fk_given_back_payment_id_payment"
        ),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_given_back_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_given_back_seq"),
        sa.PrimaryKeyConstraint("back_id", name="pk_given_back"),
    )
    op.create_index("ix_given_back_batch_id", "given_back", ["batch_id"])
    op.create_table(
        "arrears_paid",
        *_texts("arrears_id", "batch_id", "payment_id", "account_no"),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *_texts("consent", "at"),
        sa.Column("filed", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Text()),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name="fk_arrears_paid_payment_id_payment"
        ),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_arrears_paid_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_arrears_paid_seq"),
        sa.PrimaryKeyConstraint("arrears_id", name="pk_arrears_paid"),
    )
    op.create_index("ix_arrears_paid_batch_id", "arrears_paid", ["batch_id"])
    _keep("given_back", "arrears_paid")


def _lanes() -> None:
    op.create_index("ix_topup_batch_line", "topup", ["batch_id", "line"])
    op.create_index("ix_topup_corrects", "topup", ["corrects"])


def _orders() -> None:
    for name in ("paid_at", "leased_until", "gone_at"):
        op.add_column("paid_order", sa.Column(name, sa.Text()))


def _readings() -> None:
    op.create_table(
        "meter_reading",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("account_no", "meter_no", "kind"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("residual", "total")),
        sa.Column("counter", sa.Integer(), nullable=False),
        *_texts("at", "seen_at"),
        sa.UniqueConstraint("meter_no", "at", "counter", name="uq_meter_reading_meter_no"),
        sa.PrimaryKeyConstraint("no", name="pk_meter_reading"),
    )
    op.create_index("ix_meter_reading_account_no", "meter_reading", ["account_no"])
    _keep("meter_reading")


def _arrears() -> None:
    op.add_column("households", sa.Column("arrears_as_of", sa.Text()))


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _keep(*tables: str) -> None:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
