"""Books sums for a batch and binds them to whole lines, by the rules of `domain.allocation`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cardstation.domain.allocation import Ask, Holding, Purse, allocate, divide
from cardstation.domain.batch import Batch, LineKind, ManifestLine, Verdict
from cardstation.domain.batch_life import Stage
from cardstation.domain.envelopes import NOTHING_EXCHANGED, Exchanges, lets_pay, stands_at
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.preflight import FORGIVEN, RELEASED
from cardstation.domain.quotation import signed_order
from cardstation.domain.sale import sell
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction
from cardstation.errors import Refusal
from cardstation.services.intent.acknowledging import acknowledge, next_ack_no
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append
from cardstation.services.intent.lost_part import lost_since_entry
from cardstation.services.intent.prices import price_book
from cardstation.services.intent.quoting import quote_standing
from cardstation.services.intent.steps import exchanges_of
from cardstation.services.lists.entry import entry_state
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.frozen import freeze
from cardstation.store.funds import AskedPayment, BatchPayment, FundedLine
from cardstation.store.lump_sums import GivenBack, ReleasedLine

REFUNDED = "refunded"
"""Why a line gave its money free: what was loaded, or never could be, went back."""


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


def takes_envelope(line: ManifestLine) -> bool:
    """True for a line whose envelope may be booked: it needs money, or only debts keep it back."""
    owes = set(line.reasons) - set(FORGIVEN) == {"arrears"} and line.verdict is Verdict.HUMAN
    sale = line.money is not None and line.kind is LineKind.SALE and not line.withdrawn
    return is_for_sale(line) or (owes and sale)


def payer_on_file(batch: Batch, place: int) -> str:
    """Who pays where nobody says it: the household for its envelope, else the property manager."""
    if 0 < place <= len(batch.lines):
        return batch.lines[place - 1].name
    return batch.manager


def ensure_payers_agree(
    reading: Reading, batch_id: str, place: int, new: ManifestLine, *, approved: bool
) -> None:
    """Money in an envelope pays for its own household; for another only when two people say so.

    Raises:
        Refusal: `envelope_needs_two`.
    """
    if lets_pay(new, approved=approved) or not takes_envelope(new):
        return
    lines, kept = batch_of(reading, batch_id).lines, reading.funds.funded(batch_id)
    paid_at = {one.payment_id: one.line for one in reading.funds.payments(batch_id)}
    if not any(paid_at.values()):
        return
    exchanged = _exchanged(reading, batch_id)
    for purse in purses_of(reading, batch_id):
        own, stands = paid_at[purse.payment_id], purse.line
        if not 0 < own <= len(lines) or purse.money <= NO_MONEY:
            continue
        if stands <= len(lines) and lines[stands - 1].withdrawn:
            stands = exchanged.end_of(own, kept)
        paid_for = lines[own - 1].account_no
        if stands == place and paid_for != new.account_no:
            raise Refusal("envelope_needs_two", fen=purse.money.fen, account_no=paid_for)


def purses_of(reading: Reading, batch_id: str) -> tuple[Purse, ...]:
    """Every sum received for a batch, less what went out of it, the oldest first.

    What lay in the envelope of a row that was judged anew is for the line that counts instead, if
    that is the same household's, or two people said so.
    """
    batch, kept = reading.batches.get(batch_id), reading.funds.funded(batch_id)
    lines = () if batch is None else batch.lines
    payments = reading.funds.payments(batch_id)
    enveloped = any(one.line for one in payments)
    exchanged = _exchanged(reading, batch_id) if enveloped else NOTHING_EXCHANGED
    back = _by_payment(reading.lump_sums.given_back(batch_id))
    debts = _by_payment(reading.arrears.of_batch(batch_id))
    found: list[Purse] = []
    for one in payments:
        owed = debts.get(one.payment_id, NO_MONEY)
        money = one.money - back.get(one.payment_id, NO_MONEY) - owed
        line = stands_at(lines, one.line, kept, exchanged)
        reserved = _begun(reading, one.payment_id)
        if lost_since_entry(reading, one.seq):
            reserved = money
        found.append(Purse(one.payment_id, money, line, owed, reserved))
    return tuple(found)


def _exchanged(reading: Reading, batch_id: str) -> Exchanges:
    def approved(seq: int) -> bool:
        stored = reading.journal.at(seq)
        return stored is not None and bool(stored.entry.approver)

    return exchanges_of(reading.steps.of_batch(batch_id), approved)


def _begun(reading: Reading, payment_id: str) -> Money:
    """What its payer may have in hand; the same amount begun twice is one hand-over."""
    return sum(set(reading.payouts.unfinished(payment_id).values()), NO_MONEY)


def reachable_purses(
    reading: Reading, batch_id: str, holdings: Sequence[Holding]
) -> tuple[Purse, ...]:
    """As `purses_of`, less the rest that its payer may have in hand: it pays for nothing.

    It is being given back, or may have been in a lost part of the records. Its envelope waits like
    one that debts used up.
    """
    purses = purses_of(reading, batch_id)
    left = divide(purses, holdings).left
    found: list[Purse] = []
    for one in purses:
        gone = max(NO_MONEY, min(one.reserved, left[one.payment_id]))
        found.append(
            replace(one, money=one.money - gone, debts=one.debts + gone, reserved=NO_MONEY)
        )
    return tuple(found)


def _by_payment(gone: Iterable[GivenBack | ArrearsPaid]) -> dict[str, Money]:
    """What went out of each payment."""
    out: dict[str, Money] = {}
    for one in gone:
        out[one.payment_id] = out.get(one.payment_id, NO_MONEY) + one.money
    return out


def holdings_of(reading: Reading, batch_id: str) -> tuple[Holding, ...]:
    """What the lines of a batch hold, the first that was paid first.

    Of a released line, what its household keeps as balance.
    """
    released = reading.lump_sums.released(batch_id)
    return tuple(
        Holding(place, one.quote.money - _freed(released.get(place)), one.payment_id, one.drawn)
        for place, one in sorted(
            reading.funds.funded(batch_id).items(), key=lambda found: (found[1].at, found[0])
        )
    )


def answered(station: Station, asked: AskedPayment, *, taken: bool) -> None:
    """Record what became of a batch payment; money that was taken funds lines in this commit."""
    state = "taken" if taken else "not_taken"
    with station.store.unit() as unit:
        told = replace(asked, state=state, at=station.clock.now())
        unit.funds.note(told)
        if taken:
            _receive(station, unit, replace(told, ack_no=next_ack_no(station, unit)))
            fund_lines(station, unit, asked.batch_id)
        unit.commit()
    anchor_journal(station)


def _receive(station: Station, unit: Unit, asked: AskedPayment) -> None:
    stored = append(
        station,
        unit,
        EntryKind.RECEIVED,
        asked.payment_id,
        fen=asked.money.fen,
        tender=asked.tender.value,
        batch=asked.batch_id,
        detail=freeze(asked),
    )
    _book(unit, asked, seq=stored.seq)
    acknowledge(station, unit, asked, stored)


def _book(unit: Unit, asked: AskedPayment, *, seq: int) -> None:
    unit.funds.receive(
        BatchPayment(
            payment_id=asked.payment_id,
            batch_id=asked.batch_id,
            tender=asked.tender,
            money=asked.money,
            reference=asked.reference,
            seq=seq,
            line=asked.line,
            payer=asked.payer,
        )
    )


def receive_again(station: Station, unit: Unit, asked: AskedPayment, *, seq: int) -> None:
    """Put a payment back that this station lost; what it paid for is told by the facts behind it.

    A batch whose list is not on file keeps its money under its id.
    """
    if not any(one.payment_id == asked.payment_id for one in unit.funds.unanswered()):
        unit.funds.note(replace(asked, state="asked"))
    unit.funds.note(replace(asked, state="taken", at=station.clock.now()))
    _book(unit, asked, seq=seq)
    stored = unit.journal.at(seq)
    if asked.ack_no and stored is not None:
        acknowledge(station, unit, asked, stored)


def fund_lines(station: Station, unit: Unit, batch_id: str) -> None:
    """Freeze the price of every line that can be paid now.

    A line that cannot be sold now (account stopped since, no price) is passed over: its money
    stays unallocated. So does all money of a closed batch: its cards are with their households;
    and of a list with typed rows until a second person counted them.
    """
    if unit.steps.stage(batch_id) is Stage.CLOSED:
        return
    if entry_state(station, unit, batch_of(unit, batch_id)).unchecked:
        return
    holdings = holdings_of(unit, batch_id)
    purses = reachable_purses(unit, batch_id, holdings)
    if not any(divide(purses, holdings).left.values()):
        return
    offers = dict(_offers(station, unit, batch_of(unit, batch_id)))
    asks = [Ask(place, offer.money) for place, (_, offer) in offers.items()]
    for funding in allocate(asks, purses, holdings):
        household, offer = offers[funding.line]
        unit.funds.fund(
            FundedLine(
                batch_id=batch_id,
                line=funding.line,
                payment_id=funding.payment_id,
                quote=offer,
                expected_counter=household.purchase_counter,
                at=station.clock.now(),
                drawn=funding.drawn,
            )
        )


def _offers(
    station: Station, unit: Unit, batch: Batch
) -> Iterator[tuple[int, tuple[Household, Quote]]]:
    """The lines that wait for money and can be sold, in the signed order, with their price."""
    book = price_book(station, unit)
    day = station.clock.now().date()
    funded = unit.funds.funded(batch.batch_id)
    places = _waiting(station, unit, batch, funded)
    wanted = {batch.lines[place - 1].account_no for place in places}
    homes = {one.account_no: one for one in unit.households.numbered(wanted, ())}
    for place in places:
        line = batch.lines[place - 1]
        household = homes.get(line.account_no)
        if household is None:
            continue
        try:
            terms = book.terms(household.tariff, day)
            if RELEASED in line.reasons:
                terms = replace(terms, plausible=None)
            yield place, (household, sell(household, terms, money=line.money))
        except Refusal:
            continue


def _waiting(
    station: Station, unit: Unit, batch: Batch, funded: dict[int, FundedLine]
) -> Sequence[int]:
    places = [
        place
        for place, line in enumerate(batch.lines, start=1)
        if place not in funded and is_for_sale(line)
    ]
    standing = quote_standing(unit, batch, station.clock.now())
    return signed_order(standing.fact.order if standing else (), places)


def release_in(
    station: Station, unit: Unit, batch_id: str, line: int, *, reason: str, approver: str = ""
) -> ReleasedLine | None:
    """Give the money of a funded line free within a unit of work; it pays for lines that wait.

    Whoever asks knows that no load of this line is begun or stands on its card. A line that holds
    nothing, or gave its money free before, is left as it is.
    """
    funded = unit.funds.funded(batch_id, line=line).get(line)
    if funded is None or line in unit.lump_sums.released(batch_id):
        return None
    return _release(
        station,
        unit,
        ReleasedLine(batch_id, line, reason, funded.quote.money, station.clock.now()),
        approver,
    )


def release_refunded(station: Station, unit: Unit, intent: TopUp, approver: str) -> None:
    """A load of a batch went back: its money is the payer's again, a kept balance is not."""
    if intent.tender is not Tender.BATCH or intent.origin:
        return
    funded = unit.funds.funded(intent.batch_id, line=intent.line).get(intent.line)
    if funded is None or intent.line in unit.lump_sums.released(intent.batch_id):
        return
    never_was = intent.direction is Direction.SALE
    money = funded.quote.money if never_was else funded.quote.total
    freed = ReleasedLine(intent.batch_id, intent.line, REFUNDED, money, station.clock.now())
    _release(station, unit, freed, approver)


def _release(station: Station, unit: Unit, released: ReleasedLine, approver: str) -> ReleasedLine:
    stored = append(
        station,
        unit,
        EntryKind.RELEASED,
        released.batch_id,
        fen=released.money.fen,
        batch=released.batch_id,
        approver=approver,
        detail=freeze(released),
    )
    unit.lump_sums.release(released, seq=stored.seq)
    if unit.batches.get(released.batch_id) is not None:
        fund_lines(station, unit, released.batch_id)
    return released


def _freed(released: ReleasedLine | None) -> Money:
    return NO_MONEY if released is None else released.money
