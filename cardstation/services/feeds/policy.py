"""Brings the centre's prices, rules and blocked cards into the station's own."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.domain.feed import Change, Row, changed
from cardstation.domain.feed_rows import Policy, policy_from, policy_rows
from cardstation.errors import LedgerRefused
from cardstation.store import Reading, Unit


def change_policy(unit: Unit, number: int, change: Change) -> None:
    """Bring a change in.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    take_policy(unit, number, changed(policy_rows(_on_file(unit)), change))


def take_policy(unit: Unit, number: int, rows: Mapping[str, Row]) -> None:
    """Put all the centre says in the place of what is on file.

    A centre that says nothing of prices leaves the desk its own. Sales keep the prices they were
    made at.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    try:
        policy = policy_from(rows)
    except ValueError as error:
        raise LedgerRefused("feed_unreadable", feed="policy", number=number) from error
    if policy.rules is not None:
        unit.tariffs.replace(policy.tariffs, policy.rules)
    unit.blocked.replace(policy.blocked)


def _on_file(reading: Reading) -> Policy:
    return Policy(reading.tariffs.every(), reading.tariffs.rules(), reading.blocked.every())
