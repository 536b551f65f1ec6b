"""How long the gas of a community's households lasts, and whose team looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.batch import Batch, Zone
from cardstation.domain.forecast import Bought, Forecast, forecast
from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.services.lists.judging import ZONES
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class Known:
    """A household whose meter was read here.

    Attributes:
        counter: The highest purchase counter that is in the forecast.
    """

    home: Household
    forecast: Forecast
    counter: int


def gas_left(
    reading: Reading, community: str, homes: Sequence[Household], now: datetime
) -> tuple[Known, ...]:
    """How long the gas of a community's households lasts; those never read here are left out."""
    read = reading.readings.of_community(community)
    last = {account_no: some[-1] for account_no, some in read.items()}
    untaken = reading.readings.untaken(community, last)
    found = []
    for home in homes:
        if home.account_no not in read:
            continue
        loads = untaken.get(home.account_no)
        told = forecast(
            read[home.account_no],
            now,
            bought=_bought(home, now),
            loaded=loads.number if loads else 0,
        )
        counter = loads.counter if loads else last[home.account_no].counter
        found.append(Known(home, told, counter))
    return tuple(found)


def newest_bag(reading: Reading, community: str) -> Batch | None:
    """The community's newest bag."""
    batches = map(reading.batches.get, reading.batches.ids())
    return next((one for one in batches if one and one.community == community), None)


def whose(bag: Batch | None, home: Household) -> tuple[str, Zone]:
    """Team and zone of the community's newest bag, or as the directory has them."""
    if bag is not None:
        return bag.team or home.team, bag.zone
    return home.team, ZONES.get(home.zone, Zone.OPEN)


def _bought(home: Household, now: datetime) -> Bought | None:
    """This year's purchases; of a money meter they are not on file in the unit it counts in."""
    if home.meter.kind is MeterKind.MONEY:
        return None
    return Bought(home.bought_in(now.year).litres, now.year)
