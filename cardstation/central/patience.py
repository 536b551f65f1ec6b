"""HTTP/1.1 for clients that are slow, by accident or on purpose: every wait for one has an end.

A worker is never given to a client that has not said everything; what is held for one that says
it slowly is a connection, a little memory, and both only for so long.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""From the first byte, or the connection, to the end of a request's head."""
REST_S = 10.0
"""What is still sent of a request that was answered already."""
UNREAD_S = 30.0
"""How long nothing of an answer is taken."""


class PatientProtocol(H11Protocol):
    """One connection.

    Attributes:
        most: How many there may be; above it, whoever kept us waiting longest must go.
    """

    most = 500
    _due: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request."""
        super().connection_made(transport)
        self._wait(HEAD_S)
        if len(self.connections) > self.most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._due is None and self.conn.their_state is h11.IDLE:
            self._wait(HEAD_S)
        super().data_received(data)
        if self.conn.our_state in (h11.SEND_RESPONSE, h11.SEND_BODY):
            self._wait_no_more()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the rest of this one."""
        self._since = self.loop.time()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait(REST_S)

    def pause_writing(self) -> None:
        """Begin to wait until something of the answer is taken."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Something was taken."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._wait_no_more()
        super().connection_lost(exc)
        self.resume_writing()

    def _wait(self, seconds: float) -> None:
        self._wait_no_more()
        self._since = self.loop.time()
        self._due = self.loop.call_later(seconds, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _make_room(self) -> None:
        waited_for = [
            one
            for one in self.connections
            if isinstance(one, PatientProtocol)
            and one.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        ]
        min(waited_for, key=lambda one: one._since).transport.abort()  # noqa: SLF001
