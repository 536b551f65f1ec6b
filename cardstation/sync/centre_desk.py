"""What the demo does at the centre's own desk, on this machine: orders paid online, totals."""

from __future__ import annotations

from dataclasses import asdict

import httpx
import msgspec

from cardstation.domain.ledger import Order
from cardstation.errors import LedgerUnreachable
from cardstation.sync import wire
from cardstation.sync.failures import UNREADABLE, mapped, refuse
from cardstation.sync.trust import trusted

TIMEOUT_S = 15.0


class CentreDesk:
    """The centre's desk, opened with the token its service gave out at start.

    Args:
        url: Address of the ledger on this machine.
        admin_token: From the service's ready line.
    """

    def __init__(self, url: str, admin_token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {admin_token}"}

    def post_order(self, order: Order) -> None:
        """Post an order that was paid online; again is harmless.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `order_differs`, `local_only`.
        """
        self._call("POST", "/v1/orders", msgspec.json.encode(wire.OrderLine(**asdict(order))))

    def totals(self) -> wire.Totals:
        """Fen per account class over the whole ledger and per station.

        Raises:
            LedgerUnreachable: no answer.
            LedgerRefused: `local_only`.
        """
        try:
            return msgspec.json.decode(self._call("GET", "/v1/totals"), type=wire.Totals)
        except msgspec.MsgspecError as error:
            raise LedgerUnreachable(UNREADABLE, url=self._url, status=200) from error

    def _call(self, method: str, path: str, body: bytes = b"") -> bytes:
        with (
            mapped(self._url),
            httpx.Client(
                base_url=self._url, timeout=TIMEOUT_S, trust_env=False, verify=trusted()
            ) as client,
        ):
            answer = client.request(method, path, content=body, headers=self._headers)
        refuse(answer, self._url)
        return answer.content
