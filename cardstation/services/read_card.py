"""Says everything that is known about the card in the reader; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.admission import admit, compare_counter
from cardstation.domain.card import CardContent
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.order_lease import in_zone, oldest_first
from cardstation.domain.preflight import relief_warning
from cardstation.domain.tariff import Standing, Tier, tariff_on
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.intent.known import customer_of
from cardstation.services.intent.opened import OpenIntent, opened
from cardstation.services.intent.taken_back import as_told, ensure_not_behind
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the desk shows when a card lies in the reader.

    Attributes:
        rules: What the maker of the card allows, with what to know of its cards.
        household: None when the card names an account that is not on file.
        intent: The open intent of this card, None when there is none.
        warnings: Codes worth a look that stop nothing: the meter's flags, `arrears`,
            `relief_on_file`, `relief_ended`, `off_book_purchase`, `order_past_counter`,
            `gas_due_waits`.
        stop: The refusal that forbids a sale to this card, None = may be sold.
        tiers: The price steps as they hold for this household, empty for money meters.
        orders: Paid orders that may go onto this card as it stands now, the oldest first.
    """

    content: CardContent
    rules: MakerRules
    household: Household | None
    intent: OpenIntent | None
    warnings: tuple[str, ...]
    stop: Refusal | None
    tiers: tuple[Tier, ...]
    orders: tuple[Order, ...] = ()


def read_card(station: Station, card: Inserted) -> CardFacts:
    """Put together card, household file, open intent and warnings.

    Raises:
        Nothing of its own: what forbids a sale is in `stop`.
    """
    content = card.content
    with station.store.reading() as reading:
        pending = reading.topups.open_on(content.identity)
        household = reading.households.get(content.identity.account_no)
        tiers = _tiers(station, reading, household)
        waiting = reading.orders.waiting(content.identity.account_no)
        due = any(one.is_open for one in dues_of(reading, content.identity.account_no))
    warnings, stop = _looked_at(station, card)
    zone = station.clock.now().tzinfo
    orders, past = _of_this_card(card, tuple(in_zone(one, zone) for one in waiting))
    warnings = (*warnings, "order_past_counter") if past else warnings
    warnings = (*warnings, "gas_due_waits") if due else warnings
    return CardFacts(
        content=content,
        rules=card.rules,
        household=household,
        intent=None if pending is None else opened(station, pending),
        warnings=warnings,
        stop=stop,
        tiers=tiers,
        orders=orders,
    )


def _of_this_card(card: Inserted, waiting: tuple[Order, ...]) -> tuple[tuple[Order, ...], bool]:
    """The orders that expect the counter of this card, and whether it has gone past any."""
    content = card.content
    counters = [one.purchase_counter for one in (content.credit, content.returned) if one]
    if not waiting or not counters:
        return (), False
    if card.rules.school is CounterSchool.NONE:
        return tuple(sorted(waiting, key=oldest_first)), False
    fits = [order for order in waiting if order.expected_counter == max(counters)]
    past = any(order.expected_counter < max(counters) for order in waiting)
    return tuple(sorted(fits, key=oldest_first)), past


def _looked_at(station: Station, card: Inserted) -> tuple[tuple[str, ...], Refusal | None]:
    warnings = tuple(sorted(card.content.returned.flags)) if card.content.returned else ()
    try:
        household = customer_of(station, card)
        if household.arrears:
            warnings = (*warnings, "arrears")
        warnings = (*warnings, *relief_warning(household, station.clock.now().date()))
        admitted = admit(card.content, card.rules)
        if card.rules.nears_end(admitted.counter):
            warnings = (*warnings, "counter_near_end")
        if card.rules.nears_last_card(card.content.identity.generation):
            warnings = (*warnings, "reissues_near_end")
        known = as_told(station, card, household, admitted.counter).purchase_counter
        ensure_not_behind(station, card, admitted)
        return (*warnings, *compare_counter(admitted, card.rules, known, bound=False)), None
    except Refusal as stop:
        return warnings, stop


def _tiers(station: Station, reading: Reading, household: Household | None) -> tuple[Tier, ...]:
    if household is None or household.meter.kind is MeterKind.MONEY:
        return ()
    today = station.clock.now().date()
    standing = Standing(today.year, household.bought_in(today.year), household.persons)
    try:
        tariff = tariff_on(reading.tariffs.every(), household.tariff, today)
    except Refusal:
        return ()
    return tariff.tiers_for(standing)
