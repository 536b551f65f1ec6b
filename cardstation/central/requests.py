"""Reads requests: their size, their signature, and what the ledger answers when it says no."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from cardstation.central import wire
from cardstation.central.signatures import genuine
from cardstation.domain.message_signature import (
    COVERED,
    LABEL,
    SignatureInput,
    read_signature,
    read_signature_input,
    signature_base,
)
from cardstation.errors import CardStationError, LedgerRefused, Mishap

RETRY_AFTER_S = 1
BODY_S = 60.0
"""The longest a body may take: two hundred kilobytes over the slowest line a desk has."""

_LONGEST_WORD = 400
_EXPIRES = re.compile(r";expires=(\d+)")

STATUSES = {
    "signature_bad": 401,
    "nonce_stale": 401,
    "enrolment_code_bad": 403,
    "local_only": 403,
    "other_station": 403,
    "station_suspended": 403,
    "station_revoked": 403,
    "feed_not_followed": 403,
    "station_unknown": 404,
    "feed_unknown": 404,
    "feed_page_gone": 404,
    "ledger_gap": 409,
    "ledger_fork": 409,
    "ledger_epoch": 409,
    "ledger_ahead": 409,
    "chain_broken": 409,
    "order_differs": 409,
    "order_leased_elsewhere": 409,
    "order_holder_silent": 409,
    "order_in_doubt": 409,
    "order_not_waiting": 409,
    "station_enrolled": 409,
    "batch_too_large": 413,
    "batch_empty": 422,
    "two_persons_needed": 422,
    "request_unreadable": 422,
}

Body = TypeVar("Body")


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON response."""
    kept = None if headers is None else dict(headers)
    return Response(msgspec.json.encode(value), status, kept, media_type="application/json")


def refusal(error: CardStationError) -> Response:
    """The response for an error; anything but a plain refusal means: send again later."""
    refused = isinstance(error, LedgerRefused)
    status = STATUSES.get(error.code, 409) if refused else 503
    answer = json_answer(wire.Refused(error.code, dict(error.values)), status)
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    if error.code == "request_cut":
        answer.headers["Connection"] = "close"
    return answer


def plain_word(text: str) -> str:
    """A word of an address that the books can hold.

    Raises:
        LedgerRefused: `request_unreadable`.
    """
    if "\0" in text or len(text) > _LONGEST_WORD:
        raise LedgerRefused("request_unreadable")
    return text


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The whole body.

    Raises:
        LedgerRefused: `batch_too_large`, as soon as it is.
        Mishap: `request_cut`: it never came to its end.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > most_bytes:
                    raise LedgerRefused("batch_too_large", most=most_bytes)
    except (TimeoutError, ClientDisconnect) as error:
        raise Mishap("request_cut") from error
    return bytes(body)


def read_json(body: bytes, kind: type[Body]) -> Body:
    """A body as a value.

    Raises:
        LedgerRefused: `request_unreadable`.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise LedgerRefused("request_unreadable") from error


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature of a request, still to be checked against a public key.

    Attributes:
        digest: Content-Digest of the body it must come with.
    """

    said: SignatureInput
    signature: bytes
    base: bytes
    digest: str
    _owners: list[bytes] = field(default_factory=list, init=False, compare=False)

    @property
    def station(self) -> str:
        """Who says they signed it."""
        return self.said.key_id

    @property
    def said_at(self) -> datetime:
        """When it was signed, by the signer's clock, which is not believed where it is ahead.

        A request that somebody caught and sends again is as old as it was.
        """
        return datetime.fromtimestamp(max(0, min(self.said.created, time.time())), UTC)

    @property
    def proven(self) -> bool:
        """Whether some key is known to have signed it: only then is it a question to answer.

        Otherwise anybody could lay a station's signature on words of their own, and have what is
        refused to those words signed as the answer to that station's question.
        """
        return bool(self._owners)

    def by(self, public_key: bytes) -> bool:
        """Whether the owner of a public key signed it; a key that did is not tried again."""
        if public_key not in self._owners and genuine(public_key, self.signature, self.base):
            self._owners.append(public_key)
        return public_key in self._owners


def signature_of(request: Request) -> Signed:
    """The signature of a request; it must cover method, authority, path and content.

    It says nothing of the body itself until that has been held against its digest.

    Raises:
        LedgerRefused: `signature_bad`, also when it says itself that it is over (RFC 9421 §2.3).
    """
    headers = request.headers
    try:
        said = read_signature_input(headers.get("signature-input", ""))
        signature = read_signature(headers.get("signature", ""), LABEL)
    except ValueError as error:
        raise LedgerRefused("signature_bad") from error
    expires = _EXPIRES.search(said.params)
    if expires is not None and int(expires[1]) <= time.time():
        raise LedgerRefused("signature_bad")
    digest = headers.get("content-digest", "")
    if said.label != LABEL or said.covered != COVERED:
        raise LedgerRefused("signature_bad")
    components = {
        "@method": request.method,
        "@authority": headers.get("host", "").lower(),
        "@path": request.scope["raw_path"].decode("ascii"),
        "@query": f"?{request.scope['query_string'].decode('ascii')}",
        "content-digest": digest,
    }
    return Signed(said, signature, signature_base(components, COVERED, said.params), digest)


def only_local(request: Request, admin_token: str) -> None:
    """Let only this machine in, with the token given out at start.

    Raises:
        LedgerRefused: `local_only`.
    """
    given = request.headers.get("authorization", "")
    named = secrets.compare_digest(given.encode(), f"Bearer {admin_token}".encode())
    if not (is_loopback(request) and named):
        raise LedgerRefused("local_only")


def is_loopback(request: Request) -> bool:
    """Whether a request came from this machine."""
    host = request.client.host if request.client else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
