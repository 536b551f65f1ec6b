"""Brings the centre's prices, rules and blocked cards into the station's own."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cardstation.domain.feed import POLICY, Change, Row, changed
from cardstation.domain.feed_rows import Policy, policy_from
from cardstation.errors import LedgerRefused
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


def change_policy(unit: Unit, number: int, change: Change) -> None:
    """Bring a change in.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    take_policy(unit, number, changed(_said(unit), change))


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
        raise LedgerRefused("feed_unreadable", feed=POLICY, number=number) from error
    unit.feeds.keep_rows(
        POLICY, {key: json.dumps(row, ensure_ascii=False) for key, row in rows.items()}
    )
    _put(unit, policy)


def restore_policy(station: Station) -> None:
    """Where a file was taken in at the desk since, what the centre says holds again."""
    with station.store.reading() as reading:
        policy = policy_from(_said(reading))
        holds = not reading.feeds.followed(POLICY).number or _holds(reading, policy)
    if not holds:
        with station.store.unit() as unit:
            _put(unit, policy_from(_said(unit)))
            unit.commit()


def _put(unit: Unit, policy: Policy) -> None:
    if policy.rules is not None:
        unit.tariffs.replace(policy.tariffs, policy.rules)
    unit.blocked.replace(policy.blocked)


def _holds(reading: Reading, policy: Policy) -> bool:
    prices = reading.tariffs.every(), reading.tariffs.rules()
    as_said = policy.rules is None or prices == (policy.tariffs, policy.rules)
    return as_said and reading.blocked.every() == policy.blocked


def _said(reading: Reading) -> dict[str, Row]:
    return {key: tuple(json.loads(row)) for key, row in reading.feeds.rows(POLICY).items()}
