"""Signs a station's request, and reads what the centre signed of the answer to it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from cardstation.domain.checkpoint import AnswerSigned
from cardstation.domain.message_signature import (
    ANSWER_SIGNATURE,
    COVERED,
    LABEL,
    content_digest,
    signature_base,
    signature_params,
)
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.keys import DeviceKey
from cardstation.sync.failures import UNREADABLE, refuse

TO_STRANGERS = frozenset(
    {
        "batch_too_large",
        "enrolment_code_bad",
        "local_only",
        "page_unknown",
        "signature_bad",
        "station_enrolled",
        "station_unknown",
    }
)
"""What the centre says to who is not known to it, unsigned: none of it stops a station."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the centre signed of an answer, still to be checked."""

    message: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs as one station does."""

    station: str
    key: DeviceKey

    def sign(self, request: httpx.Request, body: bytes, *, created: int, nonce: str) -> bytes:
        """Put the signature into a request; returns it, for its answer must be to it."""
        digest = content_digest(body)
        asked_path, _, query = request.url.raw_path.decode("ascii").partition("?")
        components = {
            "@method": request.method,
            "@authority": request.headers["host"].lower(),
            "@path": asked_path,
            "@query": f"?{query}",
            "content-digest": digest,
        }
        params = signature_params(COVERED, created=created, nonce=nonce, key_id=self.station)
        signature = self.key.sign(signature_base(components, COVERED, params))
        request.headers["content-type"] = "application/json"
        request.headers["content-digest"] = digest
        request.headers["signature-input"] = f"{LABEL}={params}"
        request.headers["signature"] = f"{LABEL}=:{b64encode(signature).decode()}:"
        return signature

    def said(self, answer: httpx.Response, question: bytes, url: str) -> Said:
        """What the centre signed of an answer.

        Raises:
            LedgerUnreachable: `ledger_answer_unreadable`.
            LedgerRefused: `ledger_answer_unsigned`.
        """
        try:
            signature = b64decode(answer.headers.get(ANSWER_SIGNATURE, ""), validate=True)
        except ValueError as error:
            raise LedgerUnreachable(UNREADABLE, url=url, status=200) from error
        if not signature:
            raise LedgerRefused("ledger_answer_unsigned", url=url)
        return Said(AnswerSigned(self.station, question, answer.content).message, signature)

    def heed(
        self,
        answer: httpx.Response,
        question: bytes,
        url: str,
        genuine: Callable[[bytes, bytes], bool],
    ) -> None:
        """Raise what an answer other than 200 means; no refusal is believed that is not signed.

        Raises:
            LedgerUnreachable: as `refuse`.
            LedgerRefused: with the ledger's own code; `ledger_answer_unsigned`,
                `ledger_signature_bad` where somebody else says so.
        """
        try:
            refuse(answer, url)
        except LedgerRefused as refused:
            if refused.code in TO_STRANGERS:
                raise
            said = self.said(answer, question, url)
            if not genuine(said.message, said.signature):
                raise LedgerRefused("ledger_signature_bad", url=url) from refused
            raise
