"""Takes in a property manager's list: reads it, judges every row, and stores it as a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from cardstation.domain.batch import Batch, ListRow
from cardstation.domain.batch_life import Step
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Directory, community_of
from cardstation.domain.money import Money
from cardstation.domain.preflight import PreflightTerms, preflight
from cardstation.domain.sale import PriceBook, SaleTerms, sell
from cardstation.domain.tariff import Quote
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.reading import HouseholdList, read_list
from cardstation.services.station import Station
from cardstation.store.households import Households
from cardstation.store.unit import Reading

_SAMPLE = 200
"""Rows from all over a list that tell its community."""


def import_list(station: Station, path: Path) -> Batch:
    """Take in a list as a new batch; no money and no card is touched.

    Raises:
        Refusal: `list_not_readable`, `list_without_header`, `list_empty`, `no_tariff`,
            `same_list_again` (with the `batch_id` that holds this content already), and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    found = read_list(path)
    now = station.clock.now()
    with station.store.reading() as reading:
        book = _directory(reading.households, found)
        terms = PreflightTerms(
            sell=_seller(
                PriceBook(reading.tariffs.every(), reading.tariffs.rules(), station.makers),
                now.date(),
            ),
            chips=frozenset(chip.name.lower() for chip in station.chips),
            orders=_waiting_orders(reading, book),
        )
    lines = preflight(found.rows, book, terms)
    with station.store.unit() as unit:
        if taken := unit.batches.with_digest(found.digest):
            raise Refusal("same_list_again", batch_id=taken)
        batch = Batch(
            batch_id=unit.batches.next_id(now.date()),
            name=found.name,
            digest=found.digest,
            imported_at=now,
            stated_count=found.stated.count,
            stated_total=found.stated.total,
            lines=lines,
            community=book.community or "",
        )
        unit.batches.add(batch)
        record_step(station, unit, batch.batch_id, Step.LISTED, proof=found.digest)
        unit.commit()
    anchor_journal(station)
    return batch


def _directory(households: Households, found: HouseholdList) -> Directory:
    """Fetch whom the list can mean in a few queries: its community, and strangers' numbers."""
    some = found.rows[:: len(found.rows) // _SAMPLE + 1]
    known = households.communities()
    community = community_of(_numbered(households, some, {}), found.hints, known)
    near = {h.account_no: h for h in households.of_community(community)} if community else {}
    strangers = _numbered(households, found.rows, near)
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


def _seller(book: PriceBook, day: date) -> Callable[[Household, Money], Quote]:
    terms: dict[str, SaleTerms] = {}

    def price(household: Household, money: Money) -> Quote:
        if household.tariff not in terms:
            terms[household.tariff] = book.terms(household.tariff, day)
        return sell(household, terms[household.tariff], money=money)

    return price


def _waiting_orders(reading: Reading, book: Directory) -> dict[str, list[Order]]:
    """Paid orders of these households that no live top-up claims."""
    waiting: dict[str, list[Order]] = defaultdict(list)
    accounts = {household.account_no for household in book.by_account.values()}
    for order in reading.orders.every():
        if order.account_no in accounts and not reading.topups.of_order(order.order_id):
            waiting[order.account_no].append(order)
    return waiting
