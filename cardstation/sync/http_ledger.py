"""The central ledger over HTTP: signs requests with the device key, maps every failure.

Nothing is sent twice in here. After `LedgerUnreachable` the caller asks for the head and sends
again what the head does not have; the ledger answers a replay like the first time.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from cardstation.domain.board_told import BoardTold
from cardstation.domain.checkpoint import Checkpoint, OrdersTold, Rewind
from cardstation.domain.ledger import Entry, Order
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.keys import CentreSeal, DeviceKey
from cardstation.ports.ledger import (
    Ack,
    LedgerException,
    LedgerHead,
    SignedCheckpoint,
    SignedGrant,
)
from cardstation.sync import wire
from cardstation.sync.failures import BAD_ADDRESS, UNREADABLE, mapped
from cardstation.sync.signing import Said, Signer
from cardstation.sync.trust import trusted

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 15.0
HURRIED_TIMEOUT_S = 0.5
SHORTEST_REST_S = 2.0
LONGEST_REST_S = 300.0

Answer = TypeVar("Answer")


def wall_seconds() -> int:
    """Seconds since 1970 by this machine's clock; only informs, nonces keep requests fresh."""
    return int(time.time())


@dataclass(slots=True)
class _Rest:
    """How long nothing hurried is asked after a failure: doubled by each one that follows."""

    until_s: float = 0.0
    length_s: float = 0.0

    def failed(self) -> None:
        self.length_s = min(LONGEST_REST_S, max(SHORTEST_REST_S, 2 * self.length_s))
        self.until_s = time.monotonic() + self.length_s

    def answered(self) -> None:
        self.until_s = self.length_s = 0.0


class HttpLedger:
    """One station's line to the ledger; implements `ports.ledger.Ledger`.

    Args:
        url: `http://host:port` or `https://…`.
        station: This station's name.
        device_key: Signs every request.
        centre: Checks what the centre signed; learns its key at the enrolment.
        created: Clock of the signatures, seconds since 1970.
        news: What this station says of itself with each handshake: version, what is unsent.
        transport: Another way to send requests, for tests.
    """

    def __init__(
        self,
        url: str,
        station: str,
        device_key: DeviceKey,
        centre: CentreSeal,
        *,
        created: Callable[[], int] = wall_seconds,
        news: Callable[[], Mapping[str, str]] = dict,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LedgerUnreachable(BAD_ADDRESS, url=url)
        self._station = station
        self._key = device_key
        self._signer = Signer(station, device_key)
        self._centre = centre
        self._met = b""
        self._created = created
        self._news = news
        self._nonce = ""
        self._rest = _Rest()
        self._timeout = httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        self._client = httpx.Client(
            base_url=self._url,
            trust_env=False,
            verify=trusted(),
            transport=transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def hurried(self) -> HttpLedger | None:
        """This line with half a second of patience per request.

        None while a failure rests: 2 s after the first, doubled to 5 min by those that follow.
        """
        if time.monotonic() < self._rest.until_s:
            return None
        line = copy(self)
        line.patience_s(HURRIED_TIMEOUT_S)
        return line

    def patience_s(self, seconds: float) -> None:
        """Wait this long at the most for each step of a request."""
        self._timeout = httpx.Timeout(seconds)

    def head(self) -> LedgerHead:
        """What the ledger has of this station.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_unknown`, `signature_bad`.
        """
        nonce = secrets.token_urlsafe(12)
        return self._head(self._get(self._saying(f"{self._mine}/head"), wire.Head, nonce), nonce)

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        """Send entries in order, once.

        Raises:
            LedgerUnreachable: they may have arrived; ask for the head and send again.
            LedgerRefused: `ledger_gap`, `ledger_fork`, `ledger_epoch`, `nonce_stale`,
                `station_suspended`, … nothing of it was posted.
        """
        body = msgspec.json.encode(wire.Batch(list(entries)))
        found = self._send("POST", f"{self._mine}/entries", body, nonce, wire.Ack)
        told = Checkpoint(self._station, found.epoch, found.acked_seq, found.acked_hash, nonce)
        self._ensure_signed(told.message, found.signature)
        self._nonce = found.nonce
        return Ack(
            acked_seq=found.acked_seq,
            acked_hash=found.acked_hash,
            exceptions=tuple(
                LedgerException(one.seq, one.code, one.other) for one in found.exceptions
            ),
            nonce=found.nonce,
            totals=found.totals,
            checkpoint=SignedCheckpoint(found.epoch, nonce, found.signature.hex()),
        )

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        """What decides the intents of one card, of every station, oldest first.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_suspended`, …
        """
        return self._facts(f"/v1/cards/{quote(card_no, safe='')}/loads")

    def bag_steps(self, seal_no: str) -> tuple[Entry, ...]:
        """Every step of the batch whose bag has this seal, of whichever station, oldest first.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_suspended`, …
        """
        return self._facts(f"/v1/seals/{quote(seal_no, safe='')}/steps")

    def sealed_hand_overs(self, first: str, last: str) -> tuple[Entry, ...]:
        """Hand-overs that stations without the list recorded, by seal from one number to another.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_suspended`, …
        """
        return self._facts(f"/v1/seals?{urlencode({'first': first, 'last': last})}")

    def invoice_of(self, receipt_no: str) -> str:
        """Number of the tax invoice that stands for this station's receipt; empty = none.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_suspended`, …; `page_unknown` by an older ledger.
        """
        path = f"/v1/receipts/{quote(receipt_no, safe='')}/invoice"
        return self._fresh(path, wire.Invoiced).no

    def entries_after(self, seq: int) -> tuple[bytes, ...]:
        """This station's own entries after a number, exact bytes, oldest first.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_unknown`, …
        """
        return tuple(self._fresh(f"{self._mine}/entries?after={seq}", wire.Loads).entries)

    def new_epoch(self, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> LedgerHead:
        """Begin this station's next epoch after a restore; asked again, it is the same one.

        Raises:
            LedgerUnreachable: no answer; ask again.
            LedgerRefused: `two_persons_needed`, `ledger_ahead`, `ledger_fork`, …
        """
        body = msgspec.json.encode(wire.EpochAsked(last_seq, last_hash, clerk, approver))
        nonce = self.head().nonce
        return self._head(self._send("POST", f"{self._mine}/epoch", body, nonce, wire.Head), nonce)

    def orders(self) -> tuple[Order, ...]:
        """Paid orders that wait, whoever holds them.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `station_suspended`, …
        """
        return self._orders("GET", self._saying("/v1/orders"))

    def lease_order(self, order_id: str) -> Order:
        """Have this station alone load an order for a while.

        Raises:
            LedgerUnreachable: no answer; asked again, it is the same lease.
            LedgerRefused: `order_not_waiting`, `order_leased_elsewhere`, …
        """
        return self._orders("POST", f"/v1/orders/{quote(order_id, safe='')}/lease")[0]

    def release_order(self, order_id: str) -> Order:
        """Give this station's lease of an order back.

        Raises:
            LedgerUnreachable: no answer; ask again.
            LedgerRefused: `order_not_waiting`, …
        """
        return self._orders("POST", f"/v1/orders/{quote(order_id, safe='')}/release")[0]

    def tell_board(self, told: BoardTold) -> datetime | None:
        """Say what the centre's board shows of this station; until when it has heard.

        Raises:
            LedgerUnreachable: no answer; say it again.
            LedgerRefused: `station_suspended`, …
        """
        gas = [wire.GasLeft(**asdict(one)) for one in told.gas]
        body = msgspec.json.encode(wire.BoardTold(dict(told.open), gas, told.until))
        return self._asked("POST", f"{self._mine}/board", wire.BoardHeard, body)[0].until

    def enrol(self, code: str, *, new_key: bool = False) -> LedgerHead:
        """Enrol this station with a one-time code; harmless when it is enrolled already.

        The centre's key is kept once it signed all of the answer.

        Args:
            code: From the centre.
            new_key: Take the centre's key in the place of another one that is pinned.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `enrolment_code_bad`, `station_enrolled`, `local_only`,
                `ledger_signature_bad`, `centre_key_other`.
        """
        asked = wire.Enrolment(self._station, self._key.public, code)
        body = msgspec.json.encode(asked)
        nonce = secrets.token_urlsafe(12)
        found, said = self._exchange("POST", "/v1/stations", body, nonce, wire.Head)
        self._met = found.centre_key
        try:
            self._ensure_signed(said.message, said.signature)
            head = self._head(found, nonce)
        finally:
            self._met = b""
        if not new_key and self._centre.pinned not in (b"", found.centre_key):
            raise LedgerRefused("centre_key_other", url=self._url)
        self._centre.pin(found.centre_key)
        return head

    @property
    def _mine(self) -> str:
        return f"/v1/stations/{quote(self._station, safe='')}"

    def _saying(self, path: str) -> str:
        """A path with this station's news, which its signature covers."""
        news = urlencode(self._news())
        return f"{path}?{news}" if news else path

    def _head(self, found: wire.Head, nonce: str) -> LedgerHead:
        """A head answer as a value, once its signature and that of its rewind are checked."""
        told = Checkpoint(self._station, found.epoch, found.last_seq, found.last_hash, nonce)
        self._ensure_signed(told.message, found.signature)
        if found.rewind is not None:
            ordered = Rewind(
                station=self._station,
                seq=found.last_seq,
                hash=found.last_hash,
                reason=found.rewind.reason,
                ordered_by=found.rewind.ordered_by,
                approved_by=found.rewind.approved_by,
            )
            self._ensure_signed(ordered.message, found.rewind.signature)
        self._nonce = found.nonce
        return LedgerHead(
            epoch=found.epoch,
            last_seq=found.last_seq,
            last_hash=found.last_hash,
            nonce=found.nonce,
            status=found.status,
            resend=found.rewind is not None,
            grant=None if found.grant is None else self._grant(found.grant, nonce),
        )

    def _grant(self, found: wire.Grant, nonce: str) -> SignedGrant:
        try:
            told = wire.grant_told(found, nonce)
        except ValueError as error:
            raise LedgerUnreachable(UNREADABLE, url=self._url) from error
        self._ensure_signed(told.message, found.signature)
        return SignedGrant(told, found.signature.hex())

    def _ensure_signed(self, message: bytes, signature: bytes) -> None:
        if not self._centre.genuine(message, signature, met=self._met):
            raise LedgerRefused("ledger_signature_bad", url=self._url)

    def _orders(self, method: str, path: str) -> tuple[Order, ...]:
        found, nonce = self._asked(method, path, wire.Orders)
        names = [field.name for field in fields(Order)]
        orders = tuple(Order(*(getattr(one, name) for name in names)) for one in found.orders)
        told = OrdersTold(self._station, nonce, orders)
        self._ensure_signed(told.message, found.signature)
        return orders

    def _get(self, path: str, kind: type[Answer], nonce: str) -> Answer:
        return self._send("GET", path, b"", nonce, kind)

    def _facts(self, path: str) -> tuple[Entry, ...]:
        found = self._fresh(path, wire.Loads)
        try:
            return tuple(Entry.from_bytes(raw) for raw in found.entries)
        except ValueError as error:
            raise LedgerUnreachable(UNREADABLE, url=self._url) from error

    def _fresh(self, path: str, kind: type[Answer]) -> Answer:
        return self._asked("GET", path, kind)[0]

    def _asked(
        self, method: str, path: str, kind: type[Answer], body: bytes = b""
    ) -> tuple[Answer, str]:
        """Ask with the current nonce; a push elsewhere may have used it up, then once more."""
        nonce = self._nonce
        if nonce:
            try:
                return self._send(method, path, body, nonce, kind), nonce
            except LedgerRefused as refused:
                if refused.code != "nonce_stale":
                    raise
        nonce = self.head().nonce
        return self._send(method, path, body, nonce, kind), nonce

    def _send(self, method: str, path: str, body: bytes, nonce: str, kind: type[Answer]) -> Answer:
        found, said = self._exchange(method, path, body, nonce, kind)
        self._ensure_signed(said.message, said.signature)
        return found

    def _exchange(
        self, method: str, path: str, body: bytes, nonce: str, kind: type[Answer]
    ) -> tuple[Answer, Said]:
        """An answer, and what the centre signed of it, still to be checked."""
        try:
            with mapped(self._url):
                request = self._client.build_request(
                    method, path, content=body, timeout=self._timeout
                )
                question = self._sign(request, body, nonce)
                answer = self._client.send(request)
            self._signer.heed(answer, question, self._url, self._centre.genuine)
        except LedgerUnreachable:
            self._rest.failed()
            raise
        self._rest.answered()
        try:
            found = msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise LedgerUnreachable(UNREADABLE, url=self._url, status=200) from error
        return found, self._signer.said(answer, question, self._url)

    def _sign(self, request: httpx.Request, body: bytes, nonce: str) -> bytes:
        return self._signer.sign(request, body, created=self._created(), nonce=nonce)
