"""Facts of one station for tests: a chain of entries, each linked to the one before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from cardstation.domain.ledger import GENESIS, TAIL_LOST, Entry, EntryKind, entry_hash
from cardstation.ports.ledger import Ledger


@dataclass
class Chain:
    """Writes entries the way a station's journal does."""

    station: str = "S001"
    epoch: int = 1
    seq: int = 0
    last_hash: str = GENESIS
    written: list[bytes] = field(default_factory=list)

    def add(self, kind: EntryKind | str, **facts: Any) -> bytes:
        """Write one entry and return its exact bytes."""
        return self.put(self.draft(kind, **facts))

    def draft(self, kind: EntryKind | str, **facts: Any) -> bytes:
        """The exact bytes of the next entry, not written yet."""
        seq = self.seq + 1
        given = {
            "entry_id": str(uuid.uuid4()),
            "subject": f"{self.station}-{seq}",
            "at": "2026-11-24T09:00:00+08:00",
            "boot_id": "boot",
            "monotonic_ns": seq,
            "clerk": "demo",
            **facts,
        }
        entry = Entry(
            station=self.station,
            epoch=self.epoch,
            seq=seq,
            prev_hash=self.last_hash,
            kind=EntryKind(kind),
            **given,
        )
        return entry.to_bytes()

    def lost_records(self, ledger: Ledger) -> None:
        """Tell the ledger, in a new epoch, that what this station did since is nowhere."""
        said = {"last_hash": self.last_hash, "clerk": "demo", "approver": "supervisor"}
        self.epoch = ledger.new_epoch(last_seq=self.seq, **said).epoch
        opened = self.add("epoch", subject=f"epoch {self.epoch}", witness=TAIL_LOST)
        ledger.push([opened], ledger.head().nonce)

    def put(self, raw: bytes) -> bytes:
        """Write exact bytes, whatever they are, as the next entry."""
        self.seq += 1
        self.last_hash = entry_hash(raw)
        self.written.append(raw)
        return raw

    def sale(
        self, household: int = 1, *, counter: int = 1, fen: int = 3_000, step: int = 1
    ) -> list[bytes]:
        """A cash sale: paid, armed, sealed; of a maker that counts nothing where `step` is 0."""
        who: dict[str, Any] = {
            "subject": str(uuid.uuid4()),
            "account_no": f"{household:010d}",
            "maker": "CS01",
            "card_no": f"C{household:07d}",
            "meter_no": f"M{household:07d}",
            "counter_before": counter - step,
            "counter_after": counter,
            "fen": fen,
            "litres": 10_000,
        }
        return [
            self.add("paid", tender="cash", **who),
            self.add("armed", **who),
            self.add("sealed", **who),
        ]
