"""What the books have of each station: the end of its chain, its key, its epoch, its next nonce."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, bindparam, select

from cardstation.central.engine import transaction
from cardstation.central.tables import stations
from cardstation.domain.checkpoint import Checkpoint
from cardstation.errors import LedgerRefused

# Said once: to put a statement together takes as long as to run it.
_HEAD = select(stations).where(
    stations.c.station == bindparam("name"), stations.c.status != "centre"
)
# Rows that only name the station (foreign keys) are written beside it.
_LOCKED = _HEAD.with_for_update(key_share=True)


@dataclass(frozen=True, slots=True)
class Head:
    """What the books have of one station.

    Attributes:
        epoch: The newest epoch granted to it. last_epoch: Of its last accepted entry.
        epoch_from: Number of the entry that opens `epoch`, 0 when that is not known.
        last_hash: Of the last accepted entry, hex.
        nonce: To be signed with the next batch.
        status: `active`, `suspended` or `revoked`.
        public_key: Ed25519, raw.
    """

    station: str
    epoch: int
    last_seq: int
    last_hash: str
    nonce: str
    status: str
    public_key: bytes
    last_epoch: int
    epoch_from: int

    def checkpoint(self, nonce: str) -> Checkpoint:
        """What the centre signs about it in answer to a request with this nonce."""
        return Checkpoint(self.station, self.epoch, self.last_seq, self.last_hash, nonce)


def head_of(engine: Engine, station: str) -> Head:
    """What the books have of a station.

    Raises:
        LedgerRefused: `station_unknown`.
    """
    with transaction(engine) as connection:
        return _head(connection, station)


def refuse_inactive(head: Head) -> None:
    """Refuse a station that may not speak.

    Raises:
        LedgerRefused: `station_suspended`, `station_revoked`.
    """
    if head.status != "active":
        raise LedgerRefused(f"station_{head.status}", station=head.station)


def locked_head(connection: Connection, station: str) -> Head:
    """The head of a station, nobody else's until this transaction ends.

    Raises:
        LedgerRefused: `station_unknown`.
    """
    return _head(connection, station, lock=True)


def _head(connection: Connection, station: str, *, lock: bool = False) -> Head:
    row = connection.execute(_LOCKED if lock else _HEAD, {"name": station}).one_or_none()
    if row is None:
        raise LedgerRefused("station_unknown", station=station)
    return head_from(row)


def head_from(row: Row[tuple[object, ...]]) -> Head:
    """A row of `stations` as a value."""
    return Head(
        station=row.station,
        epoch=row.epoch,
        last_seq=row.last_seq,
        last_hash=row.last_hash.hex(),
        nonce=row.nonce,
        status=row.status,
        public_key=row.public_key,
        last_epoch=row.last_epoch,
        epoch_from=row.epoch_from,
    )


def new_nonce() -> str:
    """A nonce nobody can foresee."""
    return secrets.token_urlsafe(18)
