"""Everything that was posted on one day, to take along."""

from __future__ import annotations

from cardstation.central.console.exports import MOST_ROWS
from cardstation.central.console.pages.facts import facts, query
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import (
    ZONE,
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


def sheet(visit: Visit) -> Sheet:
    """The entries of a day, in the order they were posted."""
    t = visit.t
    rows = visit.connection.execute(
        query()
        .where(journal.c.posted_at >= begins(visit.day), journal.c.posted_at < ends(visit.day))
        .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
        .limit(MOST_ROWS)
    )
    headings = [
        *(t("Posted"), t("Station"), t("Entry"), t("What"), t("Account"), t("Card")),
        *(t("Amount (yuan)"), t("Gas (m³)"), t("Paid by"), t("Desk clerk"), t("Doubt")),
    ]
    return Sheet(
        headings,
        (
            [
                *(one.posted_at.astimezone(ZONE).isoformat(" ", "seconds"), one.station, one.seq),
                *(t(ENTRIES.get(one.kind, one.kind)), one.account_no, one.card_no),
                *(yuan(one.fen), cubic_metres(one.litres)),
                t(TENDERS[one.entry.tender]) if one.entry and one.entry.tender in TENDERS else "",
                *(one.entry.clerk if one.entry else "", brief(one.verdict, t)),
            ]
            for one in facts(rows)
        ),
    )


EXPORT = Export("day", "Day", Right.LOOK, sheet)
