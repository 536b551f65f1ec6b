"""What is known of a card that is lost, and what the one in its place carries.

The new card is a copy of what the last live load left, or carries no gas where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.card import CardContent, CardIdentity, CardType, Credit, Quantity
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry
from cardstation.domain.meter import MakerRules, Reissue
from cardstation.domain.money import Money
from cardstation.domain.new_card import new_content
from cardstation.domain.topup import mark_of
from cardstation.domain.volume import Volume
from cardstation.errors import fail
from cardstation.services.intent.last_load import LastLoad, carried
from cardstation.services.intent.prices import tiers_for
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class MeterRead:
    """What a fitter read off the meter.

    Attributes:
        document: Number of the report or the photo.
        purchases: How many loads the meter has taken, by its display; None: it shows none, and
            the fitter says that it has not taken the last one.
    """

    document: str
    purchases: int | None = None


@dataclass(frozen=True, slots=True)
class LostCard:
    """What is known of a card that is lost, and of what was loaded last for its meter.

    Attributes:
        household: With the generation of the card that is lost.
        meter: What a fitter read, None where nobody did.
        opens: The card that is lost was written for a new meter, and has not opened it: only an
            opening card does.
    """

    household: Household
    rules: MakerRules
    told: tuple[Entry, ...]
    last: LastLoad | None
    meter: MeterRead | None
    opens: bool = False


def identity_of(household: Household, rules: MakerRules) -> CardIdentity:
    """Of the card that is lost."""
    return CardIdentity(
        rules.code,
        CardType.REISSUE,
        household.card_no,
        household.account_no,
        household.meter.meter_no,
        household.generation,
    )


def repeats(found: LostCard) -> bool:
    """Whether the new card carries the last load once more: what its maker's table allows."""
    last, meter = found.last, found.meter
    if last is None or last.back is not None:
        return False
    if found.rules.reissue is Reissue.READ:
        return meter is not None
    if meter is not None and meter.purchases is not None:
        return meter.purchases < last.seal.counter_after
    return found.household.purchase_counter <= last.seal.counter_after


def content_in_place(station: Station, found: LostCard, work_id: str) -> CardContent:
    """What the new card carries: limits, prices and total of the last load, or of the file."""
    household, rules, last = found.household, found.rules, found.last
    before = carried(station, found.told, last.seal) if last else None
    opens = {"card_type": CardType.OPENING} if found.opens else {}
    new = new_content(
        replace(identity_of(household, rules), generation=household.generation + 1, **opens),
        rules,
        household.meter.kind,
        tiers=tiers_for(station, household) if before is None else (),
        at=station.clock.now(),
        station_no=station.number,
        mark=mark_of(work_id),
    )
    had = before.credit if before else None
    if before is not None:
        new = replace(new, limits=before.limits, price=before.price)
    if repeats(found):
        credit = had or fail("a load that was sealed has a credit")
    else:
        credit = _empty(new.credit or fail("a new card has a credit"), found, had)
    total = _less(credit.cumulative, credit.quantity)
    answer = replace(new.returned or fail("a new card has an answer"), cumulative=total)
    return replace(new, credit=replace(credit, sequence=0), returned=answer)


def _empty(new: Credit, found: LostCard, had: Credit | None) -> Credit:
    """No gas, and the counter that stands: what was read, what is on file, or what was taken."""
    last, meter, counter = found.last, found.meter, found.household.purchase_counter
    if meter is not None and meter.purchases is not None:
        counter = meter.purchases
    elif last is not None and last.back is not None:
        freed = (last.back.counter_before, last.back.counter_after)
        counter = freed[1] if counter == freed[0] else max(counter, freed[1])
    total = new.cumulative
    if had is not None:
        gone = last is not None and last.back is not None
        total = _less(had.cumulative, had.quantity) if gone else had.cumulative
    return replace(new, purchase_counter=counter, cumulative=total)


def _less(total: Quantity, load: Quantity) -> Quantity:
    if isinstance(total, Money):
        return Money(total.fen - (load.fen if isinstance(load, Money) else 0))
    return Volume(total.litres - (load.litres if isinstance(load, Volume) else 0))
