"""Journal entries: facts in exact bytes, chained by hash, and the postings each one means.

Hash of an entry = SHA-256 over its exact bytes, which contain the hash of the one before.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

GENESIS = "0" * 64
PEOPLE = "people: "
FEE = "fee:"
PROVISIONAL = "provisional"
TAIL_LOST = "tail_lost"
CLOCK = "clock"
"""What an entry about the station's own clock is about."""


class EntryKind(StrEnum):
    """What happened. Each entry is one fact in the commit of one state (MONEY-SAFETY 1)."""

    RECEIVED = "received"
    PAID = "paid"
    ARMED = "armed"
    SEALED = "sealed"
    NOT_LOADED = "not_loaded"
    RETURNED = "returned"
    NOT_RETURNED = "not_returned"
    REFUNDED = "refunded"
    ELSEWHERE = "elsewhere"
    SHIFT_OPENED = "shift_opened"
    SHIFT_CLOSED = "shift_closed"
    EPOCH = "epoch"
    CLERK = "clerk"
    BATCH = "batch"
    RELEASED = "released"
    GIVEN_BACK = "given_back"
    ARREARS_PAID = "arrears_paid"
    CLOCK = "clock"
    CARD_ARMED = "card_armed"
    CARD_WRITTEN = "card_written"
    CARD_GIVEN_UP = "card_given_up"
    LAYOUT = "layout"
    ACCOUNT = "account"
    ACCOUNT_CLOSED = "account_closed"
    GAS_DUE = "gas_due"
    CHARGED = "charged"
    PAID_OUT = "paid_out"
    TOOL_CARD = "tool_card"
    CARRIED = "carried"
    CARD_UNBLOCKED = "card_unblocked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. Amounts in fen, volumes in litres, hashes and images in hex, times ISO 8601.

    Attributes:
        subject: Id of the top-up (or of the payment, for `received`) this fact is about; the batch
            for `batch`, a step of its life without postings, and for `released`, a line that gave
            its money free; the person for `clerk`; the code for `layout`; the payout's own id for
            `given_back`, what was left of a payment for a batch; the change's own id for `account`
            and `account_closed`, the due's for `gas_due`, the charge's for `charged` and for
            arrears paid at the counter, the payout's for `paid_out`, money out of a balance.
        fen: Money of the fact: the gas price for paid/sealed/returned/refunded, the sum for
            received, the float for shift_opened, the cash counted for shift_closed.
        balance_fen: Part of a payment that went to (+) or came from (−) the household's balance;
            cash over (+) or short (−) for shift_closed; what the directory said was owed for
            arrears_paid.
        litres: Of gas_due, what the grant counts as gas: of money, what it buys. Of account_closed,
            what was paid back for of the gas in the meter: `fen` is its price, `balance_fen` what
            else went out.
        tariff: By which price; of a fee that was charged `fee:CODE`, of a deposit empty.
        tender: `cash`, `bank_transfer`, `qr_code`, `batch` (out of a lump sum), `order`, `balance`
            (out of the household's), or the cause for which gas is given. Of charged, empty = put
            off as arrears; of arrears_paid, empty = out of a lump sum.
        order_id: Of the paid order, or of the gas due, that a load draws on.
        proof: SHA-256 of the card image the fact rests on, hex, or empty.
        target: Of armed, SHA-256 of the whole image to be, hex; of sealed, the load's `look` (see
            `domain.card.WritePlan`), empty where its plan was lost. Else empty.
        corrects: entry_id of the entry this one corrects, or empty.
        detail: The value behind the fact as frozen JSON, so that a store can be rebuilt from its
            entries and another station can finish what this one began: the top-up (paid), the
            top-up with its plan (armed), the payment (received); the receipt's number (sealed); the
            last receipt on record, after which the numbers of the epoch before are void (epoch);
            a work on a card with its plan (card_armed), which work it was (card_written);
            the latest time on record, which the clock was behind (clock); the SHA-256 of the sheet
            that was registered, empty where it was taken out (layout); what was changed (account);
            how it was closed, with each line of the refund (account_closed);
            where the receipt of a load is that was taken back (refunded: `back`, `lost`, or empty);
            what was granted, or how it was withdrawn (gas_due, which then `corrects` the grant);
            what was given out, read on what came back, or lost (tool_card, of the card's number).
        origin: Name of the station whose intent this fact finishes; empty = our own.
        witness: What proves it: `card`, `meter`, `provisional` (the image is the target, but
            another desk may have written the same one; the ledger decides), or `PEOPLE` and in
            their words what two persons saw. Of an epoch: `TAIL_LOST` where entries before it were
            never sent and are gone. Of arrears_paid: the day up to which the directory counted
            them, or empty. Of armed: the grant it rests on (`grant N`), or empty.
    """

    entry_id: str
    station: str
    epoch: int
    seq: int
    prev_hash: str
    kind: EntryKind
    subject: str
    at: str
    boot_id: str
    monotonic_ns: int
    clerk: str
    account_no: str = ""
    maker: str = ""
    card_no: str = ""
    meter_no: str = ""
    generation: int = 0
    counter_before: int = 0
    counter_after: int = 0
    fen: int = 0
    balance_fen: int = 0
    litres: int = 0
    tariff: str = ""
    tiers: tuple[tuple[int, int, int], ...] = ()
    tender: str = ""
    batch: str = ""
    row: int = 0
    order_id: str = ""
    proof: str = ""
    target: str = ""
    approver: str = ""
    corrects: str = ""
    detail: str = ""
    origin: str = ""
    witness: str = ""

    def to_bytes(self) -> bytes:
        """The exact bytes that are stored, hashed and sent: compact JSON, keys in field order."""
        said = {name: getattr(self, name) for name in _NAMES}
        return _ENCODER.encode(said).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Entry:
        """Read an entry back.

        Raises:
            ValueError: not an entry (unknown or missing fields, wrong types).
        """
        found = json.loads(raw)
        if not isinstance(found, dict) or not _ALWAYS <= set(found) <= _NAMES.keys():
            raise ValueError("not an entry")
        found = {**dict.fromkeys(ADDED_LATER, ""), **found}
        found["kind"] = EntryKind(found["kind"])
        found["tiers"] = tuple((a, b, c) for a, b, c in found["tiers"])
        if any(type(number) is not int for tier in found["tiers"] for number in tier):
            raise ValueError("not an entry: tiers")
        entry = cls(**found)
        for name, kind in _NAMES.items():
            if kind in ("int", "str") and type(found[name]).__name__ != kind:
                raise ValueError(f"not an entry: {name}")
        return entry


ADDED_LATER = frozenset({"detail", "origin", "witness"})
"""Fields that the first version's entries lack; all are texts and empty there."""

_NAMES = {one.name: one.type for one in fields(Entry)}
_ALWAYS = _NAMES.keys() - ADDED_LATER
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Looked at several times for every card: made once."""


def entry_hash(raw: bytes) -> str:
    """SHA-256 of an entry's exact bytes, hex."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Order:
    """Gas paid online, waiting to be loaded (已付未圈存订单); posted by the centre.

    Attributes:
        expected_counter: The purchase counter the card must show before the load.
        leased_to: Station that may load it offline, empty = any, online only.
        paid_at: When the household paid, None where nobody said.
        leased_until: When the lease ends, None = it was sold for that station and does not.
    """

    order_id: str
    account_no: str
    fen: int
    litres: int
    tariff: str
    expected_counter: int
    leased_to: str
    paid_at: datetime | None = field(default=None, compare=False)
    leased_until: datetime | None = field(default=None, compare=False)


class Posting(NamedTuple):
    """One leg: fen added to an account (debit positive). Legs of an entry sum to zero."""

    account: str
    fen: int


def postings_of(entry: Entry) -> tuple[Posting, ...]:
    """What a fact means in the books; the same rule at the station and at the centre."""
    unloaded = f"unloaded:{entry.account_no}"
    balance = f"balance:{entry.account_no}"
    # What a sale is made of comes first: nearly every entry is of it.
    match entry.kind:
        case EntryKind.SEALED:
            return _legs((unloaded, entry.fen), ("gas_sold", -entry.fen))
        case EntryKind.ARMED:
            return ()
        case EntryKind.PAID if entry.tender != "order":
            return _legs(
                (source_of(entry), entry.fen + entry.balance_fen),
                (unloaded, -entry.fen),
                (balance, -entry.balance_fen),
            )
        case EntryKind.RECEIVED:
            return _legs(
                (f"tender:{entry.tender}", entry.fen), (f"unallocated:{entry.batch}", -entry.fen)
            )
        case EntryKind.ARREARS_PAID | EntryKind.CHARGED:
            return _charge_postings(entry)
        case EntryKind.PAID_OUT | EntryKind.ACCOUNT_CLOSED:
            return _paid_out(entry, balance)
        case EntryKind.GIVEN_BACK:
            return _legs(
                (f"unallocated:{entry.batch}", entry.fen), (f"tender:{entry.tender}", -entry.fen)
            )
        case EntryKind.RETURNED:
            return _legs(("gas_sold", entry.fen), (unloaded, -entry.fen))
        case EntryKind.NOT_LOADED if entry.corrects:
            return _legs(("gas_sold", entry.fen), (unloaded, -entry.fen))
        case EntryKind.REFUNDED:
            return _legs(
                (unloaded, entry.fen),
                (balance, entry.balance_fen),
                (source_of(entry), -entry.fen - entry.balance_fen),
            )
        case EntryKind.SHIFT_CLOSED | EntryKind.CARRIED:
            cash = entry.kind is EntryKind.SHIFT_CLOSED
            to, out_of = ("tender:cash", "cash_over_short") if cash else ("free:carried", balance)
            return _legs((to, entry.balance_fen), (out_of, -entry.balance_fen))
        case _:
            return ()


def _paid_out(entry: Entry, balance: str) -> tuple[Posting, ...]:
    """Money of a balance, and of a closed account what its meter held, goes to the household."""
    closed = entry.kind is EntryKind.ACCOUNT_CLOSED
    gas, kept = (entry.fen, entry.balance_fen) if closed else (0, entry.fen)
    return _legs(("gas_sold", gas), (balance, kept), (f"tender:{entry.tender}", -gas - kept))


def source_of(entry: Entry) -> str:
    """Where the money of a top-up came from, and goes back to: its tender, or the lump sum.

    Given gas has a worth in the books where its meter counts money; emergency gas is owed.
    """
    match entry.tender:
        case "batch":
            return f"unallocated:{entry.batch}"
        case "order":
            return "tender:online"
        case "emergency":
            return f"arrears:{entry.account_no}"
        case "make_up" | "carried":
            return f"free:{entry.tender}"
        case "balance":
            return f"balance:{entry.account_no}"
        case _:
            return f"tender:{entry.tender}"


def kept_by(entry: Entry) -> int:
    """How many fen a fact moves its household's balance by."""
    balance = f"balance:{entry.account_no}"
    return -sum(leg.fen for leg in postings_of(entry) if leg.account == balance)


def charged_to(entry: Entry) -> str:
    """What a charge is for: gas that was used, a fee of the catalogue, or the balance."""
    if entry.litres:
        return "gas_sold"
    return entry.tariff if entry.tariff.startswith(FEE) else f"balance:{entry.account_no}"


def _charge_postings(entry: Entry) -> tuple[Posting, ...]:
    """The legs of a charge, turned round where the entry takes one back."""
    arrears = f"arrears:{entry.account_no}"
    paid = entry.kind is EntryKind.ARREARS_PAID
    unpaid = f"unallocated:{entry.batch}" if paid else arrears
    source = f"tender:{entry.tender}" if entry.tender else unpaid
    fen = -entry.fen if entry.corrects else entry.fen
    return _legs((source, fen), (arrears if paid else charged_to(entry), -fen))


def order_postings(order: Order) -> tuple[Posting, ...]:
    """What the centre books when an order is paid online."""
    return _legs(("tender:online", order.fen), (f"unloaded:{order.account_no}", -order.fen))


def _legs(*legs: tuple[str, int]) -> tuple[Posting, ...]:
    return tuple([Posting(account, fen) for account, fen in legs if fen])
