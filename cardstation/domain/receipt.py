"""A receipt as a frozen copy of everything printed, so that a reprint is identical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume

RECEIPT, LOADING_SLIP = "receipt", "loading_slip"
SLIP_OF: Mapping[Tender, str] = {
    Tender.ORDER: LOADING_SLIP,
    Tender.MAKE_UP: "make_up_slip",
    Tender.CARRIED: "carried_slip",
    Tender.EMERGENCY: "emergency_slip",
}
"""Papers of loads for which no money was taken at this desk; every other one has a receipt."""


@dataclass(frozen=True, slots=True)
class TierLine:
    """One tier's part of a purchase; the amounts of a quote's lines sum to its total.

    Attributes:
        price_e4: Price in 0.0001 yuan per m³.
    """

    tier: int
    volume: Volume
    price_e4: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a household gets after its card was read back (R6: paper after sealed).

    Attributes:
        receipt_no: Gap-free per station and year, `S001-2026-000019`; `S001-E2-2026-000020` once
            the station was brought back from a backup and began its second epoch.
        kind: `receipt` (money was taken) or one of `SLIP_OF`: `loading_slip` (圈存凭条: paid
            order), `make_up_slip` (补气凭条), `carried_slip` (换表结转凭条), `emergency_slip`
            (应急供气凭条).
        gas: Price of the gas loaded. `paid` = gas + to_balance; of given gas nothing was paid.
        volume: None for money meters.
        tender: Tender code.
        check_code: Eight characters over the sealed entry's hash, also in the QR code.
        training: Prints 培训 on the paper.
        order_id: Of the paid order, or the gas due, that a slip is for, empty on a receipt.
    """

    receipt_no: str
    kind: str
    company: str
    station: str
    clerk: str
    issued_at: datetime
    account_no: str
    name: str
    address: str
    card_no: str
    meter_no: str
    purchase_counter: int
    volume: Volume | None
    tiers: tuple[TierLine, ...]
    gas: Money
    to_balance: Money
    paid: Money
    tender: str
    tariff: str
    year_before: Volume
    year_after: Volume
    batch_id: str
    entry_id: str
    check_code: str
    training: bool
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a payer gets at once when money for a batch is taken (代收款收条); never a receipt.

    Attributes:
        ack_no: Gap-free per station and year in its own series, `S001-2026-A000019`.
        payer: Who paid, as said when the money came; empty when not known.
        reference: The payment's own number, empty for cash.
        quote_no: Of the quote that held when the money came, empty when there was none.
        envelope: Door or number of the envelope the money lay in, empty for a lump sum.
        check_code: Eight characters over the entry's hash, also in the QR code.
        signed: That quote was signed: its order is the signed one.
    """

    ack_no: str
    payment_id: str
    company: str
    station: str
    clerk: str
    taken_at: datetime
    batch_id: str
    list_name: str
    community: str
    payer: str
    tender: str
    money: Money
    reference: str
    quote_no: str
    envelope: str
    check_code: str
    training: bool
    signed: bool = False


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One row on the sheet for the way back.

    Attributes:
        twin_of: Of a household that is listed twice: number on this sheet of the row that tells
            of its one card, where this is the other one; else 0.
    """

    door: str
    name: str
    card_no: str
    state: str
    reason: str
    volume: Volume | None
    amount: Money | None
    receipt_no: str
    twin_of: int = 0


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """The sheet that goes back with the bag, sorted building-unit-room.

    `received` + `orders` = `loaded` + `kept` + `waiting` + `arrears` + `given_back` + `remainder`.

    Attributes:
        expected, done: Cards of the list, and those that were topped up; rows of one household
            are one card. rows: Of every row that counts.
        received: All money taken for the batch, as it was acknowledged.
        given_back: What went back to its payers. arrears: What paid for arrears.
        loaded: What went onto cards, with what went to the households' balances.
        to_balance: Part of `loaded` that went to balances.
        kept: What households keep as their balance of loads that were taken off their cards.
        remainder: Received and for no line: the payer's.
        orders: Part of `loaded` that was paid online.
        waiting: Received for lines whose cards are not loaded.
        seals: Numbers of the bags' seals. counts: how many cards are where, by code.
    """

    company: str
    station: str
    clerk: str
    batch_id: str
    list_name: str
    community: str
    made_at: datetime
    rows: tuple[HandoverRow, ...]
    expected: int
    done: int
    received: Money
    loaded: Money
    to_balance: Money
    remainder: Money
    volume: Volume
    training: bool
    orders: Money = NO_MONEY
    waiting: Money = NO_MONEY
    given_back: Money = NO_MONEY
    arrears: Money = NO_MONEY
    kept: Money = NO_MONEY
    seals: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
