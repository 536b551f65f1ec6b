"""What the centre keeps of a station's offline grants: one asker has money, any other waits.

Pure. A station asks as one start of one machine with one key in one epoch. What was told to another
one may still be in use there, so as long as that runs nothing is given beside it; what was told to
the same one may not have arrived, so the older grant counts until the station names the newer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import (
    GRACE_US,
    RENEWED_AFTER_US,
    US_AN_HOUR,
    Grant,
    Terms,
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a grant.

    Attributes:
        key: Of its device, as `key_of`.
        boot: Names the start of its machine; empty = it does not say.
        has: Number of the grant it took last, 0 = none. It never gets smaller, so that an old
            question, asked again by somebody else, says nothing that is not so.
    """

    station: str
    epoch: int
    key: str
    boot: str = ""
    has: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a station may be given now.

    Attributes:
        terms: With no more money than its team has room for.
        team: Whose room that is, empty = no team's.
        list_no: Number of the newest list of blocked cards, 0 = there is none.
        list_hash: Of that list, hex.
    """

    terms: Terms
    team: str
    list_no: int
    list_hash: str


@dataclass(frozen=True, slots=True)
class Before:
    """What older grants may still have out at an asker that has not named the newer one."""

    money: Money
    until_us: int
    team: str

    def is_running(self, now_us: int) -> bool:
        """Whether it may still be in use."""
        return now_us < self.until_us + GRACE_US

    def is_within(self, other: Before) -> bool:
        """Whether another one of the same team says as much, and as long."""
        less = self.money <= other.money and self.until_us <= other.until_us
        return less and self.team == other.team


@dataclass(frozen=True, slots=True)
class Given:
    """The grant a station was given last.

    Attributes:
        boot: Of the asker. team: Whose room it took, empty = no team's.
        before: None once the asker named this grant, or where this one says as much and longer.
    """

    grant: Grant
    boot: str
    team: str
    before: Before | None = None

    def is_of(self, asker: Asker) -> bool:
        """Whether it was this very asker's."""
        grant = self.grant
        ours = (grant.station, grant.epoch, grant.key, self.boot)
        return ours == (asker.station, asker.epoch, asker.key, asker.boot)

    def out(self, now_us: int) -> Money:
        """What the station may still load under this grant, or under the older one instead."""
        return max((one.money for one in self.running(now_us)), default=NO_MONEY)

    def counts_for(self, team: str) -> bool:
        """Whether a team's room is taken by it."""
        return team in (self.team, self.before.team if self.before else self.team)

    def running(self, now_us: int) -> list[Before]:
        """What is not over, the older first."""
        last = Before(self.grant.terms.money, self.grant.until_us, self.team)
        found = (self.before, last) if self.before else (last,)
        return [one for one in found if one.is_running(now_us)]


def answer(last: Given | None, asker: Asker, offer: Offer, now_us: int) -> tuple[Grant, Given]:
    """The grant an asker is told now, and what is kept of it.

    Args:
        last: What the station was given last, whoever asked.
        asker: Who asks.
        offer: What it may be given.
        now_us: The centre's clock, microseconds since 1970.
    """
    if last is None:
        made = _made(asker, offer, now_us, after=0)
        return made, Given(made, asker.boot, offer.team)
    if not last.is_of(asker):
        if last.out(now_us):
            return _nothing(last.grant, asker), last
        made = _made(asker, offer, now_us, after=last.grant.number)
        return made, Given(made, asker.boot, offer.team)
    kept = replace(last, before=None) if asker.has >= last.grant.number else last
    made = _made(asker, offer, now_us, after=last.grant.number)
    if _says_the_same(last, made, offer.team) or _of_two_teams(kept, now_us):
        return last.grant, kept
    return made, Given(made, asker.boot, offer.team, _older(kept, made, offer.team, now_us))


def _made(asker: Asker, offer: Offer, now_us: int, *, after: int) -> Grant:
    """The next grant.

    Its number is the moment it was given, or one more than the last, or than what the station has:
    a ledger that was put back from a backup gives out none again.
    """
    return Grant(
        station=asker.station,
        epoch=asker.epoch,
        key=asker.key,
        number=max(now_us, after + 1, asker.has + 1),
        terms=offer.terms,
        list_no=offer.list_no,
        list_hash=offer.list_hash,
        until_us=now_us + offer.terms.hours * US_AN_HOUR,
    )


def _nothing(last: Grant, asker: Asker) -> Grant:
    """A grant of no money while another asker's runs; the same as long as that one is the same."""
    number = last.number + 1
    return replace(
        last,
        epoch=asker.epoch,
        key=asker.key,
        number=number if asker.has <= number else asker.has + 1,
        terms=last.terms.within(NO_MONEY),
        until_us=last.until_us + GRACE_US,
    )


def _says_the_same(last: Given, made: Grant, team: str) -> bool:
    """A young grant is said again; one that says something else, or is older, is replaced."""
    grant = last.grant
    same = replace(made, number=grant.number, until_us=grant.until_us) == grant
    young = 0 <= made.until_us - grant.until_us < RENEWED_AFTER_US
    return same and young and last.team == team


def _of_two_teams(last: Given, now_us: int) -> bool:
    """Grants of two teams may be in use: no third is given before the station named the last."""
    return len({one.team for one in last.running(now_us)}) > 1


def _older(last: Given, made: Grant, team: str, now_us: int) -> Before | None:
    """What counts until the new grant is named: all that it does not bound as well."""
    bound = Before(made.terms.money, made.until_us, team)
    older = [one for one in last.running(now_us) if not one.is_within(bound)]
    if not older:
        return None
    money, until_us = max(one.money for one in older), max(one.until_us for one in older)
    return Before(money, until_us, older[-1].team)
