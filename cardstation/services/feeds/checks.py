"""What must be true of a published change or snapshot before anything of it is applied."""

from __future__ import annotations

from cardstation.domain.feed import Change, Delta, Snapshot, digest_of, unpack
from cardstation.errors import LedgerRefused
from cardstation.ports.feeds import Feeds
from cardstation.store.feeds import Followed


def ensure_next(feeds: Feeds, feed: str, delta: Delta, ours: Followed) -> None:
    """The centre signed it, for this feed, and it follows what was applied last.

    Raises:
        LedgerRefused: `feed_signature_bad`, `feed_mistaken`, `feed_replayed`, `feed_gap`,
            `feed_forked`.
    """
    _ensure_signed(feeds, feed, delta)
    if delta.number <= ours.number:
        raise LedgerRefused("feed_replayed", feed=feed, found=delta.number, ours=ours.number)
    if delta.number > ours.number + 1:
        raise LedgerRefused("feed_gap", feed=feed, found=delta.number, expected=ours.number + 1)
    if delta.before != ours.hash or delta.published < ours.published:
        raise LedgerRefused("feed_forked", feed=feed, number=delta.number)


def ensure_newer(feeds: Feeds, feed: str, snapshot: Snapshot, ours: Followed) -> None:
    """The centre signed it, for this feed, and it is newer than what was applied last.

    Raises:
        LedgerRefused: `feed_signature_bad`, `feed_mistaken`, `feed_replayed`.
    """
    _ensure_signed(feeds, feed, snapshot)
    if snapshot.number <= ours.number:
        raise LedgerRefused("feed_replayed", feed=feed, found=snapshot.number, ours=ours.number)


def rows_of(feed: str, number: int, body: bytes) -> Change:
    """What a body holds.

    Raises:
        LedgerRefused: `feed_unreadable`.
    """
    try:
        return unpack(body)
    except ValueError as error:
        raise LedgerRefused("feed_unreadable", feed=feed, number=number) from error


def ensure_page(snapshot: Snapshot, page: int, body: bytes) -> None:
    """A page is the one that was signed for.

    Raises:
        LedgerRefused: `feed_page_bad`.
    """
    if digest_of(body) != snapshot.pages[page]:
        raise LedgerRefused("feed_page_bad", feed=snapshot.feed, page=page + 1)


def _ensure_signed(feeds: Feeds, feed: str, step: Delta | Snapshot) -> None:
    if not feeds.genuine(step.message, step.signature):
        raise LedgerRefused("feed_signature_bad", feed=feed)
    if step.feed != feed:
        raise LedgerRefused("feed_mistaken", feed=feed, found=step.feed)
