"""Everything that was posted on one day, to take along."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.central.console.pages.facts import fact, query
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import (
    ZONE,
    Cell,
    Export,
    Sheet,
    Visit,
    begins,
    cubic_metres,
    ends,
    yuan,
)
from cardstation.central.console.words import ENTRIES, TENDERS
from cardstation.central.tables import journal
from cardstation.sentences import brief

_AT_ONCE = 1_000


def sheet(visit: Visit) -> Sheet:
    """The entries of a day, in the order they were posted."""
    t = visit.t
    headings = [
        *(t("Posted"), t("Station"), t("Entry"), t("What"), t("Account"), t("Card")),
        *(t("Amount (yuan)"), t("Gas (m³)"), t("Paid by"), t("Desk clerk"), t("Doubt")),
    ]
    return Sheet(headings, _rows(visit))


def _rows(visit: Visit) -> Iterator[list[Cell]]:
    """A part at a time: a day of a whole utility never lies in memory at once."""
    t = visit.t
    wanted = (
        query()
        .where(journal.c.posted_at >= begins(visit.day), journal.c.posted_at < ends(visit.day))
        .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
        .execution_options(yield_per=_AT_ONCE)
    )
    with visit.connection.execute(wanted) as found:
        for one in map(fact, found):
            yield [
                *(one.posted_at.astimezone(ZONE).isoformat(" ", "seconds"), one.station, one.seq),
                *(t(ENTRIES.get(one.kind, one.kind)), one.account_no, one.card_no),
                *(yuan(one.fen), cubic_metres(one.litres)),
                t(TENDERS[one.entry.tender]) if one.entry and one.entry.tender in TENDERS else "",
                *(one.entry.clerk if one.entry else "", brief(one.verdict, t)),
            ]


EXPORT = Export("day", "Day", Right.LOOK, sheet)
