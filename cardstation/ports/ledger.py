"""The central ledger as a station sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cardstation.domain.ledger import Entry, Order


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """What the ledger has of this station.

    Attributes:
        last_seq: Highest accepted sequence number, 0 = none.
        last_hash: Hash of that entry (hex), `GENESIS` when none.
        nonce: To be signed with the next batch.
    """

    epoch: int
    last_seq: int
    last_hash: str
    nonce: str


@dataclass(frozen=True, slots=True)
class LedgerException:
    """A business conflict of one accepted entry: posted to suspense, for a human."""

    seq: int
    code: str


@dataclass(frozen=True, slots=True)
class Ack:
    """Cumulative acknowledgement.

    Attributes:
        totals: Fen per posting account class as the ledger holds them for this station.
    """

    acked_seq: int
    acked_hash: str
    exceptions: tuple[LedgerException, ...]
    nonce: str
    totals: dict[str, int]


class Ledger(Protocol):
    """The utility's double-entry truth, over a network that may fail at any point.

    Raises (every method):
        LedgerUnreachable: no answer; what was sent may have arrived: send again.
        LedgerRefused: gap, fork, epoch, revoked, bad signature (codes).
    """

    def head(self) -> LedgerHead:
        """What the ledger has of this station."""

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        """Send entries (their exact bytes), in order, following `head().last_seq`."""

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        """Armed and sealed entries of one card, of every station (for unknown outcomes)."""

    def orders(self) -> tuple[Order, ...]:
        """Paid orders that wait to be loaded at this station's desks."""
