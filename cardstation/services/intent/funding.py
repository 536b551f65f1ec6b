"""Books a lump sum and funds whole lines with it, in the order of the list."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.sale import PriceBook, sell
from cardstation.domain.tariff import Quote
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze
from cardstation.store.funds import AskedPayment, BatchPayment, FundedLine, total


def batch_of(reading: Reading, batch_id: str) -> Batch:
    """A batch on file.

    Raises:
        Refusal: `unknown_batch`.
    """
    batch = reading.batches.get(batch_id)
    if batch is None:
        raise Refusal("unknown_batch", batch_id=batch_id)
    return batch


def is_for_sale(line: ManifestLine) -> bool:
    """True for a line that needs money and is certain."""
    certain = line.verdict is Verdict.READY and line.money is not None
    return certain and line.kind is LineKind.SALE and not line.withdrawn


def answered(station: Station, asked: AskedPayment, *, taken: bool) -> None:
    """Record what became of a batch payment; money that was taken funds lines in this commit."""
    state = "taken" if taken else "not_taken"
    with station.store.unit() as unit:
        unit.funds.note(replace(asked, state=state, at=station.clock.now()))
        if taken:
            _receive(station, unit, asked)
            _fund_lines(station, unit, asked)
        unit.commit()
    anchor_journal(station)


def _receive(station: Station, unit: Unit, asked: AskedPayment) -> None:
    entry = append(
        station,
        unit,
        EntryKind.RECEIVED,
        asked.payment_id,
        fen=asked.money.fen,
        tender=asked.tender.value,
        batch=asked.batch_id,
        detail=freeze(asked),
    )
    unit.funds.receive(
        BatchPayment(
            payment_id=asked.payment_id,
            batch_id=asked.batch_id,
            tender=asked.tender,
            money=asked.money,
            reference=asked.reference,
            seq=entry.seq,
        )
    )


def receive_again(station: Station, unit: Unit, asked: AskedPayment, *, seq: int) -> None:
    """Put a payment back that this station lost; its lines are funded as they were, by its list.

    A batch whose list is not on file keeps its money under its id; loads fund their own lines.
    """
    if not any(one.payment_id == asked.payment_id for one in unit.funds.unanswered()):
        unit.funds.note(asked)
    unit.funds.note(replace(asked, state="taken", at=station.clock.now()))
    unit.funds.receive(
        BatchPayment(
            payment_id=asked.payment_id,
            batch_id=asked.batch_id,
            tender=asked.tender,
            money=asked.money,
            reference=asked.reference,
            seq=seq,
        )
    )
    if unit.batches.get(asked.batch_id) is not None:
        _fund_lines(station, unit, asked)


def _fund_lines(station: Station, unit: Unit, asked: AskedPayment) -> None:
    """Freeze the price of line after line while the money reaches; the first it does not ends it.

    A line that cannot be sold now (account stopped since, no price) is passed over: its money
    stays unallocated.
    """
    batch = batch_of(unit, asked.batch_id)
    funded = unit.funds.funded(asked.batch_id)
    spent = sum((one.quote.money for one in funded.values()), NO_MONEY)
    left = total(unit.funds.payments(asked.batch_id)) - spent
    book = PriceBook(unit.tariffs.every(), unit.tariffs.rules(), station.makers)
    for place, line in enumerate(batch.lines, start=1):
        if place in funded or not is_for_sale(line):
            continue
        money = line.money or NO_MONEY
        if money > left:
            return
        if _fund(station, unit, book, asked, place=place, line=line, money=money):
            left -= money


def _fund(
    station: Station,
    unit: Unit,
    book: PriceBook,
    asked: AskedPayment,
    *,
    place: int,
    line: ManifestLine,
    money: Money,
) -> bool:
    household = unit.households.get(line.account_no)
    now = station.clock.now()
    try:
        if household is None:
            raise Refusal("unknown_household", account_no=line.account_no)
        offer: Quote = sell(household, book.terms(household.tariff, now.date()), money=money)
    except Refusal:
        return False
    unit.funds.fund(
        FundedLine(
            batch_id=asked.batch_id,
            line=place,
            payment_id=asked.payment_id,
            quote=offer,
            expected_counter=household.purchase_counter,
            at=now,
        )
    )
    return True
