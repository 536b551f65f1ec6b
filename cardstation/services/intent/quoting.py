"""Knows the newest quote of a batch, and whether a payment's number names one."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.batch import Batch, LineKind, Verdict
from cardstation.domain.batch_life import BatchStep, Step
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.quotation import QuoteFact, QuoteStanding, quoted_at, references_in
from cardstation.errors import Refusal
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw


def quote_standing(reading: Reading, batch: Batch, now: datetime) -> QuoteStanding | None:
    """The newest quote of a batch, None when there was none."""
    newest: BatchStep | None = None
    signed_at: datetime | None = None
    revised = False
    for step in reading.steps.of_batch(batch.batch_id):
        if step.step is Step.QUOTED:
            newest, revised, signed_at = step, False, None
        if step.step is Step.SIGNED:
            signed_at = step.at
        revised = revised or step.step is Step.REVISED
    if newest is None:
        return None
    fact = thaw(QuoteFact, newest.detail)
    return QuoteStanding(
        fact=fact,
        made_at=newest.at,
        clerk=newest.clerk,
        voided=revised or _differs(batch, fact),
        expired=now.date() > fact.valid_until,
        signed_at=signed_at,
    )


def issues(reading: Reading, batch_id: str) -> int:
    """How many quotes a batch has had."""
    return sum(step.step is Step.QUOTED for step in reading.steps.of_batch(batch_id))


def ensure_not_anothers(station: Station, reading: Reading, batch_id: str, reference: str) -> None:
    """A payment whose text carries the reference of a quote is for the batch of that quote.

    Raises:
        Refusal: `payment_of_other_batch`, `payment_of_other_station` (it is recorded there: a
            transfer booked at two desks would buy gas twice).
    """
    named = references_in(reference)
    if not named:
        return
    for step in reading.steps.every():
        if step.step is Step.QUOTED and thaw(QuoteFact, step.detail).reference in named:
            if step.batch_id == batch_id:
                return
            raise Refusal("payment_of_other_batch", reference=reference, batch_id=step.batch_id)
    today, ours = station.clock.now().date(), f"{station.number % 1000:03d}"
    for one in named:
        if quoted_at(one, today) not in ("", ours):
            raise Refusal("payment_of_other_station", reference=one, station=one[:3])


def ensure_not_booked(reading: Reading, batch_id: str, reference: str, money: Money) -> None:
    """No payment of the batch has this number, or the quote's reference in it, and this amount.

    Raises:
        Refusal: `payment_again` (with the acknowledgement there is).
    """
    named = {reference, *references_in(reference)} - {""}
    for one in reading.funds.payments(batch_id):
        same = named & {one.reference, *references_in(one.reference)}
        if same and one.money == money:
            made = reading.lump_sums.of_batch(batch_id).get(one.payment_id)
            ack_no = made.ack_no if made else ""
            raise Refusal("payment_again", reference=min(same), fen=one.money.fen, ack_no=ack_no)


def _differs(batch: Batch, fact: QuoteFact) -> bool:
    """The lines to be paid are not those of the quote any more."""
    live = {
        place: line.money or NO_MONEY
        for place, line in enumerate(batch.lines, start=1)
        if line.verdict is Verdict.READY
        and line.kind is LineKind.SALE
        and line.money is not None
        and not line.withdrawn
    }
    gone = set(fact.order) - live.keys()
    total = sum((live[place] for place in fact.order if place in live), NO_MONEY)
    return bool(gone) or total.fen != fact.fen
