"""Whose money pays for which line: the one place where lump sums and envelopes are divided.

The rules, as they are printed on the quote:

* A line is paid whole or not at all, in the order of the signed quote.
* Money in a line's envelope pays for that line only, and such a line takes nothing else: it is paid
  when its envelope holds enough, or waits, also where debts used the envelope up. Only one that
  went back to its payer is none. It keeps no other line waiting.
* Any other line is paid whole from the lump sums. These stop at the first line they do not reach:
  no later line is served before it.
* Of several sums the oldest is used first; what is left goes back to the payer of the sum. What its
  payer may have in hand already is used last: else a later sum would pay it out once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cardstation.domain.money import NO_MONEY, Money


@dataclass(frozen=True, slots=True)
class Purse:
    """One sum of money received, oldest first where several stand together.

    Attributes:
        money: What it brought, less what went back to its payer.
        line: Place of the line in whose envelope it lay, 0 = a lump sum for all.
        debts: What of it went to debts: money came for the line, though it is no longer here.
        reserved: What of it its payer may have already, though nothing says so yet.
    """

    payment_id: str
    money: Money
    line: int = 0
    debts: Money = NO_MONEY
    reserved: Money = NO_MONEY


@dataclass(frozen=True, slots=True)
class Holding:
    """Money that is bound to a line, and the payment that bound it."""

    line: int
    money: Money
    payment_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A line that waits for its money."""

    line: int
    money: Money


@dataclass(frozen=True, slots=True)
class Funding:
    """A line to be paid now, and the payment that completes it."""

    line: int
    payment_id: str


@dataclass(frozen=True, slots=True)
class Division:
    """What is left of each payment once every line holds its money.

    Attributes:
        left: By payment.
        short: What lines hold beyond all that was received for them: nothing, in sound books.
    """

    left: dict[str, Money]
    short: Money


def divide(purses: Sequence[Purse], holdings: Sequence[Holding]) -> Division:
    """Draw what every line holds from the sums it may draw from, the oldest first."""
    left = {purse.payment_id: purse.money for purse in purses}
    enveloped = {purse.payment_id for purse in purses if purse.line}
    due: dict[int, Money] = {}
    for held in holdings:
        source = held.line if held.payment_id in enveloped else 0
        due[source] = due.get(source, NO_MONEY) + held.money
    for kept_back in (True, False):
        for purse in purses:
            free = left[purse.payment_id] - (purse.reserved if kept_back else NO_MONEY)
            taken = max(NO_MONEY, min(due.get(purse.line, NO_MONEY), free))
            left[purse.payment_id] -= taken
            due[purse.line] = due.get(purse.line, NO_MONEY) - taken
    return Division(left, sum(due.values(), NO_MONEY))


def allocate(
    asks: Sequence[Ask], purses: Sequence[Purse], holdings: Sequence[Holding]
) -> tuple[Funding, ...]:
    """Which of the waiting lines are paid now.

    Args:
        asks: In the signed order; each can be sold now.
        purses: Everything received, the oldest first.
        holdings: What lines hold already.
    """
    left = divide(purses, holdings).left
    lumps = [purse for purse in purses if not purse.line]
    lump = sum((left[purse.payment_id] for purse in lumps), NO_MONEY)
    funded: list[Funding] = []
    reaches = bool(lumps)
    for ask in asks:
        own = [purse for purse in purses if purse.line == ask.line]
        if any(purse.money + purse.debts > NO_MONEY for purse in own):
            if sum((left[purse.payment_id] for purse in own), NO_MONEY) >= ask.money:
                funded.append(Funding(ask.line, own[-1].payment_id))
        elif reaches and ask.money <= lump:
            funded.append(Funding(ask.line, lumps[-1].payment_id))
            lump -= ask.money
        else:
            reaches = False
    return tuple(funded)
