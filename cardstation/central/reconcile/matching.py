"""Lets everything that was accepted explain whatever it can, again and again without harm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from cardstation.central.reconcile.bank import match_bank
from cardstation.central.reconcile.off_book import match_off_book
from cardstation.central.reconcile.paid_orders import match_orders

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7239001)")


@dataclass(frozen=True, slots=True)
class Matched:
    """What became explained just now.

    Attributes:
        gaps: Items of missing purchases that were closed. orders: Rows that found their order.
        transfers: Lines of statements that found their entry.
    """

    gaps: int
    orders: int
    transfers: int


def match_all(connection: Connection, now: datetime) -> Matched:
    """Look at everything that explains nothing yet."""
    connection.execute(_ONE_AT_A_TIME)
    # Orders first: a row that its order contradicts fills no hole.
    found = match_orders(connection, now)
    return Matched(
        gaps=match_off_book(connection),
        orders=found,
        transfers=match_bank(connection, now),
    )
