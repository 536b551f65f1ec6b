"""Says how far the station is with the centre's feeds; asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.feed import POLICY
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed.

    Attributes:
        feed: `policy`, or `directory/` and a district.
        number: Of the last change applied.
        kind: What was applied last: `delta`, `snapshot`.
        at: When that was.
        waiting: Households whose change waits until nothing of theirs is open here.
        pages, fetched: Of a snapshot that is being fetched; 0 when none is.
    """

    feed: str
    number: int
    kind: str
    at: datetime | None
    waiting: int
    pages: int = 0
    fetched: int = 0


@dataclass(frozen=True, slots=True)
class FeedState:
    """All feeds, policy first.

    Attributes:
        households: On file. blocked: Cards nothing is sold to.
        configured: There is a centre to follow.
    """

    feeds: tuple[FeedLine, ...]
    households: int
    blocked: int
    configured: bool


def feed_state(station: Station) -> FeedState:
    """Look at what was applied, what waits and what is being fetched."""
    with station.store.reading() as reading:
        names = {one.feed for one in reading.feeds.every()} | reading.feeds.drafts()
        lines = []
        for name in sorted(names, key=lambda one: (one != POLICY, one)):
            ours, draft = reading.feeds.followed(name), reading.feeds.draft(name)
            lines.append(
                FeedLine(
                    feed=name,
                    number=ours.number,
                    kind=ours.kind,
                    at=ours.at,
                    waiting=len(reading.feeds.waiting(name)),
                    pages=0 if draft is None else len(draft.pages),
                    fetched=len(reading.feeds.pages_there(name)),
                )
            )
        return FeedState(
            tuple(lines),
            reading.households.count(),
            len(reading.blocked.every()),
            station.feeds is not None,
        )
