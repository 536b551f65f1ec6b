"""What goes over the wire, as the ledger sees it; a test holds it against the client's view."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

Word = Annotated[str, msgspec.Meta(max_length=400, pattern="^[^\\x00]*$")]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
StationName = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_.:~+/=-]{1,64}$")]
"""What a station can sign as its key's id."""
MOST_BAGS, MOST_HOMES = 5_000, 1_000


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """A push: the entries' exact bytes, base64 on the wire."""

    entries: list[bytes]


class EpochAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A restored station asks for its next epoch; it holds everything up to `last_seq`."""

    last_seq: Number
    last_hash: Word
    clerk: Word
    approver: Word


class Enrolment(msgspec.Struct, forbid_unknown_fields=True):
    """A station asks to be enrolled."""

    station: StationName
    public_key: bytes
    code: Word


class NewOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order paid online; who holds it until when is the ledger's to say."""

    order_id: Word
    account_no: Word
    fen: Amount
    litres: Amount
    tariff: Word
    expected_counter: Amount
    leased_to: Word
    paid_at: Moment | None = None
    leased_until: Moment | None = None


class RewindOrder(msgspec.Struct):
    """The centre lost what follows `seq` and asks for it again."""

    seq: int
    hash: str
    reason: str
    ordered_by: str
    approved_by: str
    signature: bytes


class GrantAnswer(msgspec.Struct):
    """What a station may load before the ledger hears of it, signed for its question."""

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


class HeadAnswer(msgspec.Struct):
    """What the ledger has of a station."""

    epoch: int
    last_seq: int
    last_hash: str
    nonce: str
    status: str
    signature: bytes
    centre_key: bytes
    rewind: RewindOrder | None
    grant: GrantAnswer | None = None


class Conflict(msgspec.Struct):
    """A business conflict of one accepted entry."""

    seq: int
    code: str
    other: str


class AckAnswer(msgspec.Struct):
    """Cumulative acknowledgement of a push, signed as a checkpoint."""

    epoch: int
    acked_seq: int
    acked_hash: str
    exceptions: list[Conflict]
    nonce: str
    totals: dict[str, int]
    signature: bytes


class Loads(msgspec.Struct):
    """Exact bytes of the facts that decide a card's intents, or of a station's own entries."""

    entries: list[bytes]


class Invoiced(msgspec.Struct):
    """The tax invoice that stands for a receipt, empty = none."""

    no: str


class Orders(msgspec.Struct):
    """Orders that wait, with who holds them, signed; the one that was asked about, or all."""

    orders: list[NewOrder]
    signature: bytes


class GasLeft(msgspec.Struct, forbid_unknown_fields=True):
    """How long one household's gas lasts; the household by the numbers that entries name, too."""

    account_no: Word
    card_no: Word
    counter: Number
    out_at: Moment | None
    read_at: Moment
    team: Word
    zone: Word


class BoardTold(msgspec.Struct, forbid_unknown_fields=True):
    """Open cases by batch, all of them, and households whose meter was read since."""

    open: Annotated[dict[Word, Amount], msgspec.Meta(max_length=MOST_BAGS)]
    gas: Annotated[list[GasLeft], msgspec.Meta(max_length=MOST_HOMES)]
    until: Moment | None


class BoardHeard(msgspec.Struct):
    """Until when every reading of a station was told; None = of none yet."""

    until: datetime | None


class Refused(msgspec.Struct):
    """Why not: a code of the catalogue and its values."""

    code: str
    values: dict[str, Any]
