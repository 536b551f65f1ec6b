"""Judges rows of a list against the directory: whom they can mean, and by which terms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cardstation.domain.batch import (
    LineOutcome,
    LineState,
    ListRow,
    ManifestLine,
    Verdict,
    Whose,
    Zone,
)
from cardstation.domain.batch_life import Stage
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Directory, community_of
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import PreflightTerms, preflight
from cardstation.domain.sale import SaleTerms, sell
from cardstation.domain.tariff import Quote
from cardstation.services.batch_state import outcomes_of
from cardstation.services.intent.prices import price_book
from cardstation.services.lists.reading import HouseholdList
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.households import Households

_SAMPLE = 200
"""Rows from all over a list that tell its community."""
ZONES = {"封控区": Zone.SEALED, "管控区": Zone.CONTROLLED, "防范区": Zone.WATCHED}
"""Lockdown classes as the directory writes them."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A list with its verdicts, and whose it is as far as the directory can tell."""

    lines: tuple[ManifestLine, ...]
    whose: Whose


def judged(
    station: Station, reading: Reading, found: HouseholdList, whose: Whose, revises: str = ""
) -> Judged:
    """Judge every row of a list.

    Args:
        station: The desk.
        reading: Where the directory is looked up.
        found: The list.
        whose: What is known of it; a community given here is not guessed. Where neither the rows
            nor a title tell it, as in a chat, it is the manager's of the last time.
        revises: The batch it is a newer list of, empty for a new one.
    """
    book = directory_of(reading.households, found.rows, found.hints, whose.community)
    if not book.community and (known := reading.batches.community_of(whose.manager)):
        whose = replace(whose, community=known)
        book = directory_of(reading.households, found.rows, found.hints, known)
    accounts = {household.account_no for household in book.by_account.values()}
    terms = terms_of(station, reading, accounts, revises)
    lines = preflight(found.rows, book, terms)
    return Judged(lines, _completed(whose, book))


def terms_of(
    station: Station, reading: Reading, accounts: Collection[str], batch_id: str
) -> PreflightTerms:
    """What rows of a batch are judged by today.

    Args:
        station: The desk.
        reading: Where to look.
        accounts: Whose orders and other batches count.
        batch_id: Of the batch the rows belong to; empty for a new one.
    """
    return PreflightTerms(
        sell=_seller(station, reading),
        chips=frozenset(chip for chip, _ in station.card_kinds),
        kinds=station.card_kinds,
        orders=_waiting_orders(reading, accounts),
        blocked=reading.blocked.live(),
        elsewhere=_waiting_elsewhere(reading, accounts, but=batch_id),
        debts=_debts_paid(reading, batch_id),
    )


def _debts_paid(reading: Reading, batch_id: str) -> dict[str, Money]:
    """What debts of households were paid out of a batch's money."""
    paid: dict[str, Money] = defaultdict(lambda: NO_MONEY)
    for one in reading.arrears.of_batch(batch_id) if batch_id else ():
        paid[one.account_no] += one.money
    return paid


def _waiting_elsewhere(reading: Reading, accounts: Collection[str], *, but: str) -> frozenset[str]:
    """Accounts whose line in another open batch is neither done nor ended."""
    stages = reading.steps.stages()
    others = reading.batches.with_accounts(accounts)
    return frozenset(
        one.line.account_no
        for other in others
        if other != but and stages.get(other) is not Stage.CLOSED
        for one in outcomes_of(reading, other)
        if one.line.account_no in accounts and still_waits(one)
    )


def still_waits(one: LineOutcome) -> bool:
    """Whether a row is neither done nor ended, and may still be loaded."""
    ended = one.reason == "load_returned" or one.reason.startswith("released_")
    over = one.state in (LineState.DONE, LineState.WITHDRAWN) or ended
    return not over and one.line.verdict is not Verdict.BLOCKED


def directory_of(
    households: Households, rows: Sequence[ListRow], hints: Sequence[str], community: str = ""
) -> Directory:
    """Fetch whom a list can mean in a few queries: its community, and strangers' numbers."""
    known = households.communities()
    if not community:
        some = rows[:: len(rows) // _SAMPLE + 1]
        community = community_of(_numbered(households, some, {}), hints, known)
    near = {h.account_no: h for h in households.of_community(community)} if community else {}
    strangers = _numbered(households, rows, near)
    return Directory.of([*near.values(), *strangers], community, known)


def _numbered(
    households: Households, rows: Sequence[ListRow], near: Mapping[str, Household]
) -> list[Household]:
    """Households with a number of these rows that are not among the near ones.

    A near household's card number is asked for too unless the row already names its account: a
    number on two households must be seen as such.
    """
    accounts = {row.account_no for row in rows if row.account_no} - near.keys()
    plain = {(h.account_no, h.card_no) for h in near.values()}
    cards = {row.card_no for row in rows if (row.account_no, row.card_no) not in plain} - {""}
    return [h for h in households.numbered(accounts, cards) if h.account_no not in near]


def _completed(whose: Whose, book: Directory) -> Whose:
    """Team and zone as most of the community's households have them, where nobody said others."""
    community = whose.community or book.community
    near = [h for h in book.by_account.values() if h.address.community == community]
    teams = Counter(home.team for home in near if home.team)
    zones = Counter(ZONES[home.zone] for home in near if home.zone in ZONES)
    team = whose.team or (teams.most_common(1)[0][0] if teams else "")
    zone = whose.zone or (zones.most_common(1)[0][0] if zones else Zone.OPEN)
    return replace(whose, community=community, team=team, zone=zone)


def released_terms(
    station: Station, reading: Reading, accounts: Collection[str], batch_id: str
) -> PreflightTerms:
    """As `terms_of`, for an amount that a supervisor released: no use is too much."""
    terms = terms_of(station, reading, accounts, batch_id)
    return replace(terms, sell=_seller(station, reading, released=True))


def _seller(
    station: Station, reading: Reading, *, released: bool = False
) -> Callable[[Household, Money], Quote]:
    book = price_book(station, reading)
    day = station.clock.now().date()
    terms: dict[str, SaleTerms] = {}

    def price(household: Household, money: Money) -> Quote:
        if household.tariff not in terms:
            found = book.terms(household.tariff, day)
            terms[household.tariff] = replace(found, plausible=None) if released else found
        return sell(household, terms[household.tariff], money=money)

    return price


def _waiting_orders(reading: Reading, accounts: Collection[str]) -> dict[str, list[Order]]:
    """Paid orders of these households that wait to be loaded."""
    waiting: dict[str, list[Order]] = defaultdict(list)
    for order in reading.orders.waiting():
        if order.account_no in accounts:
            waiting[order.account_no].append(order)
    return waiting
