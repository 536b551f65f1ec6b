"""Quotes a batch: every live line's price to the fen, what is not possible, how it is paid."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY
from cardstation.domain.preflight import RELEASED
from cardstation.domain.quotation import (
    VALID_DAYS,
    BatchQuote,
    QuotedLine,
    QuoteFact,
    RefusedLine,
    payment_reference,
)
from cardstation.domain.sale import PriceBook, sell
from cardstation.domain.tariff import Quote
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.funding import batch_of, purses_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.prices import price_book
from cardstation.services.intent.quoting import issues, quote_standing
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.list_reliefs import reliefs_in
from cardstation.services.lists.entry import ensure_entry_checked
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import freeze


@dataclass(frozen=True, slots=True)
class _Content:
    """What the paper says of the lines: its digest tells whether two quotes are the same."""

    batch_id: str
    lines: tuple[QuotedLine, ...]
    refused: tuple[RefusedLine, ...]


def quote_batch(station: Station, batch_id: str) -> BatchQuote:
    """Quote a batch, in the order building, unit, room: the order in which money is divided.

    A quote that still holds and would say the same is given again with its number; otherwise a
    new one with the next number takes its place. It is on record for which rows the full price is
    asked over a relief on file; its paper, which the manager gets, names no such household.

    Raises:
        Refusal: `unknown_batch`, `entry_not_checked`, `nothing_to_quote`,
            `batch_closed_already`, `batch_not_so_far`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.reading() as reading:
        batch = batch_of(reading, batch_id)
        ensure_not_closed(reading, batch_id)
        ensure_entry_checked(station, reading, batch)
        content, homes = _content(station, reading, batch)
        standing = quote_standing(reading, batch, station.clock.now())
        issue = issues(reading, batch_id)
        reliefs = tuple(one.place for one in reliefs_in(reading, batch, station.clock.now().date()))
    if not content.lines:
        raise Refusal("nothing_to_quote", batch_id=batch_id)
    quote = _quote(station, batch, content, homes)
    same = standing is not None and standing.holds and standing.fact.digest == quote.digest
    if standing is not None and same and set(reliefs) <= set(standing.fact.reliefs):
        return replace(
            _numbered(quote, station, issue),
            clerk=standing.clerk,
            made_at=standing.made_at,
            valid_until=standing.fact.valid_until,
        )
    return _record(station, _numbered(quote, station, issue + 1), reliefs)


def _content(
    station: Station, reading: Reading, batch: Batch
) -> tuple[_Content, Mapping[str, Household]]:
    wanted = {line.account_no for line in batch.lines if line.account_no}
    homes = {one.account_no: one for one in reading.households.numbered(wanted, ())}
    book = price_book(station, reading)
    released = reading.lump_sums.released(batch.batch_id)
    funded = reading.funds.funded(batch.batch_id)
    own = _paid_themselves(reading, batch.batch_id)
    done: list[QuotedLine] = []
    refused: list[RefusedLine] = []
    for place, line in _by_door(batch, homes):
        if place in released:
            continue
        home = homes.get(line.account_no)
        if home is None or line.verdict is not Verdict.READY:
            refused.append(_refused(place, line, _why(line, home)))
            continue
        try:
            offer = _price(station, book, line, home, paid=place in funded)
            done.append(_priced(place, line, offer, own=place in own))
        except Refusal as refusal:
            refused.append(_refused(place, line, refusal.code))
    return _Content(batch.batch_id, tuple(done), tuple(refused)), homes


def _why(line: ManifestLine, home: Household | None) -> str:
    if line.reasons:
        return line.reasons[0]
    return "unknown_household" if home is None else "line_needs_human"


def _by_door(batch: Batch, homes: Mapping[str, Household]) -> Iterator[tuple[int, ManifestLine]]:
    """Live lines by building, unit, room; those nobody could match last, in list order."""

    def key(found: tuple[int, ManifestLine]) -> tuple[object, ...]:
        home = homes.get(found[1].account_no)
        return (1, found[0]) if home is None else (0, home.address.sort_key, found[0])

    live = [(place, one) for place, one in enumerate(batch.lines, start=1) if not one.withdrawn]
    yield from sorted(live, key=key)


def _price(
    station: Station, book: PriceBook, line: ManifestLine, home: Household, *, paid: bool
) -> Quote | None:
    """The price today; None for an order that was paid online.

    What is paid already stays on the quote: its own load is no purchase beyond the cap.
    """
    if line.kind is LineKind.PREPAID:
        return None
    terms = book.terms(home.tariff, station.clock.now().date())
    if RELEASED in line.reasons:
        terms = replace(terms, plausible=None)
    if paid:
        terms = replace(terms, cap=None)
    return sell(home, terms, money=line.money)


def _paid_themselves(reading: Reading, batch_id: str) -> set[int]:
    """Lines whose envelope brought money that did not go back: they take no other."""
    purses = purses_of(reading, batch_id)
    return {one.line for one in purses if one.line and one.money + one.debts > NO_MONEY}


def _priced(place: int, line: ManifestLine, offer: Quote | None, *, own: bool) -> QuotedLine:
    return QuotedLine(place, line.door, line.account_no, line.card_no, offer, own)


def _refused(place: int, line: ManifestLine, why: str) -> RefusedLine:
    return RefusedLine(place, line.door, line.card_no, why)


def _quote(
    station: Station, batch: Batch, content: _Content, homes: Mapping[str, Household]
) -> BatchQuote:
    """Everything but what the number says."""
    now = station.clock.now()
    with station.store.reading() as reading:
        clerk = clerk_of(station, reading)
        book = price_book(station, reading)
    tariffs = {homes[line.account_no].tariff for line in content.lines}
    caps = [book.terms(tariff, now.date()).per_load_max for tariff in sorted(tariffs)]
    return BatchQuote(
        quote_no="",
        batch_id=batch.batch_id,
        company=station.company,
        station=station.name,
        clerk=clerk,
        list_name=batch.name,
        community=batch.community,
        made_at=now,
        valid_until=now.date() + timedelta(days=VALID_DAYS),
        lines=content.lines,
        refused=content.refused,
        total=sum((one.to_pay or NO_MONEY for one in content.lines), NO_MONEY),
        per_load_max=min(caps),
        reference="",
        digest=hashlib.sha256(freeze(content).encode()).hexdigest(),
        training=station.training,
    )


def _numbered(quote: BatchQuote, station: Station, issue: int) -> BatchQuote:
    return replace(
        quote,
        quote_no=f"{quote.batch_id}-Q{issue}",
        reference=payment_reference(station.number, quote.batch_id, issue),
    )


def _record(station: Station, quote: BatchQuote, reliefs: tuple[int, ...]) -> BatchQuote:
    fact = QuoteFact(
        quote_no=quote.quote_no,
        reference=quote.reference,
        valid_until=quote.valid_until,
        order=tuple(one.place for one in quote.lines if one.to_pay is not None),
        fen=quote.total.fen,
        refused=len(quote.refused),
        digest=quote.digest,
        reliefs=reliefs,
    )
    with station.store.unit() as unit:
        record_step(station, unit, quote.batch_id, Step.QUOTED, value=fact, proof=quote.digest)
        unit.commit()
    anchor_journal(station)
    return quote
