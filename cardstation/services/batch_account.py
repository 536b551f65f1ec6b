"""Says where the money of a batch is: every payment, what each line holds, what remains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cardstation.domain.allocation import Division, Purse, divide
from cardstation.domain.batch import LineState
from cardstation.domain.envelopes import laid_by
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import QuoteStanding, references_in
from cardstation.errors import fail
from cardstation.services.batch_state import BatchState, batch_state
from cardstation.services.intent.funding import holdings_of, purses_of
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.funds import BatchPayment
from cardstation.store.lump_sums import sum_back


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """One payment and what became of it.

    Attributes:
        ack_no: Of its acknowledgement, empty for money from before there were any.
        matches: Its number carries the reference of the quote, and the list is still the quote's.
        doubt: Why it does not match where it should: `reference_differs` (no or another
            reference), `quote_void` (the list changed since); else empty.
        arrears: What it paid of debts, with consent.
        remains: Held by no line and not given back: the payer's.
        stands: Place of the line that its envelope is for now, 0 = a lump sum for all.
        payer: Who paid, as it was said then; what remains goes back to nobody else.
    """

    payment: BatchPayment
    ack_no: str
    taken_at: datetime
    matches: bool
    given_back: Money
    arrears: Money
    remains: Money
    doubt: str = ""
    stands: int = 0
    payer: str = ""

    @property
    def held(self) -> Money:
        """What lines hold of it."""
        return self.payment.money - self.given_back - self.arrears - self.remains


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What a line holds.

    Attributes:
        place: In the batch, from 1.
        held: Nothing when it waits for money or gave it free.
        payment_id: The payment that completed it, empty when none did.
        released: Why it gave its money free, a code; empty while it did not.
        envelope_left: What its envelope holds beyond its price.
        drawn: Payment → what the line holds of it.
        loaded: Its load stands.
    """

    place: int
    held: Money
    payment_id: str
    released: str
    envelope_left: Money
    drawn: Mapping[str, Money] = field(default_factory=dict)
    loaded: bool = False

    @property
    def kept(self) -> bool:
        """What it still holds is its household's balance: its load was taken off."""
        return bool(self.released) and not self.loaded

    def of(self, payments: Iterable[str]) -> Money:
        """What it holds of these payments."""
        return sum((self.drawn.get(one, NO_MONEY) for one in payments), NO_MONEY)


@dataclass(frozen=True, slots=True)
class BatchAccount:
    """A batch as its money page shows it.

    Attributes:
        lines: Of every line, in list order.
    """

    state: BatchState
    payments: tuple[PaymentStanding, ...]
    lines: tuple[LineMoney, ...]

    @property
    def quote(self) -> QuoteStanding | None:
        """The newest quote, None when there was none."""
        return self.state.quote

    def is_manager(self, payer: str) -> bool:
        """Whether money is the manager's of the batch: who else paid reads nothing of theirs."""
        return payer in ("", self.state.batch.manager)

    def payments_for(self, place: int) -> tuple[PaymentStanding, ...]:
        """Sums that may pay a debt of a line's household: for all, or what it laid in itself."""
        lines = self.state.batch.lines
        account_no = lines[place - 1].account_no
        return tuple(
            one
            for one in self.payments
            if not one.payment.line or laid_by(lines, one.payment.line) == account_no
        )

    def envelope_of(self, place: int) -> str:
        """Number and door of the envelope of a line; empty for no line."""
        if not 0 < place <= len(self.state.outcomes):
            return ""
        line = self.state.outcomes[place - 1].line
        return " ".join(filter(None, (line.envelope, line.door)))


def batch_account(station: Station, batch_id: str) -> BatchAccount:
    """Look at the money of a batch; changes nothing.

    Raises:
        Refusal: `unknown_batch`.
    """
    state = batch_state(station, batch_id)
    with station.store.reading() as reading:
        purses = purses_of(reading, batch_id)
        division = divide(purses, holdings_of(reading, batch_id))
        payments = _payments(reading, batch_id, state.quote, purses, division)
        lines = _lines(reading, batch_id, state, payments, division)
    return BatchAccount(state, payments, lines)


def _payments(
    reading: Reading,
    batch_id: str,
    quote: QuoteStanding | None,
    purses: Sequence[Purse],
    division: Division,
) -> tuple[PaymentStanding, ...]:
    back = reading.lump_sums.given_back(batch_id)
    debts = reading.arrears.of_batch(batch_id)
    stands = {one.payment_id: one.line for one in purses}
    acknowledged = reading.lump_sums.of_batch(batch_id)
    found = []
    for payment in reading.funds.payments(batch_id):
        made = acknowledged.get(payment.payment_id)
        stored = reading.journal.at(payment.seq) or fail("money received has its fact")
        at = made.taken_at if made else datetime.fromisoformat(stored.entry.at)
        found.append(
            PaymentStanding(
                payment=payment,
                ack_no=made.ack_no if made else "",
                taken_at=at,
                matches=_named(payment, quote) and not _doubt(payment, quote),
                doubt=_doubt(payment, quote),
                given_back=sum_back(back, payment.payment_id),
                arrears=sum(
                    (one.money for one in debts if one.payment_id == payment.payment_id), NO_MONEY
                ),
                remains=division.left[payment.payment_id],
                stands=stands[payment.payment_id],
                payer=payment.payer or (made.payer if made else ""),
            )
        )
    return tuple(found)


def _named(payment: BatchPayment, quote: QuoteStanding | None) -> bool:
    return quote is not None and quote.fact.reference in references_in(payment.reference)


def _doubt(payment: BatchPayment, quote: QuoteStanding | None) -> str:
    """Cash without a number and money in an envelope are by no quote's reference."""
    silent = payment.tender is Tender.CASH and not payment.reference
    if quote is None or payment.line or silent:
        return ""
    if not _named(payment, quote):
        return "reference_differs"
    return "quote_void" if quote.voided else ""


def _lines(
    reading: Reading,
    batch_id: str,
    state: BatchState,
    payments: tuple[PaymentStanding, ...],
    division: Division,
) -> tuple[LineMoney, ...]:
    holdings = {one.line: one for one in holdings_of(reading, batch_id)}
    released = reading.lump_sums.released(batch_id)
    envelopes: dict[int, Money] = {}
    for one in payments:
        envelopes[one.stands] = envelopes.get(one.stands, NO_MONEY) + one.remains
    return tuple(
        LineMoney(
            place=place,
            held=holdings[place].money if place in holdings else NO_MONEY,
            payment_id=holdings[place].payment_id if place in holdings else "",
            released=released[place].reason if place in released else "",
            envelope_left=envelopes.get(place, NO_MONEY),
            drawn=division.drawn.get(place, {}),
            loaded=outcome.state is LineState.DONE,
        )
        for place, outcome in enumerate(state.outcomes, start=1)
    )
