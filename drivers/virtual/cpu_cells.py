"""What a virtual purse card keeps that only moves together: purses, proofs, counters, log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from cardstation.ports.purse import PurseKind
from drivers.purses.gas_files import LOG_BYTES, LOG_RECORDS, LogRecord

OPEN, BLOCKED, LOCKED = 0, 1, 2
BEARS = 3
"""Wrong MACs in a row, and wrong keys or PINs, before the card locks what they belong to."""
NO_RECORDS = bytes(LOG_RECORDS * LOG_BYTES)


@dataclass(frozen=True, slots=True)
class PurseCells:
    """One purse.

    Attributes:
        online: Loads so far. offline: Purchases so far.
        proven: The online count its last load brought; 0 = none. proof: MAC and TAC of it.
    """

    balance: int = 0
    online: int = 0
    offline: int = 0
    proven: int = 0
    proof: bytes = bytes(8)

    def to_bytes(self) -> bytes:
        """In 18 bytes."""
        counts = (self.online, self.offline, self.proven)
        return self.balance.to_bytes(4) + b"".join(each.to_bytes(2) for each in counts) + self.proof

    @classmethod
    def of(cls, cells: bytes) -> PurseCells:
        """From 18 bytes."""
        online, offline, proven = (int.from_bytes(cells[at : at + 2]) for at in (4, 6, 8))
        return cls(int.from_bytes(cells[:4]), online, offline, proven, bytes(cells[10:18]))


PURSE_BYTES = len(PurseCells().to_bytes())


class Tried(Enum):
    """What is tried against the card, and counted; the place of its counter."""

    KEY = 0
    PIN = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it, as a value.

    Attributes:
        purses: In the order of their numbers.
        life: `OPEN`, `BLOCKED` (by the issuer, for a time) or `LOCKED` (for ever).
        wrong_macs: In a row.
        tries: Left, by place of `Tried`.
        log: Ten records, newest first; zeros = none yet.
    """

    purses: tuple[PurseCells, PurseCells] = (PurseCells(), PurseCells())
    life: int = OPEN
    wrong_macs: int = 0
    tries: tuple[int, int] = (BEARS, BEARS)
    log: bytes = NO_RECORDS

    def of_kind(self, kind: PurseKind) -> PurseCells:
        """One of the two."""
        return self.purses[kind.value - 1]

    def with_purse(self, kind: PurseKind, cells: PurseCells) -> Kept:
        """One of the two, otherwise."""
        first, second = self.purses
        passbook = kind is PurseKind.PASSBOOK
        return replace(self, purses=(cells, second) if passbook else (first, cells))

    def moved(self, kind: PurseKind, cells: PurseCells, record: LogRecord) -> Kept:
        """A purse as it stands now, and the record that says why; MACs were right."""
        log = (record.to_bytes() + self.log)[: len(self.log)]
        return replace(self.with_purse(kind, cells), log=log, wrong_macs=0)

    def with_tries(self, tried: Tried, left: int) -> Kept:
        """Another count of tries."""
        key, pin = self.tries
        return replace(self, tries=(left, pin) if tried is Tried.KEY else (key, left))

    def with_wrong_mac(self) -> Kept:
        """One more wrong MAC; the last one locks the application for ever."""
        wrong = self.wrong_macs + 1
        return replace(self, wrong_macs=wrong, life=LOCKED if wrong >= BEARS else self.life)

    def to_bytes(self) -> bytes:
        """As the chip keeps it."""
        purses = b"".join(purse.to_bytes() for purse in self.purses)
        return purses + bytes([self.life, self.wrong_macs, *self.tries]) + self.log

    @classmethod
    def of(cls, cells: bytes) -> Kept:
        """Take it apart again."""
        one, two = cells[:PURSE_BYTES], cells[PURSE_BYTES : 2 * PURSE_BYTES]
        life, wrong_macs, key, pin = cells[2 * PURSE_BYTES : 2 * PURSE_BYTES + 4]
        log = bytes(cells[2 * PURSE_BYTES + 4 :])
        return cls((PurseCells.of(one), PurseCells.of(two)), life, wrong_macs, (key, pin), log)


KEPT_BYTES = len(Kept().to_bytes())
