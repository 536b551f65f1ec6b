"""What households are due without money: on record, what is left of it, and what a load draws."""

from __future__ import annotations

from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import DueStanding, GasDue, amount_of, standing_of
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote, Standing, Tariff, tariff_on
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal, fail
from cardstation.services.intent.facts import append
from cardstation.services.intent.owing import ensure_answered
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze, thaw

_LITRE = Volume(1)


def record_due(station: Station, unit: Unit, due: GasDue, *, heard: bool = False) -> None:
    """Put a grant on record within a unit of work; whoever commits anchors the journal.

    Args:
        station: The desk.
        unit: Of the step.
        due: The grant.
        heard: The ledger has heard of all before it: what was left in a meter may be more than a
            desk grants unheard.

    Raises:
        Refusal: `free_gas_limit`: this desk has granted so much that the ledger has not heard of;
            `no_tariff`.
    """
    litres = _counted(station, unit, due)
    if not heard:
        ensure_free_gas(station, unit, litres)
    _append(station, unit, due, litres=litres.litres)


def record_withdrawn(station: Station, unit: Unit, due: GasDue) -> None:
    """Put on record that what was left of a due is not due any more; as `record_due`."""
    granted = unit.journal.last_about(due.due_id, EntryKind.GAS_DUE)
    entry_id = (granted or fail("a due has its fact")).entry.entry_id
    _append(station, unit, due, corrects=entry_id)


def _append(
    station: Station, unit: Unit, due: GasDue, *, litres: int = 0, corrects: str = ""
) -> None:
    money = isinstance(due.quantity, Money)
    household = unit.households.get(due.account_no) or fail("a due has its household")
    stored = append(
        station,
        unit,
        EntryKind.GAS_DUE,
        due.due_id,
        account_no=due.account_no,
        card_no=household.card_no,
        meter_no=due.meter_no,
        fen=amount_of(due.quantity) if money else 0,
        litres=litres,
        tender=due.cause.value,
        approver=due.approver,
        corrects=corrects,
        witness=PEOPLE + due.words,
        detail=freeze(due),
    )
    unit.gas_dues.add(due, seq=stored.seq, withdrawn=bool(corrects))


def due_again(unit: Unit, entry: Entry) -> None:
    """Put a grant or a withdrawal back that this station lost."""
    due = thaw(GasDue, entry.detail)
    unit.gas_dues.add(due, seq=entry.seq, withdrawn=bool(entry.corrects))


def standing(reading: Reading, due_id: str) -> DueStanding:
    """A due and what is left of it.

    Raises:
        Refusal: `unknown_gas_due`.
    """
    due = reading.gas_dues.get(due_id)
    if due is None:
        raise Refusal("unknown_gas_due", due_id=due_id)
    return _standing(reading, due)


def dues_of(reading: Reading, account_no: str = "") -> tuple[DueStanding, ...]:
    """Every due of an account, or of all, oldest first; those with nothing left, too."""
    return tuple(_standing(reading, due) for due in reading.gas_dues.granted(account_no))


def _standing(reading: Reading, due: GasDue) -> DueStanding:
    drawn = [one.quantity for one in reading.topups.drawn_from(due.due_id)]
    return standing_of(due, drawn, withdrawn=reading.gas_dues.is_withdrawn(due.due_id))


def ensure_due(reading: Reading, load: TopUp) -> None:
    """What a load draws is still due, asked in the commit that begins it.

    Raises:
        Refusal: `unknown_gas_due`, `gas_due_ended`.
    """
    found = standing(reading, load.order_id)
    if not found.is_open or amount_of(found.left) < amount_of(load.quantity):
        raise Refusal("gas_due_ended", due_id=load.order_id)


def ensure_debt_stands(reading: Reading, load: TopUp) -> None:
    """Emergency gas that was paid for meanwhile is not taken back: its money would be nowhere.

    Raises:
        Refusal: `emergency_gas_paid`; `payment_question`: it may be paid.
    """
    if load.tender is not Tender.EMERGENCY:
        return
    ensure_answered(reading, load.account_no)
    household = reading.households.get(load.account_no)
    if household is None or household.arrears < load.quote.total:
        raise Refusal("emergency_gas_paid", fen=load.quote.total.fen)


def ensure_repeats_nothing(station: Station, load: TopUp) -> None:
    """A load that repeats a counter is not taken back: the next sale could not use it again.

    Raises:
        Refusal: `gas_due_repeats`.
    """
    with station.store.reading() as reading:
        due = reading.gas_dues.get(load.order_id) if load.is_given else None
    if due is not None and due.repeats_counter is not None:
        raise Refusal("gas_due_repeats", counter=load.counter_after)


def quote_of_due(
    station: Station, reading: Reading, household: Household, cause: Tender, quantity: Quantity
) -> Quote:
    """A free load as a quote: gas without a price, or, owed as arrears, at the price of today.

    Raises:
        Refusal: `no_tariff`.
    """
    standing_now = _standing_of(station, household)
    if isinstance(quantity, Volume) and cause is Tender.EMERGENCY:
        return _tariff(station, reading, household).price(quantity, standing_now)
    worth = quantity if isinstance(quantity, Money) else NO_MONEY
    return Quote(
        tariff="",
        tier_year=standing_now.year,
        money=worth,
        total=worth,
        remainder=NO_MONEY,
        volume=quantity if isinstance(quantity, Volume) else None,
        lines=(),
        year_before=standing_now.bought,
    )


def worth_of(station: Station, reading: Reading, household: Household, volume: Volume) -> Money:
    """What a volume costs the household today.

    Raises:
        Refusal: `no_tariff`.
    """
    return (
        _tariff(station, reading, household).price(volume, _standing_of(station, household)).total
    )


def _counted(station: Station, reading: Reading, due: GasDue) -> Volume:
    """What a due counts as gas: of money, what it buys its household today."""
    if isinstance(due.quantity, Volume):
        return due.quantity
    household = reading.households.get(due.account_no) or fail("a due has its household")
    now = _standing_of(station, household)
    return _tariff(station, reading, household).buy(due.quantity, _LITRE, now).volume or NO_GAS


def ensure_free_gas(station: Station, reading: Reading, more: Volume) -> None:
    """So much more may be given without money before the ledger has heard of it.

    Raises:
        Refusal: `free_gas_limit`.
    """
    limit = station.free_gas
    heard, _ = reading.outbox.acked()
    unheard = Volume(reading.journal.granted_since(heard) if station.ledger is not None else 0)
    if unheard + more > limit:
        left = max(NO_GAS, limit - unheard)
        raise Refusal("free_gas_limit", limit_litres=limit.litres, left_litres=left.litres)


def _standing_of(station: Station, household: Household) -> Standing:
    year = station.clock.now().year
    return Standing(year, household.bought_in(year), household.persons)


def _tariff(station: Station, reading: Reading, household: Household) -> Tariff:
    day = station.clock.now().date()
    return tariff_on(reading.tariffs.every(), household.tariff, day)
