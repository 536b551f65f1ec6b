"""What goes over the wire to the central ledger, as the station sees it."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from cardstation.domain import offline_grant
from cardstation.domain.money import Money
from cardstation.domain.offline_grant import GrantTold, Terms

_FIGURES = range(10**18)
"""Of a grant: what a row of either side's records holds, and a microsecond of any year."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Batch(msgspec.Struct):
    """A push: the entries' exact bytes, base64 on the wire."""

    entries: list[bytes]


class Enrolment(msgspec.Struct):
    """This station asks to be enrolled."""

    station: str
    public_key: bytes
    code: str


class EpochAsked(msgspec.Struct):
    """This station was restored and asks for its next epoch."""

    last_seq: int
    last_hash: str
    clerk: str
    approver: str


class RewindOrder(msgspec.Struct):
    """The centre lost what follows `seq` and asks for it again."""

    seq: int
    hash: str
    reason: str
    ordered_by: str
    approved_by: str
    signature: bytes


class Grant(msgspec.Struct):
    """What this station may load before the ledger hears of it, signed."""

    station: str
    epoch: int
    key: str
    number: int
    fen: int
    hours: int
    card_fen: int
    list_hours: int
    list_no: int
    list_hash: str
    until_us: int
    now_us: int
    signature: bytes


class Head(msgspec.Struct):
    """What the ledger has of this station, signed as a checkpoint."""

    epoch: int
    last_seq: int
    last_hash: str
    nonce: str
    status: str
    signature: bytes
    centre_key: bytes
    rewind: RewindOrder | None
    grant: Grant | None = None


class Conflict(msgspec.Struct):
    """A business conflict of one accepted entry."""

    seq: int
    code: str
    other: str


class Ack(msgspec.Struct):
    """Cumulative acknowledgement, signed as a checkpoint."""

    epoch: int
    acked_seq: int
    acked_hash: str
    exceptions: list[Conflict]
    nonce: str
    totals: dict[str, int]
    signature: bytes


class Loads(msgspec.Struct):
    """Exact bytes of the facts that decide a card's intents, or of this station's own entries."""

    entries: list[bytes]


class Invoiced(msgspec.Struct):
    """The tax invoice that stands for a receipt, empty = none."""

    no: str


class OrderLine(msgspec.Struct):
    """An order paid online, and who may load it until when."""

    order_id: str
    account_no: str
    fen: int
    litres: int
    tariff: str
    expected_counter: int
    leased_to: str
    paid_at: datetime | None = None
    leased_until: datetime | None = None


class Orders(msgspec.Struct):
    """Orders that wait, signed; the one that was asked about, or all."""

    orders: list[OrderLine]
    signature: bytes


class Totals(msgspec.Struct):
    """Fen per account class over the whole ledger and per station."""

    entries: int
    exceptions: int
    classes: dict[str, int]
    stations: dict[str, dict[str, int]]


class GasLeft(msgspec.Struct):
    """How long one household's gas lasts."""

    account_no: str
    card_no: str
    counter: int
    out_at: datetime | None
    read_at: datetime
    team: str
    zone: str


class BoardTold(msgspec.Struct):
    """What the centre's board shows of this station beside the facts."""

    open: dict[str, int]
    gas: list[GasLeft]
    until: datetime | None


class BoardHeard(msgspec.Struct):
    """Until when the centre has heard of every reading."""

    until: datetime | None


class Refused(msgspec.Struct):
    """Why not."""

    code: str
    values: dict[str, str | int | bool | None] = {}


def grant_told(found: Grant, nonce: str) -> GrantTold:
    """A grant as a value, as the answer to a request with this nonce.

    Raises:
        ValueError: a figure that no policy can have, or a name that is none.
    """
    figures = (found.epoch, found.number, found.list_no, found.until_us, found.now_us)
    hashes = (found.key, found.list_hash)
    if not all(one in _FIGURES for one in figures) or not found.station.isprintable():
        raise ValueError("grant out of range")
    if not all(_SHA256.fullmatch(one) for one in hashes):
        raise ValueError("no hash")
    terms = Terms(Money(found.fen), found.hours, Money(found.card_fen), found.list_hours)
    grant = offline_grant.Grant(
        station=found.station,
        epoch=found.epoch,
        key=found.key,
        number=found.number,
        terms=terms,
        list_no=found.list_no,
        list_hash=found.list_hash,
        until_us=found.until_us,
    )
    return GrantTold(grant, found.now_us, nonce)
