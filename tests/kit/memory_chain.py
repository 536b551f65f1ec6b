"""What the ledger in memory has of one station, and one entry as it was booked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cardstation.central.batch import Sent
from cardstation.central.heads import Head
from cardstation.central.judging import Verdict
from cardstation.domain.ledger import GENESIS, Entry, Posting
from cardstation.ports.ledger import LedgerException


@dataclass
class Chain:
    """What the books have of one station.

    Attributes:
        turn: Counts what changed it: the next nonce.
        branches: What another branch of it said, by hash.
        rewind: End of the chain after which everything is asked for again; nowhere at first.
        heard_at: When the station last reached the centre.
        lost_at: When it last said that it had lost records.
    """

    station: str
    heard_at: datetime
    epoch: int = 1
    epoch_from: int = 0
    status: str = "active"
    turn: int = 0
    sent: list[Sent] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)
    exceptions: list[LedgerException] = field(default_factory=list)
    branches: dict[str, bytes] = field(default_factory=dict)
    rewind: tuple[int, str] = (-1, "")
    lost_at: datetime | None = None

    @property
    def last_seq(self) -> int:
        return len(self.sent)

    @property
    def last_hash(self) -> str:
        return self.sent[-1].hash if self.sent else GENESIS

    @property
    def totals(self) -> dict[str, int]:
        return {kind: fen for kind, fen in sorted(self.sums.items()) if fen}

    @property
    def head(self) -> Head:
        return Head(
            station=self.station,
            epoch=self.epoch,
            last_seq=self.last_seq,
            last_hash=self.last_hash,
            nonce=f"{self.station}-{self.turn}",
            status=self.status,
            public_key=b"",
            last_epoch=self.sent[-1].epoch if self.sent else 1,
            epoch_from=self.epoch_from,
        )

    def known_at(self, one: Sent) -> int:
        """Where bytes stand already, 0 when they are new."""
        return next((had.seq for had in reversed(self.sent) if had.hash == one.hash), 0)

    def hashes_at(self, sent: Sequence[Sent]) -> dict[int, str]:
        """Hash by number of what stands at the places of these entries."""
        return {one.seq: one.hash for one in self.sent[sent[0].seq - 1 : sent[-1].seq]}


@dataclass(frozen=True)
class Posted:
    """One accepted entry with the legs it was booked by."""

    station: str
    sent: Sent
    legs: tuple[Posting, ...]
    verdict: Verdict


def under_seals(posted: Iterable[Posted], first: str, last: str) -> tuple[Entry, ...]:
    """What stations without the list recorded of bags, by seal."""
    entries = (one.sent.entry for one in posted)
    return tuple(
        one
        for one in entries
        if one and one.kind == "batch" and re.fullmatch("[0-9]{16}", one.subject)
        if first <= one.subject <= last
    )
