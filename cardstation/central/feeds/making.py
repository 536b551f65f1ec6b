"""Makes changes and snapshots out of rows, and signs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from cardstation.central.centre_key import CentreKey
from cardstation.domain.feed import (
    MOST_CHANGED,
    MOST_ROWS,
    Change,
    Delta,
    Row,
    Snapshot,
    beginning_of,
    digest_of,
    pack,
)
from cardstation.domain.ledger import GENESIS


@dataclass(frozen=True, slots=True)
class Head:
    """Where a feed ends.

    Attributes:
        number: Of its last change, 0 = there was none. hash: Of it.
    """

    feed: str
    number: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Pages:
    """What a snapshot's pages are, once they were all made."""

    digests: tuple[str, ...]
    rows: int
    packed_bytes: int


def deltas_of(
    key: CentreKey, head: Head, put: Sequence[Row], gone: Sequence[str], published: int
) -> Iterator[Delta]:
    """Changes that follow a head, none larger than one commit of a desk should be.

    All carry the same moment: a household that moved is gone here as it is put elsewhere.
    """
    for change in _parts(put, gone):
        said = Delta(head.feed, head.number + 1, head.hash, published, pack(change))
        delta = replace(said, signature=key.sign(said.message))
        head = Head(head.feed, delta.number, delta.hash)
        yield delta


def bodies_of(rows: Iterable[Row]) -> Iterator[tuple[int, bytes]]:
    """Pages of a snapshot out of rows by key, each with the number of its rows; at least one."""
    left = iter(rows)
    part = tuple(islice(left, MOST_ROWS))
    while True:
        yield len(part), pack(Change(part))
        part = tuple(islice(left, MOST_ROWS))
        if not part:
            return


def pages_of(bodies: Iterable[tuple[int, bytes]]) -> Pages:
    """What is signed of pages."""
    found = [(rows, len(body), digest_of(body)) for rows, body in bodies]
    return Pages(
        tuple(digest for *_, digest in found),
        sum(rows for rows, *_ in found),
        sum(size for _, size, _ in found),
    )


def snapshot_of(key: CentreKey, head: Head, pages: Pages, published: int) -> Snapshot:
    """A snapshot after the change a head names."""
    said = Snapshot(
        feed=head.feed,
        number=head.number,
        hash=head.hash,
        published=published,
        rows=pages.rows,
        packed_bytes=pages.packed_bytes,
        pages=pages.digests,
    )
    return replace(said, signature=key.sign(said.message))


def jump(head: Head, number: int, pages: Pages) -> Head:
    """The head where a snapshot stands in the place of every change up to a number."""
    return Head(head.feed, number, beginning_of(head.feed, number, head.hash, pages.digests))


def _parts(put: Sequence[Row], gone: Sequence[str]) -> Iterator[Change]:
    for start in range(0, len(put), MOST_CHANGED):
        yield Change(tuple(put[start : start + MOST_CHANGED]))
    for start in range(0, len(gone), MOST_CHANGED):
        yield Change((), tuple(gone[start : start + MOST_CHANGED]))
