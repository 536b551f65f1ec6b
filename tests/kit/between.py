"""Somebody between a station and its centre who changes what is answered."""

from __future__ import annotations

import httpx

from cardstation.domain.message_signature import ANSWER_SIGNATURE
from cardstation.sync.trust import trusted


class Between(httpx.BaseTransport):
    """Writes one text in the place of another, or takes the centre's signature away."""

    def __init__(self, old: bytes, new: bytes, *, signs: bool = True) -> None:
        self.old, self.new, self.signs = old, new, signs
        self._wire = httpx.HTTPTransport(verify=trusted())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._wire.handle_request(request)
        body = answer.read().replace(self.old, self.new)
        kept = {name: answer.headers[name] for name in (ANSWER_SIGNATURE,) if self.signs}
        return httpx.Response(answer.status_code, content=body, headers=kept)

    def close(self) -> None:
        self._wire.close()
