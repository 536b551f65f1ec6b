"""What goes over the wire of feeds, as the ledger sees it; a test holds it against the client's."""

from __future__ import annotations

import msgspec


class FeedHead(msgspec.Struct):
    """How far a feed is."""

    feed: str
    number: int
    hash: str
    snapshot: int


class Feeds(msgspec.Struct):
    """The feeds of a station, signed for this question."""

    feeds: list[FeedHead]
    signature: bytes


class Delta(msgspec.Struct):
    """A change; its body is deflated JSON, base64 on the wire."""

    feed: str
    number: int
    before: str
    published: int
    body: bytes
    signature: bytes


class Deltas(msgspec.Struct):
    """The next changes, without a gap."""

    deltas: list[Delta]


class Snapshot(msgspec.Struct):
    """Which pages a snapshot has; each is fetched by itself, as it is."""

    feed: str
    number: int
    hash: str
    published: int
    rows: int
    packed_bytes: int
    pages: list[str]
    signature: bytes
