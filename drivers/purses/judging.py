"""What a card's own log says about a load, where no key here can check its TAC.

The log is kept in the same stroke as the balance. A record names amount, terminal and second, and
no terminal loads one card twice in a second, so a record that fits a plan is that load.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.ports.purse import LoadPlan, LoadTruth, PurseStand
from drivers.purses.gas_files import LogRecord


def judge(plan: LoadPlan, stand: PurseStand, records: Sequence[LogRecord]) -> LoadTruth:
    """Look for a plan among the loads since it was made; `records` are newest first."""
    moved = stand.sequence - plan.before.sequence
    kind = plan.order.kind.value
    loads = [record for record in records if record.kind == kind][:moved]
    if any(is_of(plan, record) for record in loads):
        return LoadTruth.DONE
    return LoadTruth.OTHER if len(loads) == moved else LoadTruth.UNPROVEN


def is_of(plan: LoadPlan, record: LogRecord) -> bool:
    """Whether a record is this plan's load."""
    order = plan.order
    wanted = (order.fen, order.kind.value, order.terminal, order.moment)
    return wanted == (record.fen, record.kind, record.terminal, record.moment)
