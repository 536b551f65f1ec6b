"""What each failure of an exchange with the ledger means: one table, nothing left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import msgspec

from cardstation.errors import Defect, LedgerRefused, LedgerUnreachable
from cardstation.sync import wire

UNREACHABLE = "ledger_unreachable"
BAD_ADDRESS = "ledger_bad_address"
UNREADABLE = "ledger_answer_unreadable"
BUSY = "ledger_busy_now"
OURS = "defect"

# Every exception class of httpx by name. Where the outcome is not known it is unreachable, and
# what was sent is sent again; the ledger answers a replay like the first time.
FAILURES: Mapping[str, str] = {
    "HTTPError": UNREACHABLE,
    "RequestError": UNREACHABLE,
    "TransportError": UNREACHABLE,
    "TimeoutException": UNREACHABLE,
    "ConnectTimeout": UNREACHABLE,
    "ReadTimeout": UNREACHABLE,
    "WriteTimeout": UNREACHABLE,
    "PoolTimeout": UNREACHABLE,
    "NetworkError": UNREACHABLE,
    "ConnectError": UNREACHABLE,
    "ReadError": UNREACHABLE,
    "WriteError": UNREACHABLE,
    "CloseError": UNREACHABLE,
    "ProxyError": UNREACHABLE,
    "ProtocolError": UNREACHABLE,
    "LocalProtocolError": UNREACHABLE,
    "RemoteProtocolError": UNREACHABLE,
    "HTTPStatusError": UNREADABLE,
    "DecodingError": UNREADABLE,
    "TooManyRedirects": UNREADABLE,
    "UnsupportedProtocol": BAD_ADDRESS,
    "InvalidURL": BAD_ADDRESS,
    "CookieConflict": OURS,
    "StreamError": OURS,
    "StreamConsumed": OURS,
    "StreamClosed": OURS,
    "ResponseNotRead": OURS,
    "RequestNotRead": OURS,
}


@contextmanager
def mapped(url: str) -> Iterator[None]:
    """Turn httpx's exceptions into ours.

    Raises:
        LedgerUnreachable: no answer, or none that can be read.
        Defect: the client was used wrongly.
    """
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError) as error:
        name = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in FAILURES)
        code = FAILURES[name]
        if code == OURS:
            raise Defect("defect", sentence=f"httpx {name}") from error
        raise LedgerUnreachable(code, url=url, reason=name) from error


def refuse(answer: httpx.Response, url: str) -> None:
    """Raise what an answer other than 200 means.

    Raises:
        LedgerRefused: with the ledger's own code.
        LedgerUnreachable: `ledger_busy_now` (429, 5xx) with `retry_after_s`, or
            `ledger_answer_unreadable` when it is not the ledger that answered.
    """
    if answer.status_code == 200:
        return
    if answer.status_code == 429 or answer.status_code >= 500:
        after = answer.headers.get("retry-after", "")
        wait = int(after) if after.isdecimal() else 0
        raise LedgerUnreachable(BUSY, url=url, retry_after_s=wait)
    try:
        said = msgspec.json.decode(answer.content, type=wire.Refused)
    except msgspec.MsgspecError as error:
        raise LedgerUnreachable(UNREADABLE, url=url, status=answer.status_code) from error
    refused = LedgerRefused(said.code)
    refused.values.update(said.values)
    raise refused
