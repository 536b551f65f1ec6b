"""The policy: prices and rules from a file two people stand for, and what the console decided."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, Engine, func, select, update

from cardstation.central.centre_key import CentreKey
from cardstation.central.console.prices import in_force
from cardstation.central.console.tables import blacklist, tariffs
from cardstation.central.engine import transaction
from cardstation.central.feeds.publishing import DEADLINE_S, Published, Said, publish
from cardstation.central.feeds.tables import feed_rows, feeds
from cardstation.domain.feed import POLICY
from cardstation.domain.feed_rows import Policy, policy_from, policy_rows
from cardstation.domain.tariff import Tariff

DECISIONS = "console"
"""Who publishes what two people decided in the console: their names are with the decision."""


def publish_policy(
    connection: Connection, key: CentreKey, said: Said, given: Policy | None = None
) -> tuple[Published, ...]:
    """Publish prices and rules as given, or as they were, with what the console decided since.

    Nothing is published where there is nothing to say: a centre that keeps no list of blocked cards
    takes none away from its desks.

    Raises:
        Refusal: `feed_would_shrink`.
    """
    before = _said(connection)
    policy = _decided(connection, before if given is None else given)
    decided = _last_decision(connection)
    rows = policy_rows(policy)
    if not rows and connection.scalar(select(feeds.c.feed).where(feeds.c.feed == POLICY)) is None:
        return ()
    renew = (POLICY,) if (before.rules is None) != (policy.rules is None) else ()
    named = [(POLICY, row) for row in rows.values()]
    done = publish(connection, key, named, said, whole=lambda _named: (POLICY,), renew=renew)
    connection.execute(update(feeds).where(feeds.c.feed == POLICY).values(decided=decided))
    return done


def bring_policy(engine: Engine, key: CentreKey) -> None:
    """Publish what the console decided since the last time; quick where it decided nothing."""
    with transaction(engine) as connection:
        head = connection.scalar(select(feeds.c.decided).where(feeds.c.feed == POLICY))
        decided = _last_decision(connection)
    if decided == (head or 0):
        return
    said = Said(f"decision {decided}", DECISIONS, shrinks=True)
    with transaction(engine, deadline_s=DEADLINE_S) as connection:
        publish_policy(connection, key, said)


def _said(connection: Connection) -> Policy:
    """As it was published last."""
    rows = connection.execute(
        select(feed_rows.c.key, feed_rows.c.row).where(feed_rows.c.feed == POLICY)
    )
    return policy_from({key: tuple(json.loads(row)) for key, row in rows})


def _decided(connection: Connection, base: Policy) -> Policy:
    """A policy with the tariffs and blocked cards that two people decided in the console.

    A form knows no steps for large households: a tariff of the console has those of the version
    before it, of the same code.
    """
    found = {one.version: one for one in base.tariffs}
    if base.rules is not None:
        for one in in_force(connection):
            found.setdefault(one.version, _sized(one, found.values()))
    last = select(func.max(blacklist.c.proposal)).group_by(blacklist.c.card_no)
    listed = connection.execute(
        select(blacklist.c.card_no, blacklist.c.reason).where(
            blacklist.c.proposal.in_(last), blacklist.c.listed
        )
    )
    blocked = {one.card_no: one.reason for one in listed}
    return Policy(tuple(found.values()), base.rules, blocked)


def _sized(tariff: Tariff, known: Iterable[Tariff]) -> Tariff:
    before = [one for one in known if one.code == tariff.code and one.effective < tariff.effective]
    if not before:
        return tariff
    return replace(tariff, household_size=max(before, key=lambda one: one.effective).household_size)


def _last_decision(connection: Connection) -> int:
    last = (connection.scalar(select(func.max(one.c.proposal))) for one in (tariffs, blacklist))
    return max(number or 0 for number in last)
