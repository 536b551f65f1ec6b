"""How long a household's gas lasts: what its meter wrote back, and what it uses on average.

Everything is reckoned in what the meter counts in (litres or fen), in whole seconds. What is not
known stays unknown: no reading, no rate or a reading too old to go by give no number of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from cardstation.domain.card import Quantity
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume

SHORTEST = timedelta(days=7)
"""Two readings nearer to each other say more about one evening than about a household."""
OLDEST = timedelta(days=92)
"""A reading further back says nothing about today: the season was another one."""
SHORTEST_YEAR = timedelta(days=30)
"""What was bought since New Year is an average from the end of January on."""

_DAY = 24 * 3600
_LONGEST = 3_660 * _DAY
"""What is said to last longer is said to last so long."""


class Ground(StrEnum):
    """What a forecast rests on, or why there is none."""

    READINGS = "readings"
    PURCHASES = "purchases"
    EMPTY = "empty"
    NOTHING = "nothing"
    STALE = "stale"
    ONE_READING = "one_reading"
    NO_USE = "no_use"


class Urgency(StrEnum):
    """Classes of days left, the most urgent first; all that leaves the utility."""

    OUT = "out"
    DAYS_3 = "days_3"
    DAYS_7 = "days_7"
    DAYS_14 = "days_14"
    LATER = "later"
    UNKNOWN = "unknown"


_CLASSES = ((0, Urgency.OUT), (3, Urgency.DAYS_3), (7, Urgency.DAYS_7), (14, Urgency.DAYS_14))


@dataclass(frozen=True, slots=True)
class MeterReading:
    """What a meter wrote on its card at one insertion.

    Attributes:
        residual: Left in the meter. total: Everything it ever credited, same unit; zero where its
            card has no room to say so.
        counter: The meter's own purchase counter: loads above it are still to be taken.
        at: When the meter wrote it, by the meter's clock.
    """

    account_no: str
    meter_no: str
    residual: Quantity
    total: Quantity
    counter: int
    at: datetime

    @property
    def kind(self) -> MeterKind:
        """What the meter counts in."""
        return MeterKind.MONEY if isinstance(self.residual, Money) else MeterKind.VOLUME

    @property
    def spent(self) -> int:
        """Everything that was ever used, in litres or fen."""
        return number_of(self.total) - number_of(self.residual)

    def newer_than(self, other: MeterReading) -> bool:
        """Written later than another reading of the same meter."""
        return (self.at, self.counter) > (other.at, other.counter)


@dataclass(frozen=True, slots=True)
class Bought:
    """What a household bought in a year up to now, in litres or fen as its meter counts."""

    number: int
    year: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long the gas lasts.

    Attributes:
        days: Whole days from now; None when nobody can know.
        left: In the meter by its last reading, and on the card; in litres or fen.
        out_at: When it is used up; None when nobody can know.
    """

    days: int | None
    ground: Ground
    left: int = 0
    read_at: datetime | None = None
    out_at: datetime | None = None

    @property
    def urgency(self) -> Urgency:
        """The class the days fall in."""
        if self.days is None:
            return Urgency.UNKNOWN
        return next((one for most, one in _CLASSES if self.days <= most), Urgency.LATER)


@dataclass(frozen=True, slots=True)
class _Use:
    """So much in so many seconds; both positive, or no use at all."""

    number: int
    seconds: int
    ground: Ground


def number_of(quantity: Quantity) -> int:
    """A quantity in litres or fen."""
    return quantity.fen if isinstance(quantity, Money) else quantity.litres


def quantity_of(number: int, kind: MeterKind) -> Quantity:
    """Litres or fen as what the meter counts in."""
    return Money(number) if kind is MeterKind.MONEY else Volume(number)


def forecast(
    readings: Sequence[MeterReading],
    now: datetime,
    *,
    bought: Bought | None = None,
    loaded: int = 0,
) -> Forecast:
    """How long a household's gas lasts.

    Args:
        readings: Of the household, oldest first; those of an earlier meter are left out.
        now: When it is asked.
        bought: For a household with one reading only.
        loaded: Loads the meter had not taken at its last reading, in litres or fen.

    Returns:
        Never fewer than no days; more gas never gives fewer days, a later moment never more.
    """
    if not readings:
        return Forecast(None, Ground.NOTHING)
    last = readings[-1]
    left = number_of(last.residual) + loaded
    if now - last.at > OLDEST:
        return Forecast(None, Ground.STALE, left, last.at)
    if left <= 0:
        return Forecast(0, Ground.EMPTY, left, last.at, last.at)
    use = _between(readings) or _bought(bought, last.at)
    if use is None:
        return Forecast(None, Ground.ONE_READING, left, last.at)
    if not use.number:
        return Forecast(None, Ground.NO_USE, left, last.at)
    since = max(0, int((now - last.at).total_seconds()))
    lasts = left * use.seconds // use.number
    out_at = last.at + timedelta(seconds=min(lasts, _LONGEST))
    return Forecast(max(0, lasts - since) // _DAY, use.ground, left, last.at, out_at)


def _between(readings: Sequence[MeterReading]) -> _Use | None:
    """Use between the last reading and the youngest one that lies far enough before it."""
    last = readings[-1]
    before = [
        one
        for one in readings
        if one.meter_no == last.meter_no and SHORTEST <= last.at - one.at <= OLDEST
    ]
    if not before or not before[-1].total or before[-1].spent > last.spent:
        return None
    seconds = int((last.at - before[-1].at).total_seconds())
    return _Use(last.spent - before[-1].spent, seconds, Ground.READINGS)


def _bought(bought: Bought | None, at: datetime) -> _Use | None:
    """What was bought this year, as if it had been used evenly until the reading."""
    if bought is None or bought.number <= 0:
        return None
    begins = datetime.combine(date(bought.year, 1, 1), time(), tzinfo=at.tzinfo)
    since = at - begins
    if since < SHORTEST_YEAR:
        return None
    return _Use(bought.number, int(since.total_seconds()), Ground.PURCHASES)
