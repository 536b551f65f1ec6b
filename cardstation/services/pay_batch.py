"""Takes money for a batch: a lump sum for all lines, or what lies in one line's envelope."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.batch_state import BatchMoney, batch_in, batch_state
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.funding import (
    answered,
    batch_of,
    payer_on_file,
    takes_envelope,
)
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.quoting import ensure_not_anothers, ensure_not_booked
from cardstation.services.intent.steps import ensure_not_closed
from cardstation.services.lists.entry import ensure_entry_checked
from cardstation.services.station import Station
from cardstation.services.to_come import beyond
from cardstation.store import Reading
from cardstation.store.funds import AskedPayment


def ensure_awaited(
    station: Station, batch_id: str, line: int, money: Money, reference: str
) -> None:
    """Who records a payment is asked once: came it twice, is it really more than is to come?

    A digit too many would print an acknowledgement of money that never came.

    Raises:
        Refusal: `unknown_batch`, `payment_again`, `payment_above`.
    """
    with station.store.reading() as reading:
        state = batch_in(reading, batch_id)
        ensure_not_booked(reading, batch_id, reference, money)
    if over := beyond(state, line, money):
        raise Refusal("payment_above", fen=money.fen, above_fen=over.fen)


@on_money
def pay_batch(
    station: Station,
    batch_id: str,
    *,
    tender: Tender,
    money: Money,
    reference: str = "",
    line: int = 0,
    again: bool = False,
    payer: str = "",
) -> BatchMoney:
    """Take money for a batch, once or several times; what no line needs stays unallocated.

    The acknowledgement is on file with the money: `issue_acknowledgement` hands it out.

    Args:
        station: The desk.
        batch_id: Of the batch.
        tender: How it is paid.
        money: What was handed over or transferred.
        reference: The payment's own number; a quote's reference in it must be this batch's.
        line: Place of the line in whose envelope the money lay, 0 = a lump sum for all.
        payer: Who pays, by name; empty = the household for its envelope, else the manager on file.
            What is left of the money goes back to that person only.
        again: A person has looked: the same number and amount came twice.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `zero_amount`, `tender_unknown`,
            `payment_not_taken`,
            `payment_question` (an earlier payment of this batch waits for its answer),
            `entry_not_checked` (typed by hand and not counted by a second person),
            `payment_of_other_batch`, `payment_of_other_station`, `payment_again` (this batch has
            a payment of this number and amount), `unknown_line`, `envelope_not_payable` (nothing
            is to be paid for this line), `line_paid_already`.
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    if tender in WITHOUT_ASKING:
        raise Refusal("tender_unknown", tender=tender.value)
    payment = station.payment_by(tender)
    now = station.clock.now()
    wanted = AskedPayment(
        new_id(station.clock), batch_id, tender, money, reference, "asked", now, line
    )
    asked = _ask(station, replace(wanted, payer=" ".join(payer.split())), again=again)
    answer = payment.take(asked.payment_id, money, reference)
    if answer is PaymentAnswer.UNKNOWN:
        raise OutcomeUnknown("payment_unknown", payment_id=asked.payment_id, fen=money.fen)
    answered(station, asked, taken=answer is PaymentAnswer.TAKEN)
    if answer is PaymentAnswer.NOT_TAKEN:
        raise Refusal("payment_not_taken", payment_id=asked.payment_id, fen=money.fen)
    return batch_state(station, batch_id).money


def _ask(station: Station, wanted: AskedPayment, *, again: bool) -> AskedPayment:
    with station.store.unit() as unit:
        batch = batch_of(unit, wanted.batch_id)
        payer = wanted.payer or payer_on_file(batch, wanted.line)
        asked = replace(wanted, clerk=clerk_of(station, unit), payer=payer)
        ensure_not_closed(unit, asked.batch_id)
        ensure_entry_checked(station, unit, batch)
        for open_one in unit.funds.unanswered(asked.batch_id):
            raise Refusal("payment_question", topup_id=open_one.payment_id, fen=open_one.money.fen)
        ensure_not_anothers(station, unit, asked.batch_id, asked.reference)
        if not again:
            ensure_not_booked(unit, asked.batch_id, asked.reference, asked.money)
        if asked.line:
            _ensure_payable(unit, asked.batch_id, asked.line)
        unit.funds.note(asked)
        unit.commit()
    return asked


def _ensure_payable(reading: Reading, batch_id: str, place: int) -> None:
    """The envelope's line is certain but for debts, needs money, and has not got it yet."""
    lines = batch_of(reading, batch_id).lines
    if not 0 < place <= len(lines):
        raise Refusal("unknown_line", batch_id=batch_id, place=place)
    line = lines[place - 1]
    if not takes_envelope(line):
        raise Refusal("envelope_not_payable", row=line.row.row, door=line.door)
    if place in reading.funds.funded(batch_id, line=place):
        raise Refusal("line_paid_already", row=line.row.row, door=line.door)
