"""Gas sold and money taken by day, to take along: the desk's day beside the day of posting."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Export, Sheet, Visit, yuan
from cardstation.central.console.words import ACCOUNTS
from cardstation.central.tables import day_totals

DAYS = 31


def sheet(visit: Visit) -> Sheet:
    """The month that ends with the day that was asked for, a line per station and pair of days."""
    t, sums, fen = visit.t, day_totals.c, func.sum(day_totals.c.fen)
    # Gas that was given is on the other side of its own gas: it is no revenue.
    sold = func.coalesce(-fen.filter(sums.account_class.in_(("gas_sold", "free"))), 0)
    taken = func.coalesce(fen.filter(sums.account_class == "tender"), 0)
    keys = sums.day, sums.posted_on, sums.station
    rows = visit.connection.execute(
        select(*keys, sold, taken)
        .where(sums.day > visit.day - timedelta(days=DAYS), sums.day <= visit.day)
        .group_by(*keys)
        .order_by(*keys)
    )
    headings = [t("Day"), t("Posted on"), t("Station"), t(ACCOUNTS["gas_sold"])]
    return Sheet(
        [*headings, t(ACCOUNTS["tender"])],
        [
            [day.isoformat(), posted_on.isoformat(), station, yuan(int(gas)), yuan(int(money))]
            for day, posted_on, station, gas, money in rows
        ],
    )


EXPORT = Export("revenue", "Revenue by day", Right.LOOK, sheet)
