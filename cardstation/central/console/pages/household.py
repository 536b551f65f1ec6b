"""What one household bought, over all desks: found by its account, its card or its meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text, union

from cardstation.central.console.charts import Bars
from cardstation.central.console.pages.facts import Fact, facts, query
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import blacklist
from cardstation.central.console.visit import (
    ZONE,
    Cell,
    Export,
    Page,
    Sheet,
    Visit,
    cubic_metres,
    yuan,
)
from cardstation.central.console.words import ENTRIES, TENDERS
from cardstation.central.invoices.states import Invoice, invoices_of
from cardstation.central.tables import balances, card_load, journal, orders, postings
from cardstation.domain.payment import GIVEN

MOST = 400
_MONTHS = 12
_OWN = ("unloaded", "balance", "arrears")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Gas paid online that is not on the card yet."""

    order_id: str
    fen: int
    litres: int
    paid_at: datetime
    held_by: str


@dataclass(frozen=True, slots=True)
class Household:
    """What the centre knows of a household: no name, no address, only what was done.

    Attributes:
        asked: What was looked for.
        account_no: Empty when nobody of that number is known.
        facts: The newest first, `MOST` at the most.
        balances: Fen by class of account.
        live: The counters that are live on its cards, by card.
        blocked: Cards of it that are on the blacklist.
        months: m³ bought per month. year_litres: In this calendar year.
        invoices: By the entry of the load that has or had one.
    """

    asked: str
    account_no: str
    cards: tuple[str, ...]
    meters: tuple[str, ...]
    facts: tuple[Fact, ...]
    balances: dict[str, int]
    waiting: tuple[Waiting, ...]
    live: tuple[tuple[str, int], ...]
    blocked: tuple[str, ...]
    months: Bars
    year_litres: int
    invoices: dict[str, Invoice]


def show(visit: Visit) -> Household:
    """The household of the number that was asked for."""
    asked, connection = visit.get("q"), visit.connection
    account = _account(connection, asked) if asked else ""
    found = history(connection, asked, account) if asked else ()
    cards = tuple(sorted({one.card_no for one in found} - {""}))
    meters = tuple(sorted({one.meter_no for one in found} - {""}))
    loaded = [one for one in found if one.kind == "sealed" and one.verdict != "sealed_before"]
    sold = [one for one in loaded if one.entry is None or one.entry.tender not in GIVEN]
    return Household(
        asked=asked,
        account_no=account,
        cards=cards,
        meters=meters,
        facts=found,
        balances=_balances(connection, account),
        waiting=_waiting(connection, account),
        live=_live(connection, meters),
        blocked=blocked(connection, cards),
        months=Bars.of(_months(sold, visit.now)),
        year_litres=sum(one.litres for one in sold if _year(one) == visit.now.year),
        invoices=invoices_of(connection, [one.entry_id for one in found]),
    )


def history(connection: Connection, asked: str, account: str) -> tuple[Fact, ...]:
    """Everything that names the household or one of its cards, the newest first."""
    cards = {asked}
    wanted = []
    if account:
        named = select(postings.c.entry_id).where(
            postings.c.account.in_([f"{name}:{account}" for name in _OWN])
        )
        wanted.append(named)
        mine = select(journal.c.card_no).where(journal.c.entry_id.in_(named)).distinct()
        cards |= set(connection.scalars(mine))
        charged = journal.c.kind == text("'charged'"), journal.c.account_no == account
        wanted.append(select(journal.c.entry_id).where(*charged))
    of_cards = journal.c.card_no.in_(sorted(cards - {""})), journal.c.card_no != ""
    wanted.append(select(journal.c.entry_id).where(*of_cards))
    found = query().where(journal.c.entry_id.in_(union(*wanted)))
    if account:
        found = found.where(journal.c.account_no.in_(("", account)))
    newest = journal.c.posted_at.desc(), journal.c.station, journal.c.seq.desc()
    return facts(connection.execute(found.order_by(*newest).limit(MOST)))


def blocked(connection: Connection, cards: Sequence[str]) -> tuple[str, ...]:
    """Those of some cards that are on the blacklist now."""
    last = (
        select(func.max(blacklist.c.proposal))
        .where(blacklist.c.card_no.in_(cards))
        .group_by(blacklist.c.card_no)
    )
    rows = connection.scalars(
        select(blacklist.c.card_no)
        .where(blacklist.c.proposal.in_(last), blacklist.c.listed)
        .order_by(blacklist.c.card_no)
    )
    return tuple(rows)


def _account(connection: Connection, asked: str) -> str:
    """The account behind an account number, a card or a meter; empty when there is none."""
    named = select(postings.c.account).where(
        postings.c.account.in_([f"{name}:{asked}" for name in _OWN])
    )
    if connection.scalar(named.limit(1)) is not None:
        return asked
    newest = journal.c.posted_at.desc()
    of_card = select(journal.c.account_no).where(
        journal.c.card_no == asked, journal.c.card_no != "", journal.c.account_no != ""
    )
    of_meter = (
        select(journal.c.account_no)
        .join(card_load, card_load.c.entry_id == journal.c.entry_id)
        .where(card_load.c.meter_no == asked, journal.c.account_no != "")
    )
    for query_ in (of_card, of_meter):
        if found := connection.scalar(query_.order_by(newest).limit(1)):
            return str(found)
    return ""


def _balances(connection: Connection, account: str) -> dict[str, int]:
    found = {}
    for name in _OWN if account else ():
        fen = connection.scalar(
            select(func.sum(balances.c.fen)).where(balances.c.account == f"{name}:{account}")
        )
        found[name] = int(fen or 0)
    return found


def _waiting(connection: Connection, account: str) -> tuple[Waiting, ...]:
    rows = connection.execute(
        select(
            *(orders.c.order_id, orders.c.fen, orders.c.litres),
            *(orders.c.paid_at, orders.c.held_by),
        )
        .where(orders.c.account_no == account, orders.c.closed_by.is_(None))
        .order_by(orders.c.paid_at)
    )
    return tuple(Waiting(*row) for row in rows) if account else ()


def _live(connection: Connection, meters: Sequence[str]) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(
        select(card_load.c.meter_no, func.max(card_load.c.counter))
        .where(card_load.c.meter_no.in_(meters), card_load.c.freed_by.is_(None))
        .group_by(card_load.c.meter_no)
        .order_by(card_load.c.meter_no)
    )
    return tuple(rows.all())


def _months(sold: Sequence[Fact], now: datetime) -> list[tuple[str, int]]:
    """Whole m³ per month, this month last."""
    newest = now.year * 12 + now.month - 1
    bought = dict.fromkeys(range(newest - _MONTHS + 1, newest + 1), 0)
    for one in sold:
        when = (one.at or one.posted_at).astimezone(ZONE)
        if (month := when.year * 12 + when.month - 1) in bought:
            bought[month] += one.litres
    return [
        (f"{month // 12 % 100}-{month % 12 + 1:02d}", lit // 1000) for month, lit in bought.items()
    ]


def _year(one: Fact) -> int:
    return (one.at or one.posted_at).astimezone(ZONE).year


def sheet(visit: Visit) -> Sheet:
    """A household's history to take along."""
    t, asked = visit.t, visit.get("q")
    found = history(visit.connection, asked, _account(visit.connection, asked)) if asked else ()
    headings = [
        *(t("At"), t("Station"), t("Entry"), t("What"), t("Account"), t("Card"), t("Meter number")),
        *(t("Purchase no."), t("Amount (yuan)"), t("Gas (m³)"), t("Paid by"), t("Desk clerk")),
    ]
    return Sheet(headings, [_row(visit, one) for one in found])


def _row(visit: Visit, one: Fact) -> list[Cell]:
    t, entry = visit.t, one.entry
    tender = "" if entry is None else entry.tender
    return [
        *((one.at or one.posted_at).astimezone(ZONE).isoformat(" ", "seconds"), one.station),
        *(one.seq, t(ENTRIES.get(one.kind, one.kind)), one.account_no, one.card_no, one.meter_no),
        *(one.counter_after, yuan(one.fen), cubic_metres(one.litres)),
        *(t(TENDERS[tender]) if tender in TENDERS else tender, entry.clerk if entry else ""),
    ]


PAGES = (
    Page(
        *("household", "One household", Right.HOUSEHOLD, show),
        path="households",
        icon="user",
        key="h",
        audited="household_seen",
    ),
)
EXPORTS = (Export("household", "One household", Right.HOUSEHOLD, sheet),)
