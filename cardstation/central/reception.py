"""Who asks is known by the head of the request, before its body is read or the books are opened.

Nothing is done for, and no byte read of, a request nobody signed; whoever signed it waits for
turns of its own. Who wants to be enrolled is no station yet: one is heard at a time, and each
address waits for itself.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable

from fastapi import Request, Response
from sqlalchemy import Engine, text

from cardstation.central.centre_key import CentreKey
from cardstation.central.engine import transaction
from cardstation.central.known_keys import KnownKeys
from cardstation.central.requests import Signed, read_body, refusal, signature_of
from cardstation.central.turns import Turns
from cardstation.domain.checkpoint import AnswerSigned
from cardstation.domain.message_signature import ANSWER_SIGNATURE, digest_matches
from cardstation.errors import LedgerRefused

WORKERS = 6
CONNECTIONS = WORKERS + 2
"""Of the stations' part of the service: nobody who has a worker waits for a connection. One is for
the keys of those we do not know yet, one for who wants to be enrolled, or asks how we are."""

_LOOKED_S = 1.0

Work = Callable[[Signed, bytes], Response]


class Reception:
    """Lets stations in.

    Args:
        engine: The books.
        key: Signs every answer.
    """

    def __init__(self, engine: Engine, key: CentreKey) -> None:
        self._engine = engine
        self._key = key
        self._stations = Turns(WORKERS, most_inside=256, most_of_one=8)
        self._strangers = Turns(1, most_inside=64, most_of_one=4)
        self._keys = KnownKeys(engine)
        self._looking = asyncio.Lock()
        self._looked_s = float("-inf")

    async def station(
        self, request: Request, work: Work, *, name: str = "", most_bytes: int = 0
    ) -> Response:
        """Answer a signed request when it is its station's turn.

        Args:
            request: From a station.
            work: Makes the answer, in a thread.
            name: The station it must be of, empty = whichever.
            most_bytes: Of its body.

        Raises:
            LedgerRefused: `signature_bad`, `station_unknown`, `batch_too_large`, and what `work`
                raises.
            Mishap: `ledger_overloaded`, `request_cut`.
        """
        signed = signature_of(request)
        if name and signed.station != name:
            raise LedgerRefused("signature_bad")
        await self._keys.ensure(signed)
        async with self._stations.of(signed.station):
            body = await _body_of(request, signed, most_bytes)
            return await self._stations.work(self._signed, work, signed, body)

    async def stranger(self, request: Request, work: Work, *, most_bytes: int) -> Response:
        """Answer a request of a station that is not in the books yet."""
        signed = signature_of(request)
        async with self._strangers.of(_address_of(request)):
            body = await _body_of(request, signed, most_bytes)
            return await self._strangers.work(self._signed, work, signed, body)

    async def own(self, work: Callable[[], Response]) -> Response:
        """Answer a program of this machine that was let in by its token."""
        async with self._stations.of(""):
            return await self._stations.work(work)

    async def look(self) -> None:
        """Make sure that the books can be read, a second ago at the most.

        Raises:
            OutcomeUnknown, Mishap: they cannot.
        """
        async with self._looking:
            if time.monotonic() - self._looked_s > _LOOKED_S:
                await self._strangers.work(self._read)
                self._looked_s = time.monotonic()

    def _signed(self, work: Work, signed: Signed, body: bytes) -> Response:
        try:
            answer = work(signed, body)
        except LedgerRefused as error:
            if not signed.proven:
                raise
            answer = refusal(error)
        said = AnswerSigned(signed.station, signed.signature, bytes(answer.body))
        answer.headers[ANSWER_SIGNATURE] = b64encode(self._key.sign(said.message)).decode()
        return answer

    def _read(self) -> None:
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT 1"))


async def _body_of(request: Request, signed: Signed, most_bytes: int) -> bytes:
    body = await read_body(request, most_bytes)
    if not digest_matches(signed.digest, body):
        raise LedgerRefused("signature_bad")
    return body


def _address_of(request: Request) -> str:
    return request.client.host if request.client else ""
