"""The first schema: households, tariffs, batches, and the whole money path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _ints(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _bigs(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


APPEND_ONLY = (
    "topup_log",
    "journal",
    "card_load",
    "code_attempt",
    "receipt",
    "paper",
    "payment",
    "payment_log",
    "funded_line",
    "batch_stop",
    "ledger_ack",
    "ledger_exception",
    "sync_verdict",
)


def upgrade() -> None:
    _batch_stop()
    _batches()
    _desk_rules()
    _households()
    _journal()
    _ledger_ack()
    _ledger_exception()
    _paid_order()
    _payment_log()
    _sync_verdict()
    _tariffs()
    _topup()
    _batch_lines()
    _card_load()
    _code_attempt()
    _payment()
    _receipt()
    _topup_log()
    _funded_line()
    _paper()
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _batch_stop() -> None:
    op.create_table(
        "batch_stop",
        *_ints("no"),
        *_texts("batch_id"),
        *_ints("line"),
        *_texts("card_no", "code", "facts", "at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_batch_stop")),
    )
    op.create_index("ix_batch_stop_line", "batch_stop", ["batch_id", "line"], unique=False)


def _batches() -> None:
    op.create_table(
        "batches",
        *_texts("batch_id", "name", "digest", "imported_at"),
        sa.Column("stated_count", sa.Integer(), nullable=True),
        sa.Column("stated_total", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
        sa.UniqueConstraint("digest", name=op.f("uq_batches_digest")),
    )


def _desk_rules() -> None:
    op.create_table(
        "desk_rules",
        *_ints("id"),
        *_bigs("volume_step", "per_load_cap", "card_fee"),
        *_texts("plausible_per_load"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_rules")),
    )


def _households() -> None:
    op.create_table(
        "households",
        *_texts(
            "account_no",
            "name",
            "phone",
            "community",
            "building",
            "unit",
            "room",
            "zone",
            "team",
            "card_no",
        ),
        *_ints("generation"),
        *_texts("meter_no", "meter_kind"),
        sa.Column("meter_installed", sa.Text(), nullable=True),
        *_texts("chip", "tariff"),
        *_ints("persons"),
        *_bigs("relief_per_month", "bought_this_year"),
        *_ints("tier_year", "purchase_counter"),
        *_bigs("arrears", "balance"),
        *_texts("status"),
        sa.PrimaryKeyConstraint("account_no", name=op.f("pk_households")),
    )
    op.create_index(op.f("ix_households_card_no"), "households", ["card_no"], unique=False)
    op.create_index(op.f("ix_households_community"), "households", ["community"], unique=False)
    op.create_index(op.f("ix_households_meter_no"), "households", ["meter_no"], unique=False)


def _journal() -> None:
    op.create_table(
        "journal",
        *_ints("seq", "epoch"),
        *_texts("entry_id", "subject", "kind", "batch_id", "hash"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_journal_from_one")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_journal_entry_id")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_hash")),
    )
    op.create_index(op.f("ix_journal_batch_id"), "journal", ["batch_id"], unique=False)
    op.create_index(op.f("ix_journal_subject"), "journal", ["subject"], unique=False)


def _ledger_ack() -> None:
    op.create_table(
        "ledger_ack",
        *_ints("no", "acked_seq"),
        *_texts("acked_hash", "totals", "at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_ledger_ack")),
    )


def _ledger_exception() -> None:
    op.create_table(
        "ledger_exception",
        *_ints("seq"),
        *_texts("code", "at"),
        sa.PrimaryKeyConstraint("seq", "code", name=op.f("pk_ledger_exception")),
    )


def _paid_order() -> None:
    op.create_table(
        "paid_order",
        *_texts("order_id", "account_no"),
        *_ints("fen", "litres"),
        *_texts("tariff"),
        *_ints("expected_counter"),
        *_texts("leased_to"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_paid_order")),
    )
    op.create_index(op.f("ix_paid_order_account_no"), "paid_order", ["account_no"], unique=False)


def _payment_log() -> None:
    op.create_table(
        "payment_log",
        *_ints("no"),
        *_texts("payment_id", "batch_id", "tender"),
        *_bigs("money"),
        *_texts("reference", "state", "at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_payment_log")),
    )
    op.create_index(op.f("ix_payment_log_payment_id"), "payment_log", ["payment_id"], unique=False)


def _sync_verdict() -> None:
    op.create_table(
        "sync_verdict",
        *_ints("no"),
        *_texts("code", "at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_sync_verdict")),
    )


def _tariffs() -> None:
    op.create_table(
        "tariffs",
        *_texts("code", "effective", "tiers"),
        sa.Column("household_size", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", "effective", name=op.f("pk_tariffs")),
    )


def _topup() -> None:
    op.create_table(
        "topup",
        *_ints("no"),
        *_texts("topup_id", "state", "account_no", "maker", "card_no", "meter_no"),
        *_ints("generation"),
        *_texts("card_type", "quote", "quantity", "tender", "reference", "batch_id"),
        *_ints("line", "row"),
        *_texts("order_id"),
        *_ints("known_counter", "counter_before", "counter_after"),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=True),
        *_texts("opened_at"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_topup")),
        sa.UniqueConstraint("topup_id", name=op.f("uq_topup_topup_id")),
    )
    op.create_index("ix_topup_account_no", "topup", ["account_no"], unique=False)
    op.create_index(
        "one_live_load_per_line",
        "topup",
        ["batch_id", "line"],
        unique=True,
        sqlite_where=sa.text("batch_id <> '' AND state NOT IN ('voided', 'refunded')"),
    )
    op.create_index(
        "one_live_load_per_order",
        "topup",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("order_id <> '' AND state NOT IN ('voided', 'refunded')"),
    )
    op.create_index(
        "one_open_intent_per_card",
        "topup",
        ["maker", "card_no", "meter_no", "generation"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('voided', 'sealed', 'refunded')"),
    )


def _batch_lines() -> None:
    op.create_table(
        "batch_lines",
        *_texts("batch_id"),
        *_ints("position", "row"),
        *_texts(
            "sheet",
            "written_account_no",
            "written_name",
            "written_door",
            "written_card_no",
            "written_amount",
            "written_note",
            "verdict",
            "kind",
            "account_no",
            "card_no",
            "name",
            "door",
        ),
        sa.Column("money", sa.BigInteger(), nullable=True),
        sa.Column("volume", sa.BigInteger(), nullable=True),
        *_texts("ground", "reasons", "order_id"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.batch_id"], name=op.f("fk_batch_lines_batch_id_batches")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_lines")),
    )
    op.create_index("ix_batch_lines_account_no", "batch_lines", ["account_no"], unique=False)
    op.create_index("ix_batch_lines_card_no", "batch_lines", ["card_no"], unique=False)


def _card_load() -> None:
    op.create_table(
        "card_load",
        *_texts("maker", "meter_no"),
        *_ints("generation", "counter", "load_no"),
        *_texts("topup_id"),
        sa.ForeignKeyConstraint(
            ["topup_id"], ["topup.topup_id"], name=op.f("fk_card_load_topup_id_topup")
        ),
        sa.PrimaryKeyConstraint(
            "maker", "meter_no", "generation", "counter", "load_no", name=op.f("pk_card_load")
        ),
        sa.UniqueConstraint("topup_id", name=op.f("uq_card_load_topup_id")),
    )


def _code_attempt() -> None:
    op.create_table(
        "code_attempt",
        *_ints("no"),
        *_texts("maker", "card_no", "topup_id", "event"),
        sa.Column("tries_left", sa.Integer(), nullable=True),
        *_texts("at"),
        sa.ForeignKeyConstraint(
            ["topup_id"], ["topup.topup_id"], name=op.f("fk_code_attempt_topup_id_topup")
        ),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_code_attempt")),
    )
    op.create_index("ix_code_attempt_card", "code_attempt", ["maker", "card_no"], unique=False)


def _payment() -> None:
    op.create_table(
        "payment",
        *_texts("payment_id", "batch_id", "tender"),
        *_bigs("money"),
        *_texts("reference"),
        *_ints("seq"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_payment_seq_journal")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment")),
        sa.UniqueConstraint("seq", name=op.f("uq_payment_seq")),
    )
    op.create_index(op.f("ix_payment_batch_id"), "payment", ["batch_id"], unique=False)


def _receipt() -> None:
    op.create_table(
        "receipt",
        *_texts("receipt_no"),
        *_ints("year", "number"),
        *_texts("topup_id", "batch_id", "frozen"),
        sa.ForeignKeyConstraint(
            ["topup_id"], ["topup.topup_id"], name=op.f("fk_receipt_topup_id_topup")
        ),
        sa.PrimaryKeyConstraint("receipt_no", name=op.f("pk_receipt")),
        sa.UniqueConstraint("topup_id", name=op.f("uq_receipt_topup_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_receipt_year")),
    )
    op.create_index(op.f("ix_receipt_batch_id"), "receipt", ["batch_id"], unique=False)


def _topup_log() -> None:
    op.create_table(
        "topup_log",
        *_ints("no"),
        *_texts("topup_id"),
        sa.Column("event", sa.Text(), nullable=True),
        *_texts("state"),
        sa.Column("seq", sa.Integer(), nullable=True),
        *_texts("reason", "clerk", "approver", "at"),
        *_ints("high_water_us"),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_topup_log_seq_journal")),
        sa.ForeignKeyConstraint(
            ["topup_id"], ["topup.topup_id"], name=op.f("fk_topup_log_topup_id_topup")
        ),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_topup_log")),
    )
    op.create_index(op.f("ix_topup_log_topup_id"), "topup_log", ["topup_id"], unique=False)


def _funded_line() -> None:
    op.create_table(
        "funded_line",
        *_texts("batch_id"),
        *_ints("line"),
        *_texts("payment_id", "quote"),
        *_bigs("money"),
        *_ints("expected_counter"),
        *_texts("at"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name=op.f("fk_funded_line_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("batch_id", "line", name=op.f("pk_funded_line")),
    )


def _paper() -> None:
    op.create_table(
        "paper",
        *_ints("no"),
        *_texts("receipt_no", "clerk", "at"),
        sa.ForeignKeyConstraint(
            ["receipt_no"], ["receipt.receipt_no"], name=op.f("fk_paper_receipt_no_receipt")
        ),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_receipt_no"), "paper", ["receipt_no"], unique=False)
