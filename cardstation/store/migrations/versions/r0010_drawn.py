"""What a funded line drew of which payment stands with it; nobody knows of most lines before.

The program before let an envelope follow its row to another household by one clerk. What such a
line drew is written down here by the rule of then, else its money would count as the household's
that laid it in once more: such lines are marked as reckoned. For all others the oldest sum is
drawn first, as then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Any

import sqlalchemy as sa
from alembic import op

from cardstation.store.seals import open_seals, seal_rows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCHES = (
    "SELECT DISTINCT funded_line.batch_id FROM funded_line JOIN payment USING (payment_id) "
    "WHERE payment.line"
)
_OUT = "SELECT payment_id, money FROM given_back UNION ALL SELECT payment_id, money FROM arrears_paid"


def upgrade() -> None:
    connection = op.get_bind()
    open_seals(connection)
    drawn = sa.Column("drawn", sa.Text(), nullable=False, server_default="{}")
    op.add_column("funded_line", drawn)
    reckoned = sa.Column("reckoned", sa.Integer(), nullable=False, server_default="0")
    op.add_column("funded_line", reckoned)
    op.execute("DROP TRIGGER keep_funded_line_update")
    for (batch_id,) in connection.exec_driver_sql(_BATCHES).all():
        _reckon(connection, batch_id)
    op.execute(
        "CREATE TRIGGER keep_funded_line_update BEFORE UPDATE ON funded_line "
        "BEGIN SELECT RAISE(ABORT, 'funded_line is append-only'); END"
    )
    seal_rows(connection)


def downgrade() -> None:
    raise RuntimeError("a store is never taken back to an older version")


def _reckon(connection: sa.Connection, batch_id: str) -> None:
    """Write down what the lines of a batch drew that were paid out of another's envelope."""

    def asked(query: str) -> list[Any]:
        return list(connection.exec_driver_sql(query, (batch_id,)).all())

    query = "SELECT position, account_no, verdict, withdrawn FROM batch_lines WHERE batch_id = ?"
    lines = {row.position: row for row in asked(query)}
    funded = asked("SELECT line, payment_id, money FROM funded_line WHERE batch_id = ?")
    freed = {row.line for row in asked("SELECT line FROM released_line WHERE batch_id = ?")}
    query = "SELECT detail FROM batch_step WHERE batch_id = ? AND step = 'revised' ORDER BY no"
    became = _exchanged(json.loads(row.detail) for row in asked(query))
    stood: dict[int, list[Any]] = defaultdict(list)
    query = "SELECT payment_id, line, money FROM payment WHERE batch_id = ? AND line ORDER BY seq"
    for payment in asked(query):
        at = _stood_at(lines, payment.line, {row.line for row in funded}, became)
        stood[at].append(payment)
    out: dict[str, int] = defaultdict(int)
    for payment_id, money in connection.exec_driver_sql(_OUT):
        out[payment_id] += money
    for row in funded:
        sums = stood[row.line]
        account_no = lines[row.line].account_no if row.line in lines else None
        laid_by = {lines[one.line].account_no for one in sums if one.line in lines}
        if row.payment_id in {one.payment_id for one in sums} and laid_by - {account_no}:
            left = {
                one.payment_id: one.money - (0 if row.line in freed else out[one.payment_id])
                for one in sums
            }
            _write(connection, batch_id, row.line, _drawn(left, row.money))


def _exchanged(told: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Place → place of the row that was put in its stead."""
    decided = [one for one in told if "became" in one]
    return {one["place"]: one["became"] for one in decided if 0 < one["place"] < one["became"]}


def _stood_at(
    lines: Mapping[int, Any], place: int, kept: Set[int], became: Mapping[int, int]
) -> int:
    """Where an envelope's money stood by the rule of then: wherever its row went."""
    while place in became and place not in kept:
        place = became[place]
    if place not in lines or place in kept or not lines[place].withdrawn:
        return place
    now = [
        (line.verdict == "ready", at)
        for at, line in lines.items()
        if not line.withdrawn and line.account_no == lines[place].account_no
    ]
    return max(now, default=(False, place))[1]


def _drawn(left: Mapping[str, int], money: int) -> dict[str, int]:
    """The oldest sum first; nothing where they do not reach."""
    drawn: dict[str, int] = {}
    for payment_id, most in left.items():
        taken = min(most, money - sum(drawn.values()))
        if taken > 0:
            drawn[payment_id] = taken
    return drawn if sum(drawn.values()) == money else {}


def _write(connection: sa.Connection, batch_id: str, line: int, drawn: Mapping[str, int]) -> None:
    connection.exec_driver_sql(
        "UPDATE funded_line SET drawn = ?, reckoned = 1 WHERE batch_id = ? AND line = ?",
        (json.dumps(drawn), batch_id, line),
    )
