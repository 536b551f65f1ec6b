"""Feeds: numbered, signed changes from the centre, and whole states a station may begin from.

Pure. A feed is a set of rows, each with a key. Change n follows change n - 1 and names its hash,
so that no number is left out, comes twice, or belongs to another history; a snapshot is the whole
set after some number. Both sides build the same signed bytes from the same facts.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

POLICY = "policy"
"""Prices, rules and blocked cards: every station follows it."""

CLERKS = "clerks/"
"""Clerks whom the centre sends to one station: the word before its name."""

DIRECTORY = "directory/"
"""Households of one district: the word before its name."""

MOST_ROWS = 2_000
"""In one page of a snapshot."""
MOST_CHANGED = 500
"""In one change: it is one commit of a desk at work."""
MOST_BODY_BYTES = 1_000_000
MOST_RAW_BYTES = 8_000_000

_LEVEL = 9

Row = tuple[Any, ...]
"""Values JSON knows; the first one, text, is the row's key."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a body holds: rows that are put, and keys of rows that are gone."""

    put: tuple[Row, ...] = ()
    gone: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.put) + len(self.gone)


@dataclass(frozen=True, slots=True)
class Delta:
    """Change `number` of a feed.

    Attributes:
        before: Hash of the change it follows, hex; `GENESIS` before the first.
        published: When, microseconds since 1970; of two districts that name a household the later
            one is right.
        body: A packed `Change`.
        signature: Of the centre, over `message`.
    """

    feed: str
    number: int
    before: str
    published: int
    body: bytes
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        facts = (str(self.number), self.before, str(self.published), digest_of(self.body))
        return _lines("cardstation feed change", (self.feed, *facts))

    @property
    def hash(self) -> str:
        """What the next change names, hex."""
        return hashlib.sha256(self.message).hexdigest()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All rows of a feed after change `number`, by key, in pages.

    Attributes:
        hash: Of change `number`; where there is no such change, of what was before and the pages.
        published: As of a change.
        rows: How many there are.
        packed_bytes: Of all pages together.
        pages: SHA-256 of each page, hex, in order.
        signature: Of the centre, over `message`.
    """

    feed: str
    number: int
    hash: str
    published: int
    rows: int
    packed_bytes: int
    pages: tuple[str, ...]
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        counts = (str(self.rows), str(self.packed_bytes))
        facts = (self.feed, str(self.number), self.hash, str(self.published), *counts)
        return _lines("cardstation feed snapshot", (*facts, *self.pages))


@dataclass(frozen=True, slots=True)
class FeedHead:
    """How far a feed is at the centre; its newest snapshot is after change `snapshot`."""

    feed: str
    number: int
    hash: str
    snapshot: int


@dataclass(frozen=True, slots=True)
class FeedsTold:
    """Which feeds a station follows and how far they are: the centre's word to it.

    Attributes:
        nonce: Of the request it answers, so that an old answer hides nothing new.
    """

    station: str
    nonce: str
    feeds: tuple[FeedHead, ...]

    @property
    def message(self) -> bytes:
        """The bytes that are signed."""
        facts = [
            fact
            for one in self.feeds
            for fact in (one.feed, str(one.number), one.hash, str(one.snapshot))
        ]
        return _lines("cardstation feeds", (self.station, self.nonce, *facts))


def clerks_of(station: str) -> str:
    """The feed of a station's clerks."""
    return f"{CLERKS}{station}"


def directory_of(district: str) -> str:
    """The feed of a district."""
    return f"{DIRECTORY}{district}"


def district_of(feed: str) -> str:
    """The district of a feed of households."""
    return feed.removeprefix(DIRECTORY)


def digest_of(body: bytes) -> str:
    """SHA-256 of a body, hex."""
    return hashlib.sha256(body).hexdigest()


def beginning_of(feed: str, number: int, before: str, pages: Iterable[str]) -> str:
    """Hash of a snapshot that stands in the place of a change."""
    return hashlib.sha256(
        _lines("cardstation feed beginning", (feed, str(number), before, *pages))
    ).hexdigest()


def pack(change: Change) -> bytes:
    """A body as it travels: columns, which compress better than rows, as JSON, deflated."""
    columns = [list(column) for column in zip(*change.put, strict=True)]
    said = json.dumps([columns, list(change.gone)], ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(said.encode(), _LEVEL)


def unpack(body: bytes) -> Change:
    """A body as rows, whatever it was said to hold.

    Raises:
        ValueError: too large, not deflated JSON of columns and keys, or a key that is no text.
    """
    if len(body) > MOST_BODY_BYTES:
        raise ValueError("too large")
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(body, MOST_RAW_BYTES)
    except zlib.error as error:
        raise ValueError("not deflated") from error
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("cut, too large, or more than a body")
    found = json.loads(raw)
    if not (isinstance(found, list) and len(found) == 2 and _lists(found)):
        raise ValueError("no change")
    columns, gone = found
    if not _lists(columns):
        raise ValueError("no columns")
    put = tuple(zip(*columns, strict=True))
    if not all(isinstance(key, str) and key for key in (*(row[0] for row in put), *gone)):
        raise ValueError("a row without a key")
    return Change(put, tuple(gone))


def changed(rows: Mapping[str, Row], change: Change) -> dict[str, Row]:
    """Rows by key after a change."""
    after = {**rows, **{row[0]: row for row in change.put}}
    for key in change.gone:
        after.pop(key, None)
    return after


def _lists(found: Sequence[object]) -> bool:
    return all(isinstance(one, list) for one in found)


def _lines(title: str, facts: tuple[str, ...]) -> bytes:
    """Each fact after its length, so that no two sets of facts make the same bytes."""
    parts = (f"{len(fact.encode())}:{fact}" for fact in facts)
    return "\n".join((title, *parts)).encode()
