"""Closing an account (销户): what its meter still holds is paid back at what it was bought for.

A meter uses up the oldest gas first, so what is left in it is of the newest loads, and of each load
what was bought last. Gas given in place of gas that was bought (补气, 换表结转) has no price of its
own: what it stands for was bought before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cardstation.domain.account_change import AccountChange
from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import amount_of
from cardstation.domain.money import NO_MONEY, Money, round_half_up
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume

_COST_PER_FEN = 100_000


@dataclass(frozen=True, slots=True)
class FinalReading:
    """What a fitter read off the meter when it was shut off.

    Attributes:
        residual: Gas, or money, that the meter still holds.
        fitter: Who read it. document: Number of the paper, or of the photo.
    """

    residual: Quantity
    fitter: str
    document: str


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase that gas in the meter may be of.

    Attributes:
        receipt_no: Empty where this desk issued none.
    """

    quote: Quote
    on: date
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A part of what the meter holds, and what was paid for it.

    Attributes:
        volume: None on a money meter.
        price_e4: Price in 0.0001 yuan per m³, 0 on a money meter.
    """

    receipt_no: str
    bought_on: date
    volume: Volume | None
    price_e4: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a household gets back, line by line.

    Attributes:
        uncovered: What the meter holds beyond all purchases on record here; it is not paid.
    """

    lines: tuple[RefundLine, ...]
    uncovered: Quantity
    balance: Money

    @property
    def gas(self) -> Money:
        """For what the meter holds."""
        return sum((line.amount for line in self.lines), NO_MONEY)

    @property
    def total(self) -> Money:
        """What is handed over."""
        return self.gas + self.balance

    @property
    def volume(self) -> Volume:
        """The gas that is paid back; none of a money meter."""
        return Volume(sum(line.volume.litres for line in self.lines if line.volume is not None))


@dataclass(frozen=True, slots=True)
class Closing:
    """An account as it was closed: the change, the meter's last reading, the money.

    Attributes:
        card_lost: What was said of a card that is gone; empty = it was handed in.
        tender: How the money was paid out. reference: Of a transfer, its number.
        name, address: Whose account it was, as on the paper.
    """

    change: AccountChange
    name: str
    address: str
    card_no: str
    meter_no: str
    reading: FinalReading
    settlement: Settlement
    card_lost: str
    tender: Tender
    reference: str

    @property
    def at(self) -> datetime:
        """When."""
        return self.change.at


@dataclass(frozen=True, slots=True)
class ClosingSlip:
    """The paper of a closing (销户结算单).

    Attributes:
        check_code: Eight characters over the entry's hash.
    """

    company: str
    station: str
    clerk: str
    closing: Closing
    entry_id: str
    check_code: str
    training: bool


def settled(residual: Quantity, bought: Iterable[Bought], balance: Money) -> Settlement:
    """What goes back for what a meter holds.

    Args:
        residual: By the final reading.
        bought: The household's purchases, the newest first.
        balance: Kept for it.
    """
    left, lines = amount_of(residual), []
    for one in bought:
        for part in _parts(one, isinstance(residual, Volume)):
            taken = min(left, part.quantity)
            if taken:
                lines.append(part.line(one, taken))
            left -= taken
    return Settlement(tuple(lines), type(residual)(left), balance)


@dataclass(frozen=True, slots=True)
class _Part:
    """Of one purchase, what has one price: litres, or fen on a money meter."""

    quantity: int
    price_e4: int
    amount: Money

    def line(self, bought: Bought, taken: int) -> RefundLine:
        """So much of it; all of it costs what was paid for it."""
        fen = round_half_up(self.amount.fen * taken, self.quantity)
        volume = Volume(taken) if self.price_e4 else None
        return RefundLine(bought.receipt_no, bought.on, volume, self.price_e4, Money(fen))


def _parts(bought: Bought, by_volume: bool) -> Iterator[_Part]:
    """What was bought last comes first."""
    quote = bought.quote
    if not by_volume:
        yield _Part(quote.total.fen, 0, quote.total)
    elif quote.lines:
        for line in reversed(quote.lines):
            yield _Part(line.volume.litres, line.price_e4, line.amount)
    elif quote.bought:
        litres = quote.bought.litres
        price_e4 = round_half_up(quote.total.fen * _COST_PER_FEN, litres)
        yield _Part(litres, price_e4, quote.total)
