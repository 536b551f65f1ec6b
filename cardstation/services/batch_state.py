"""Says how far a batch has come: what became of each line, and where its money is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.batch import (
    Batch,
    LineKind,
    LineOutcome,
    LineState,
    ManifestLine,
    Verdict,
)
from cardstation.domain.batch_life import Stage
from cardstation.domain.card_rows import each_card_once
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.quotation import QuoteStanding
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TAKEN_OFF, TopUpState
from cardstation.services.intent.funding import batch_of, is_for_sale
from cardstation.services.intent.lost_list import known_batch
from cardstation.services.intent.opened import code_of
from cardstation.services.intent.quoting import quote_standing
from cardstation.services.intent.stops import NOT_OF_THE_CARD
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.funds import BatchStop, FundedLine, total
from cardstation.store.lump_sums import ReleasedLine, sum_back


@dataclass(frozen=True, slots=True)
class BatchMoney:
    """The money of a batch.

    Attributes:
        expected: Price of all lines that are certain and need money.
        received: Lump sums taken so far.
        funded: Price of the lines they paid for.
        loaded: Money of what stands on cards: gas and what went to the household's balance, also
            of a load that was taken off its card again.
        to_balance: Part of `loaded` that went to balances. kept: Part of that, of loads that were
            taken off their cards again. orders: Part that was paid online.
        remainder: Received, held by no line, and not given back.
        given_back: What went back to the payers. arrears: What paid for arrears.
    """

    expected: Money
    received: Money
    funded: Money
    loaded: Money
    to_balance: Money
    orders: Money
    remainder: Money
    given_back: Money = NO_MONEY
    arrears: Money = NO_MONEY
    kept: Money = NO_MONEY


@dataclass(frozen=True, slots=True)
class BatchState:
    """A batch, what became of each of its lines (in list order), its money and its stray cards.

    Attributes:
        strays: Cards that were stopped and stand on no line.
        stage: How far it came, its bag included.
        quote: The newest one, None when there was none.
        released: Places of the lines that gave their money free.
    """

    batch: Batch
    outcomes: tuple[LineOutcome, ...]
    money: BatchMoney
    strays: tuple[BatchStop, ...]
    stage: Stage = Stage.LISTED
    quote: QuoteStanding | None = None
    released: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything on file about the lines of one batch, by place.

    Attributes:
        back: Loads that were taken off their cards again.
        taking_off: Load → why nobody knows whether it is off its card: that was begun.
        released: Lines that gave their money free.
    """

    loads: dict[int, TopUp]
    funded: dict[int, FundedLine]
    stops: dict[int, BatchStop]
    receipts: dict[str, str]
    back: frozenset[str]
    taking_off: dict[str, str]
    released: dict[int, ReleasedLine]


def batch_state(station: Station, batch_id: str) -> BatchState:
    """Look at a batch.

    Raises:
        Refusal: `unknown_batch`.
    """
    with station.store.reading() as reading:
        return quoted_in(station, reading, batch_id)


def quoted_in(station: Station, reading: Reading, batch_id: str) -> BatchState:
    """As `batch_state`, within a unit of work."""
    state = batch_in(reading, batch_id)
    return replace(state, quote=quote_standing(reading, state.batch, station.clock.now()))


def batch_in(reading: Reading, batch_id: str) -> BatchState:
    """As `batch_state`, within a unit of work; without the quote."""
    batch = known_batch(reading, batch_id)
    known = _known(reading, batch_id)
    received = total(reading.funds.payments(batch_id))
    given_back = sum_back(reading.lump_sums.given_back(batch_id))
    arrears = sum((one.money for one in reading.arrears.of_batch(batch_id)), NO_MONEY)
    stops = reading.funds.stops(batch_id)
    outcomes = _each(batch, known)
    return BatchState(
        batch=batch,
        outcomes=outcomes,
        money=_money(batch, known, received, given_back, arrears),
        strays=tuple(stop for stop in stops if stop.line == 0),
        stage=reading.steps.stage(batch_id),
        released=frozenset(known.released),
    )


def outcomes_of(reading: Reading, batch_id: str) -> tuple[LineOutcome, ...]:
    """What became of each line of a batch, in list order, within a unit of work."""
    return _each(batch_of(reading, batch_id), _known(reading, batch_id))


def _each(batch: Batch, known: _Known) -> tuple[LineOutcome, ...]:
    lines = enumerate(batch.lines, start=1)
    return each_card_once(tuple(_outcome(place, line, known) for place, line in lines))


def money_open(state: BatchState) -> Money:
    """Money of the batch that is neither on a card nor given back."""
    money = state.money
    return money.remainder + money.funded - (money.loaded - money.orders)


def outcome_of(station: Station, batch_id: str, place: int) -> LineOutcome:
    """One line of a batch; `place` counts from 1."""
    with station.store.reading() as reading:
        line = batch_of(reading, batch_id).lines[place - 1]
        return _outcome(place, line, _known(reading, batch_id, place))


def _known(reading: Reading, batch_id: str, line: int = 0) -> _Known:
    every = reading.topups.of_batch(batch_id, line=line)
    returns = reading.topups.returns_of(*(load.topup_id for load in every))
    live = [load for load in every if load.state not in (TopUpState.VOIDED, TopUpState.REFUNDED)]
    return _Known(
        loads={load.line: load for load in live},
        funded=reading.funds.funded(batch_id, line=line),
        stops={
            stop.line: stop
            for stop in reading.funds.stops(batch_id, line=line)
            if stop.code not in NOT_OF_THE_CARD
        },
        receipts=reading.receipts.numbers_of([load.topup_id for load in every]),
        back=frozenset(one.corrects for one in returns if one.state in TAKEN_OFF),
        taking_off={
            one.corrects: code_of(one.state)
            for one in returns
            if one.state not in (*TAKEN_OFF, TopUpState.VOIDED)
        },
        released=reading.lump_sums.released(batch_id),
    )


def _outcome(place: int, line: ManifestLine, known: _Known) -> LineOutcome:
    load, funded = known.loads.get(place), known.funded.get(place)
    volume = funded.quote.volume if funded else line.volume
    receipt_no = ""
    if load is not None and load.topup_id in known.back:
        state, reason = LineState.STOPPED, "load_returned"
    elif load is not None and load.topup_id in known.taking_off:
        state, reason = LineState.UNKNOWN, known.taking_off[load.topup_id]
        volume, receipt_no = load.quote.volume, known.receipts.get(load.topup_id, "")
    elif load is not None and load.state is TopUpState.SEALED:
        state, reason, volume = LineState.DONE, "", load.quote.volume
        receipt_no = known.receipts.get(load.topup_id, "")
    elif load is not None:
        state, reason, volume = LineState.UNKNOWN, code_of(load.state), load.quote.volume
    elif place in known.released:
        state, reason = LineState.STOPPED, f"released_{known.released[place].reason}"
    elif line.withdrawn:
        state, reason = LineState.WITHDRAWN, line.withdrawn
    elif line.verdict is not Verdict.READY:
        state, reason = LineState.STOPPED, line.reasons[0] if line.reasons else "line_needs_human"
    elif place in known.stops:
        state, reason = LineState.STOPPED, known.stops[place].code
    elif line.kind is LineKind.SALE and funded is None:
        state, reason = LineState.UNFUNDED, "line_unfunded"
    else:
        state, reason = LineState.WAITING, ""
    return LineOutcome(line, state, reason, volume, receipt_no)


def _money(
    batch: Batch, known: _Known, received: Money, given_back: Money, arrears: Money
) -> BatchMoney:
    sealed = [
        load
        for load in known.loads.values()
        if load.state is TopUpState.SEALED and load.topup_id not in known.back
    ]
    freed = sum((one.money for one in known.released.values()), NO_MONEY)
    given = [known.funded[place].quote.money for place in known.released if place in known.funded]
    kept = sum(given, NO_MONEY) - freed
    funded = sum((one.quote.money for one in known.funded.values()), NO_MONEY) - freed
    return BatchMoney(
        expected=sum(
            (line.money or NO_MONEY for line in batch.lines if is_for_sale(line)), NO_MONEY
        ),
        received=received,
        funded=funded,
        loaded=sum((load.quote.money for load in sealed), kept),
        to_balance=sum((load.quote.remainder for load in sealed), kept),
        orders=sum((one.quote.money for one in sealed if one.order_id), NO_MONEY),
        remainder=received - funded - given_back - arrears,
        given_back=given_back,
        arrears=arrears,
        kept=kept,
    )
