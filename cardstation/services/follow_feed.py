"""Follows the centre's feeds: prices, cards, households and clerks, by the next number only."""

from __future__ import annotations

import json
from contextlib import ExitStack

from cardstation.domain.feed import CLERKS, POLICY, Delta, FeedHead, clerks_of
from cardstation.domain.household import Household
from cardstation.errors import LedgerRefused, Refusal
from cardstation.ports.feeds import Feeds
from cardstation.services.feed_state import FeedState, feed_state
from cardstation.services.feeds.checks import ensure_next, rows_of
from cardstation.services.feeds.clerks import change_clerks, may_take_clerks
from cardstation.services.feeds.households import district, households_in, is_settled
from cardstation.services.feeds.policy import change_policy, restore_policy
from cardstation.services.feeds.snapshot import FeedProgress, Heard, Over, take_snapshot
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.station import Station
from cardstation.store.feeds import Followed, Waiting

FAR_BEHIND = 100
"""So many changes behind a snapshot the snapshot is less to fetch and to apply."""

_HEALED = frozenset({"feed_gap", "feed_forked"})
"""What a newer snapshot makes good: its number is the centre's word, too."""


def _unheard(_progress: FeedProgress) -> None:
    """Nobody watches."""


def _to_the_end() -> bool:
    return False


def follow_feed(station: Station, heard: Heard = _unheard, over: Over = _to_the_end) -> FeedState:
    """Fetch and apply what the centre published for this station since last time.

    A change is one commit, and so is a snapshot; either is applied whole or not at all. May be cut
    at any point and run again: pages that were fetched are not fetched again while the centre
    still has that snapshot. A household with something open here gets its change once that is
    done. A feed that is refused does not keep the others back.

    Args:
        station: The desk; may be at work meanwhile.
        heard: Told after each page of a snapshot.
        over: Asked between steps whether to end early.

    Raises:
        LedgerUnreachable: go on later.
        LedgerRefused: of the first feed that was refused; nothing of that step was applied:
            `feed_signature_bad`, `feed_mistaken`, `feed_replayed`, `feed_gap`, `feed_forked`,
            `feed_behind` (the centre has less than it once said), `feed_unreadable`,
            `feed_page_bad`, and what the centre itself refuses.
        Refusal: `ledger_not_set`.
    """
    feeds = station.feeds
    if feeds is None:
        raise Refusal("ledger_not_set")
    with station.store.reading() as reading:
        at = {one.feed: one.number for one in reading.feeds.every()}
    heads = feeds.told(at)
    _apply_waiting(station)
    restore_policy(station)
    refused: list[LedgerRefused] = []
    for head in sorted(heads, key=lambda one: (one.feed != POLICY, one.feed)):
        try:
            _follow(station, feeds, head, heard, over)
        except LedgerRefused as error:
            refused.append(error)
    if refused:
        raise refused[0]
    return feed_state(station)


def _follow(station: Station, feeds: Feeds, head: FeedHead, heard: Heard, over: Over) -> None:
    feed, ours = head.feed, _ours(station, head.feed)
    if feed.startswith(CLERKS) and not _ours_to_take(station, feed):
        return
    if ours.number > head.number:
        raise LedgerRefused("feed_behind", feed=feed, ours=ours.number, theirs=head.number)
    if ours.number == head.number and ours.hash != head.hash:
        raise LedgerRefused("feed_forked", feed=feed, number=ours.number)
    afresh = ours.number == 0 or head.snapshot > ours.number + FAR_BEHIND
    if afresh and head.number > ours.number:
        take_snapshot(station, feeds, feed, heard, over)
    while not over() and (ours := _ours(station, feed)).number < head.number:
        try:
            _next(station, feeds, ours)
        except LedgerRefused as error:
            if error.code not in _HEALED or head.snapshot <= ours.number:
                raise
            take_snapshot(station, feeds, feed, heard, over)


def _ours_to_take(station: Station, feed: str) -> bool:
    """Clerks are facts of this station's chain, of no other's, and only where it may write.

    Raises:
        LedgerRefused: `feed_mistaken`.
    """
    if feed != clerks_of(station.name):
        raise LedgerRefused("feed_mistaken", feed=clerks_of(station.name), found=feed)
    return may_take_clerks(station)


def _ours(station: Station, feed: str) -> Followed:
    with station.store.reading() as reading:
        return reading.feeds.followed(feed)


def _next(station: Station, feeds: Feeds, ours: Followed) -> None:
    deltas = feeds.deltas(ours.feed, ours.number)
    if not deltas:
        raise LedgerRefused("feed_gap", feed=ours.feed, found=0, expected=ours.number + 1)
    for delta in deltas:
        _apply(station, feeds, ours.feed, delta)


def _apply(station: Station, feeds: Feeds, feed: str, delta: Delta) -> None:
    with ExitStack() as hands, station.store.unit() as unit:
        ensure_next(feeds, feed, delta, unit.feeds.followed(feed))
        change = rows_of(feed, delta.number, delta.body)
        if feed == POLICY:
            change_policy(unit, delta.number, change)
        elif feed.startswith(CLERKS):
            change_clerks(station, unit, delta.number, change)
        else:
            rows = district(station, unit, feed, delta.published, hands)
            rows.put(households_in(feed, delta.number, change.put))
            rows.remove(change.gone)
        unit.feeds.applied(delta, len(change), station.clock.now())
        unit.commit()
    if feed.startswith(CLERKS):
        anchor_journal(station)


def _apply_waiting(station: Station) -> None:
    """Bring in what waited, of households that have nothing open any more."""
    with station.store.reading() as reading:
        busy = {one.account_no for one in reading.topups.open_intents()}
        settled = is_settled(station, reading)
        free = [
            one
            for one in reading.feeds.waiting()
            if one.account_no not in busy and (one.row or settled)
        ]
    for one in free:
        with ExitStack() as hands, station.store.unit() as unit:
            if one not in unit.feeds.waiting(one.feed):
                continue
            rows = district(station, unit, one.feed, one.published, hands)
            if one.row:
                rows.put(_household(one))
            else:
                rows.remove([one.account_no])
            unit.commit()


def _household(waiting: Waiting) -> list[Household]:
    return households_in(waiting.feed, 0, [tuple(json.loads(waiting.row))])
