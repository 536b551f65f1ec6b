"""Fetches a snapshot page by page, and applies it in one commit once it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from cardstation.domain.feed import CLERKS, POLICY, Row, Snapshot
from cardstation.domain.household import Household
from cardstation.errors import LedgerRefused
from cardstation.ports.feeds import Feeds
from cardstation.services.feeds.checks import ensure_newer, ensure_page, rows_of
from cardstation.services.feeds.clerks import take_clerks
from cardstation.services.feeds.households import (
    Span,
    differs,
    district,
    gone_between,
    households_in,
)
from cardstation.services.feeds.policy import take_policy
from cardstation.services.import_directory import our_word
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.station import Station
from cardstation.store import Reading, Unit


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """How far a snapshot is fetched; `packed_bytes` is what all its pages have."""

    feed: str
    pages: int
    fetched: int
    packed_bytes: int


Heard = Callable[[FeedProgress], None]
Over = Callable[[], bool]


def take_snapshot(station: Station, feeds: Feeds, feed: str, heard: Heard, over: Over) -> bool:
    """Fetch what is missing of the newest snapshot, and apply it once it is whole.

    Returns:
        False where it was ended early; what was fetched is kept.

    Raises:
        LedgerUnreachable: go on later.
        LedgerRefused: those of `checks`, and what the centre refuses; nothing was applied.
    """
    snapshot = feeds.snapshot(feed)
    with station.store.unit() as unit:
        ensure_newer(feeds, feed, snapshot, unit.feeds.followed(feed))
        if unit.feeds.draft(feed) != snapshot:
            unit.feeds.begin(snapshot)
            unit.commit()
    if not _fetch(station, feeds, snapshot, heard, over):
        return False
    if feed == POLICY or feed.startswith(CLERKS):
        _apply_whole(station, feeds, snapshot)
    else:
        _apply_directory(station, feeds, snapshot)
    return True


def _fetch(station: Station, feeds: Feeds, snapshot: Snapshot, heard: Heard, over: Over) -> bool:
    feed, pages = snapshot.feed, len(snapshot.pages)
    with station.store.reading() as reading:
        there = len(reading.feeds.pages_there(feed))
    for page in range(there, pages):
        if over():
            return False
        body = feeds.page(feed, snapshot.number, page)
        ensure_page(snapshot, page, body)
        with station.store.passing_unit() as unit:
            unit.feeds.keep_page(feed, page, body)
            unit.commit()
        heard(FeedProgress(feed, pages, page + 1, snapshot.packed_bytes))
    return True


def _apply_whole(station: Station, feeds: Feeds, snapshot: Snapshot) -> None:
    """Put the few rows of the policy, or of the station's clerks, in the place of all before."""
    feed = snapshot.feed
    with station.store.unit() as unit:
        ensure_newer(feeds, feed, snapshot, unit.feeds.followed(feed))
        pages = range(len(snapshot.pages))
        rows = {row[0]: row for page in pages for row in _rows(unit, snapshot, page)}
        if feed == POLICY:
            take_policy(unit, snapshot.number, rows)
        else:
            take_clerks(station, unit, snapshot.number, rows)
        _finish(station, unit, snapshot)
    if feed != POLICY:
        anchor_journal(station)


def _apply_directory(station: Station, feeds: Feeds, snapshot: Snapshot) -> None:
    """Bring in the pages that say anything new: few of them, where a desk was away for a while.

    They are looked for before the unit begins, in which nothing can be sold. What is sold in
    between makes no page new: sales are kept whatever a page says of them.
    """
    feed = snapshot.feed
    with station.store.reading() as reading:
        ours = our_word(reading)
        parts = [
            (page, span)
            for page, span, filed in _parts(reading, snapshot)
            if differs(reading, feed, filed, span, ours)
        ]
    with ExitStack() as hands, station.store.unit() as unit:
        ensure_newer(feeds, feed, snapshot, unit.feeds.followed(feed))
        unit.feeds.wait_no_more(feed, [one.account_no for one in unit.feeds.waiting(feed)])
        rows = district(station, unit, feed, snapshot.published, hands)
        for page, span in parts:
            filed = households_in(feed, snapshot.number, _rows(unit, snapshot, page))
            rows.put(filed)
            rows.remove(gone_between(unit, feed, filed, span))
        _finish(station, unit, snapshot)


def _parts(reading: Reading, snapshot: Snapshot) -> Iterator[tuple[int, Span, list[Household]]]:
    """Each page with the account numbers it speaks for; together they are all there are.

    Raises:
        LedgerRefused: `feed_unreadable`; also where they do not rise.
    """
    after = ""
    for page in range(len(snapshot.pages)):
        rows = _rows(reading, snapshot, page)
        filed = households_in(snapshot.feed, snapshot.number, rows)
        numbers = [one.account_no for one in filed]
        if numbers != sorted(set(numbers)) or (numbers and numbers[0] <= after):
            raise LedgerRefused("feed_unreadable", feed=snapshot.feed, number=snapshot.number)
        to = numbers[-1] if numbers else after
        yield page, Span(after, to if page + 1 < len(snapshot.pages) else ""), filed
        after = to


def _rows(reading: Reading, snapshot: Snapshot, page: int) -> tuple[Row, ...]:
    """The rows of a page that was fetched; the disk is believed no more than the network."""
    body = reading.feeds.page(snapshot.feed, page)
    ensure_page(snapshot, page, body)
    return rows_of(snapshot.feed, snapshot.number, body).put


def _finish(station: Station, unit: Unit, snapshot: Snapshot) -> None:
    unit.feeds.applied(snapshot, snapshot.rows, station.clock.now())
    unit.feeds.forget_draft(snapshot.feed)
    unit.commit()
