"""Everything on file, read once, for the proofs to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from cardstation.domain.account_change import AccountChange
from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import BatchStep
from cardstation.domain.charge import Charge, ChargeReceipt, PaidOut
from cardstation.domain.closing import Closing
from cardstation.domain.envelopes import (
    NOTHING_EXCHANGED,
    Exchanges,
    may_have_paid,
    stands_at,
)
from cardstation.domain.gas_due import GasDue
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind, Order, Posting, order_postings, postings_of
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Acknowledgement, Receipt
from cardstation.domain.shift import Clerk, Shift, ShiftClose
from cardstation.domain.tool_book import ToolFact
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TAKEN_OFF, Direction, TopUpEvent
from cardstation.errors import Value
from cardstation.services.intent.anchoring import anchor_problem
from cardstation.services.intent.steps import exchanges_of
from cardstation.services.lists.changing import MAY_PAY
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.funds import BatchPayment, FundedLine
from cardstation.store.journal import StoredEntry
from cardstation.store.lump_sums import GivenBack, ReleasedLine
from cardstation.store.topups import LogRow, OwnedCounter

_ONE_COMMIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two records that contradict each other: what, and the facts of it."""

    code: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Records:
    """One consistent look at the whole store, and the anchor beside it."""

    stored: tuple[StoredEntry, ...]
    misfiled: frozenset[int]
    topups: tuple[TopUp, ...]
    log: tuple[LogRow, ...]
    receipts: Mapping[str, Receipt]
    misfiled_receipts: frozenset[str]
    payments: tuple[BatchPayment, ...]
    batches: Mapping[str, Batch]
    funded: tuple[FundedLine, ...]
    misfiled_funds: frozenset[tuple[str, int]]
    released: tuple[tuple[int, ReleasedLine], ...]
    given_back: tuple[tuple[int, GivenBack], ...]
    arrears: tuple[tuple[int, ArrearsPaid], ...]
    charges: tuple[tuple[int, Charge], ...]
    misfiled_charges: frozenset[int]
    charge_papers: Mapping[str, ChargeReceipt]
    payouts: tuple[tuple[int, PaidOut], ...]
    acknowledgements: Mapping[str, Acknowledgement]
    ack_numbers: tuple[tuple[int, int, str], ...]
    orders: Mapping[str, Order]
    gas_dues: tuple[tuple[int, bool, GasDue], ...]
    tool_facts: tuple[tuple[int, ToolFact], ...]
    loads: tuple[OwnedCounter, ...]
    households: Mapping[str, Household]
    acked: tuple[int, str]
    ledger_totals: Mapping[str, int]
    exceptions: Mapping[int, str]
    uncounted: frozenset[str]
    opened: Mapping[int, Shift]
    closed: Mapping[int, ShiftClose]
    counts: Mapping[str, Money]
    clerks: Mapping[str, Clerk]
    steps: tuple[BatchStep, ...]
    account_changes: tuple[tuple[int, AccountChange], ...]
    closings: tuple[tuple[int, Closing], ...]
    open_changes: Mapping[str, tuple[AccountChange, ...]]
    anchored: Disagreement | None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The facts, oldest first; those that are no entries are left to the chain's proof."""
        return tuple(entry for _, entry in self._read)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The hash of each fact by its id."""
        return {entry.entry_id: stored.hash for stored, entry in self._read}

    @cached_property
    def sealings(self) -> Mapping[str, str]:
        """Id of the fact that a load is on its card, by the load's top-up."""
        return {
            entry.subject: entry.entry_id
            for entry in self.entries
            if entry.kind is EntryKind.SEALED
        }

    @cached_property
    def sealed_before(self) -> frozenset[str]:
        """Ids of our seals that the ledger had from another station already."""
        return frozenset(
            entry.entry_id
            for entry in self.entries
            if self.exceptions.get(entry.seq) == "sealed_before"
        )

    @cached_property
    def rejoined(self) -> bool:
        """This store was restored from a backup once: what followed came from the ledger."""
        return any(entry.kind is EntryKind.EPOCH for entry in self.entries)

    @cached_property
    def taken_back(self) -> frozenset[str]:
        """Loads that were taken off their card again."""
        back = (one for one in self.topups if one.direction is Direction.RETURN)
        return frozenset(one.corrects for one in back if one.state in TAKEN_OFF)

    @cached_property
    def disowned(self) -> frozenset[str]:
        """Loads sealed here that turned out to be another desk's."""
        never = (TopUpEvent.DISOWNED, TopUpEvent.DISOWNED_THERE)
        return frozenset(row.topup_id for row in self.log if row.event in never)

    @cached_property
    def sealed_twice(self) -> frozenset[str]:
        """Loads sealed here that another station had sealed before."""
        kind = EntryKind.ELSEWHERE
        return frozenset(e.subject for e in self.entries if e.kind is kind and e.corrects)

    @cached_property
    def live_loads(self) -> tuple[TopUp, ...]:
        """Loads sealed in these books that stand on a card or in a meter."""
        gone = self.taken_back | self.disowned | self.sealed_twice
        return tuple(
            one
            for one in self.topups
            if one.topup_id in self.sealings
            and one.direction is Direction.SALE
            and one.topup_id not in gone
        )

    @cached_property
    def _read(self) -> tuple[tuple[StoredEntry, Entry], ...]:
        read = ((one, _entry(one)) for one in self.stored)
        return tuple((one, entry) for one, entry in read if entry is not None)

    @cached_property
    def money_moved(self) -> Mapping[str, tuple[Entry, ...]]:
        """Facts that may fund lines, by batch: money came, was given free, or its list changed."""
        found: dict[str, list[Entry]] = {}
        listed = {one.seq for one in self.steps if one.step in MAY_PAY}
        for entry in self.entries:
            if entry.kind in (EntryKind.RECEIVED, EntryKind.RELEASED) or entry.seq in listed:
                found.setdefault(entry.batch, []).append(entry)
        return {batch_id: tuple(facts) for batch_id, facts in found.items()}

    @cached_property
    def sums(self) -> Mapping[str, tuple[BatchPayment, ...]]:
        """Sums by batch, the oldest first."""
        found: dict[str, list[BatchPayment]] = {}
        for payment in self.payments:
            found.setdefault(payment.batch_id, []).append(payment)
        return {batch_id: tuple(some) for batch_id, some in found.items()}

    def may_have_paid(self, payment: BatchPayment, funded: FundedLine) -> bool:
        """Whether a row may have been paid out of a sum: one for all, or in its envelope.

        What an older program let pay is believed.
        """
        if not payment.line or funded.reckoned:
            return True
        batch = self.batches.get(funded.batch_id)
        exchanged = self._exchanged.get(funded.batch_id, NOTHING_EXCHANGED)
        lines = () if batch is None else batch.lines
        return may_have_paid(lines, payment.line, funded.line, exchanged)

    def purse_of(self, payment: BatchPayment) -> int:
        """The line that a sum is for now: of the row in whose envelope it lay, 0 = for all."""
        batch = self.batches.get(payment.batch_id)
        lines = () if batch is None else batch.lines
        exchanged = self._exchanged.get(payment.batch_id, NOTHING_EXCHANGED)
        kept = self._funded_places.get(payment.batch_id, ())
        return stands_at(lines, payment.line, kept, exchanged)

    @cached_property
    def _exchanged(self) -> Mapping[str, Exchanges]:
        approved = {one.seq for one in self.entries if one.approver}.__contains__
        steps: dict[str, list[BatchStep]] = {}
        for one in self.steps:
            steps.setdefault(one.batch_id, []).append(one)
        return {batch_id: exchanges_of(some, approved) for batch_id, some in steps.items()}

    @cached_property
    def _funded_places(self) -> Mapping[str, frozenset[int]]:
        found: dict[str, set[int]] = {}
        for one in self.funded:
            found.setdefault(one.batch_id, set()).add(one.line)
        return {batch_id: frozenset(places) for batch_id, places in found.items()}

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[Entry, ...]]:
        """Facts by the top-up or payment they are about."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.subject, []).append(entry)
        return {subject: tuple(facts) for subject, facts in found.items()}


def collect_records(station: Station) -> Records:
    """Read everything in one transaction.

    Raises:
        Mishap: `store_damaged`: something on file cannot be read at all.
    """
    uncounted = frozenset(
        rules.code for rules in station.makers if rules.school is CounterSchool.NONE
    )
    with station.store.proving() as reading:
        return Records(
            stored=tuple(reading.journal.every()),
            misfiled=frozenset(reading.journal.misfiled()),
            topups=reading.topups.every(),
            log=reading.topups.log(),
            receipts=reading.receipts.every(),
            misfiled_receipts=frozenset(reading.receipts.misfiled()),
            payments=reading.funds.payments(),
            batches=_batches(reading),
            funded=reading.funds.every_funded(),
            misfiled_funds=frozenset(reading.funds.misfiled()),
            released=reading.lump_sums.every_released(),
            given_back=reading.lump_sums.every_given_back(),
            arrears=reading.arrears.every(),
            charges=reading.charges.every(),
            misfiled_charges=frozenset(reading.charges.misfiled()),
            charge_papers=reading.charges.receipts(),
            payouts=reading.charges.payouts(),
            acknowledgements=reading.lump_sums.acknowledgements(),
            ack_numbers=tuple(reading.lump_sums.numbers()),
            gas_dues=reading.gas_dues.every(),
            tool_facts=reading.tool_cards.facts(),
            orders={order.order_id: order for order in reading.orders.every()},
            loads=reading.topups.loads(),
            households={one.account_no: one for one in reading.households.every()},
            acked=reading.outbox.acked(),
            ledger_totals=reading.outbox.totals(),
            exceptions={told.seq: told.code for told in reading.outbox.exceptions()},
            uncounted=uncounted,
            opened=reading.shifts.every_opened(),
            closed=reading.shifts.every_closed(),
            counts=reading.shifts.every_count(),
            clerks={one.name: one for one in reading.shifts.clerks()},
            steps=reading.steps.every(),
            account_changes=reading.account_changes.every(),
            closings=reading.closings.every(),
            open_changes=reading.account_changes.open_by_account(),
            anchored=_anchored(station, reading),
        )


def _anchored(station: Station, reading: Reading) -> Disagreement | None:
    problem = anchor_problem(station, reading)
    return None if problem is None else Disagreement(problem.code, problem.values)


def about(code: str, intent: TopUp, **values: str | int) -> Disagreement:
    """A disagreement about one top-up."""
    return Disagreement(
        code, {"topup_id": intent.topup_id, "account_no": intent.account_no, **values}
    )


def booked(entry: Entry) -> tuple[Posting, ...]:
    """Postings of a fact as this station's books see them.

    A claimed order brings its money; a load finished for another station, or by one, goes over
    `elsewhere`, which is nothing over all stations.
    """
    unloaded = f"unloaded:{entry.account_no}"
    match entry.kind:
        case EntryKind.PAID if entry.tender == Tender.ORDER:
            order = Order(entry.order_id, entry.account_no, entry.fen, entry.litres, "", 0, "")
            return order_postings(order)
        case EntryKind.SEALED if entry.origin:
            return (Posting("elsewhere", entry.fen), Posting("gas_sold", -entry.fen))
        case EntryKind.ELSEWHERE | EntryKind.NOT_LOADED if entry.corrects and _not_ours(entry):
            return (Posting("gas_sold", entry.fen), Posting("elsewhere", -entry.fen))
        case EntryKind.ELSEWHERE:
            return (Posting(unloaded, entry.fen), Posting("elsewhere", -entry.fen))
        case _:
            return postings_of(entry)


def _not_ours(entry: Entry) -> bool:
    """A seal of ours that is undone leaves the money to the desk that has it."""
    return entry.kind is EntryKind.ELSEWHERE or bool(entry.origin)


def in_one_commit(entry: Entry, at: datetime) -> bool:
    """Whether something was made with a fact: both clock readings lie within a minute."""
    try:
        return abs(at - datetime.fromisoformat(entry.at)) <= _ONE_COMMIT
    except (ValueError, TypeError):
        return False


def _batches(reading: Reading) -> Mapping[str, Batch]:
    found = {batch_id: reading.batches.get(batch_id) for batch_id in reading.batches.ids()}
    return {batch_id: batch for batch_id, batch in found.items() if batch is not None}


def _entry(stored: StoredEntry) -> Entry | None:
    try:
        return stored.entry
    except (ValueError, KeyError, TypeError):
        return None
