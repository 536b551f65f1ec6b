"""Charges at the counter: fees, deposits, over-used gas, arrears; balances paid out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    open_seals(op.get_bind())
    op.add_column("desk_rules", sa.Column("fees", sa.Text(), nullable=False, server_default="[]"))
    _asked()
    _charge()
    _papers()
    _paid_out()
    tables = ("charge_asked", "charge", "charge_receipt", "charge_paper", "paid_out")
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    seal_rows(op.get_bind())


def _asked() -> None:
    op.create_table(
        "charge_asked",
        *_texts("charge_id", "frozen"),
        sa.PrimaryKeyConstraint("charge_id", name="pk_charge_asked"),
    )


def _charge() -> None:
    op.create_table(
        "charge",
        *_texts("charge_id", "what", "account_no"),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        *_texts("at", "corrects", "frozen"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("charge_id", name="pk_charge"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_charge_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_charge_seq"),
    )
    op.create_index("ix_charge_account_no", "charge", ["account_no"])
    op.create_index(
        "one_reversal_per_charge",
        "charge",
        ["corrects"],
        unique=True,
        sqlite_where=sa.text("corrects <> ''"),
    )


def _papers() -> None:
    op.create_table(
        "charge_receipt",
        *_texts("charge_id", "receipt_no"),
        sa.Column("year", sa.Integer()),
        sa.Column("number", sa.Integer()),
        *_texts("frozen"),
        sa.PrimaryKeyConstraint("charge_id", name="pk_charge_receipt"),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.charge_id"], name="fk_charge_receipt_charge_id_charge"
        ),
        sa.UniqueConstraint("year", "number", name="uq_charge_receipt_year"),
    )
    op.create_index("ix_charge_receipt_receipt_no", "charge_receipt", ["receipt_no"])
    op.create_table(
        "charge_paper",
        sa.Column("no", sa.Integer(), nullable=False),
        *_texts("charge_id", "clerk", "at"),
        sa.PrimaryKeyConstraint("no", name="pk_charge_paper"),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.charge_id"], name="fk_charge_paper_charge_id_charge"
        ),
    )
    op.create_index("ix_charge_paper_charge_id", "charge_paper", ["charge_id"])


def _paid_out() -> None:
    op.create_table(
        "paid_out",
        *_texts("payout_id", "account_no", "tender"),
        sa.Column("money", sa.BigInteger(), nullable=False),
        *_texts("reference", "approver", "at"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("payout_id", name="pk_paid_out"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name="fk_paid_out_seq_journal"),
        sa.UniqueConstraint("seq", name="uq_paid_out_seq"),
    )
    op.create_index("ix_paid_out_account_no", "paid_out", ["account_no"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")
