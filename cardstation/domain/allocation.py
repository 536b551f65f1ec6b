"""Whose money pays for which line: the one place where lump sums and envelopes are divided.

The rules, as they are printed on the quote:

* A line is paid whole or not at all, in the order of the signed quote.
* Money in a line's envelope pays for that line only, and such a line takes nothing else: it is paid
  when its envelope holds enough, or waits, also where debts used the envelope up. Only one that
  went back to its payer is none. It keeps no other line waiting.
* Any other line is paid whole from the lump sums. These stop at the first line they do not reach:
  no later line is served before it.
* Of several sums the oldest is used first. What a line drew of which sum is written down as it is
  paid: what it gives free goes back to whom it came from, and what is left to the payer of the sum.
* Of a line of which nobody wrote it down (older records, or such as were lost), what a payer may
  have in hand already is drawn last: else a later sum would pay it out once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
    """Money that is bound to a line, and the payment that bound it.

    Attributes:
        drawn: By payment, what the line drew as it was paid, in that order; empty where nobody
            wrote it down. What it gave free since is the last of it.
    """

    line: int
    money: Money
    payment_id: str
    drawn: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A line that waits for its money."""

    line: int
    money: Money


@dataclass(frozen=True, slots=True)
class Funding:
    """A line to be paid now, the payment that completes it, and what it draws of which."""

    line: int
    payment_id: str
    drawn: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class Division:
    """What is left of each payment once every line holds its money.

    Attributes:
        left: By payment.
        short: What lines hold beyond all that was received for them: nothing, in sound books.
        drawn: By line, what it holds of which payment.
    """

    left: dict[str, Money]
    short: Money
    drawn: dict[int, dict[str, Money]]


def divide(purses: Sequence[Purse], holdings: Sequence[Holding]) -> Division:
    """Draw what every line holds: as written down, else from what it may, the oldest first."""
    left = {purse.payment_id: purse.money for purse in purses}
    stands = {purse.payment_id: purse.line for purse in purses}
    due = {held.line: held.money for held in holdings}
    drawn: dict[int, dict[str, Money]] = {held.line: {} for held in holdings}
    sums: dict[int, list[Purse]] = {}
    for purse in purses:
        sums.setdefault(purse.line, []).append(purse)

    def draw(line: int, payment_id: str, most: Money) -> None:
        taken = min(due[line], most, left.get(payment_id, NO_MONEY))
        if taken > NO_MONEY:
            left[payment_id] -= taken
            due[line] -= taken
            drawn[line][payment_id] = drawn[line].get(payment_id, NO_MONEY) + taken

    for held in holdings:
        for payment_id, money in held.drawn.items():
            draw(held.line, payment_id, money)
    for kept_back in (True, False):
        for held in holdings:
            for one in sums.get(stands.get(held.payment_id, 0), ()):
                free = left[one.payment_id] - (one.reserved if kept_back else NO_MONEY)
                draw(held.line, one.payment_id, free)
    return Division(left, sum(due.values(), NO_MONEY), drawn)


def allocate(
    asks: Sequence[Ask], purses: Sequence[Purse], holdings: Sequence[Holding]
) -> tuple[Funding, ...]:
    """Which of the waiting lines are paid now, and out of what.

    Args:
        asks: In the signed order; each can be sold now.
        purses: Everything received, the oldest first.
        holdings: What lines hold already.
    """
    left = divide(purses, holdings).left
    lumps = [purse.payment_id for purse in purses if not purse.line]
    funded: list[Funding] = []
    reaches = bool(lumps)
    for ask in asks:
        own = [purse for purse in purses if purse.line == ask.line]
        if any(purse.money + purse.debts > NO_MONEY for purse in own):
            sums = [purse.payment_id for purse in own]
        elif reaches:
            sums = lumps
            reaches = ask.money <= _together(left, sums)
        else:
            continue
        if ask.money <= _together(left, sums):
            funded.append(Funding(ask.line, sums[-1], taken_from(left, sums, ask.money)))
    return tuple(funded)


def _together(left: Mapping[str, Money], sums: Iterable[str]) -> Money:
    return sum((left[payment_id] for payment_id in sums), NO_MONEY)


def taken_from(left: dict[str, Money], sums: Iterable[str], money: Money) -> dict[str, Money]:
    """Take money out of what is left of these sums, the oldest first; by sum."""
    drawn: dict[str, Money] = {}
    for payment_id in sums:
        taken = min(money, left[payment_id])
        if taken > NO_MONEY:
            left[payment_id] -= taken
            money -= taken
            drawn[payment_id] = taken
    return drawn
