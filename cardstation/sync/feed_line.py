"""A station's line to the ledger that also follows its feeds."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlencode

import httpx

from cardstation.domain.feed import (
    MOST_BODY_BYTES,
    Delta,
    FeedHead,
    FeedsTold,
    Snapshot,
    clerks_of,
)
from cardstation.domain.message_signature import ANSWER_SIGNATURE
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.sync import feed_wire as wire
from cardstation.sync.failures import UNREADABLE, mapped
from cardstation.sync.http_ledger import HttpLedger


class FeedLine(HttpLedger):
    """Implements `ports.ledger.Ledger` and `ports.feeds.Feeds` on one connection."""

    def told(self, at: Mapping[str, int]) -> tuple[FeedHead, ...]:
        """The feeds this station follows, and how far they are.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `ledger_signature_bad`, `station_suspended`, …
        """
        # Named even before anything of it came: a centre tells only who knows such a feed of it.
        known = {clerks_of(self._station): 0, **at}
        has = urlencode([("at", f"{number}:{feed}") for feed, number in known.items()])
        found, nonce = self._asked("GET", f"/v1/feeds?{has}", wire.Feeds)
        heads = tuple(FeedHead(one.feed, one.number, one.hash, one.snapshot) for one in found.feeds)
        told = FeedsTold(self._station, nonce, heads)
        self._ensure_signed(told.message, found.signature)
        return heads

    def deltas(self, feed: str, after: int) -> tuple[Delta, ...]:
        """The next changes after a number; empty = no such change.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `feed_not_followed`, …
        """
        asked = urlencode({"feed": feed, "after": after})
        found = self._fresh(f"/v1/feeds/deltas?{asked}", wire.Deltas)
        return tuple(
            Delta(
                *(one.feed, one.number, one.before, one.published),
                body=one.body,
                signature=one.signature,
            )
            for one in found.deltas
        )

    def snapshot(self, feed: str) -> Snapshot:
        """The newest snapshot: which pages it has.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `feed_not_followed`, `feed_unknown`, …
        """
        found = self._fresh(f"/v1/feeds/snapshot?{urlencode({'feed': feed})}", wire.Snapshot)
        return Snapshot(
            *(found.feed, found.number, found.hash, found.published),
            rows=found.rows,
            packed_bytes=found.packed_bytes,
            pages=tuple(found.pages),
            signature=found.signature,
        )

    def page(self, feed: str, number: int, page: int) -> bytes:
        """One page of a snapshot, no longer than a page may be.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `feed_not_followed`, `feed_page_gone`, …
        """
        asked = urlencode({"feed": feed, "number": number, "page": page})
        return self._whole(f"/v1/feeds/page?{asked}")

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Whether the centre signed a message."""
        return self._centre.genuine(message, signature)

    def _whole(self, path: str) -> bytes:
        nonce = self._nonce or self.head().nonce
        try:
            return self._bytes(path, nonce)
        except LedgerRefused as refused:
            if refused.code != "nonce_stale":
                raise
        return self._bytes(path, self.head().nonce)

    def _bytes(self, path: str, nonce: str) -> bytes:
        """An answer as it is; no more of it is taken than a page may have."""
        body = bytearray()
        with mapped(self._url):
            request = self._client.build_request(
                "GET", path, headers={"accept-encoding": "identity"}, timeout=self._timeout
            )
            question = self._sign(request, b"", nonce)
            answer = self._client.send(request, stream=True)
            with closing(answer):
                for part in answer.iter_raw():
                    body += part
                    if len(body) > MOST_BODY_BYTES:
                        raise LedgerUnreachable(UNREADABLE, url=self._url, status=200)
        said = {name: answer.headers.get(name, "") for name in (ANSWER_SIGNATURE,)}
        whole = httpx.Response(answer.status_code, headers=said, content=bytes(body))
        self._signer.heed(whole, question, self._url, self.genuine)
        return bytes(body)
