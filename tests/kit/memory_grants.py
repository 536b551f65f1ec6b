"""Offline grants of the ledger in memory: what is allowed, and what each station was given last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cardstation.central.heads import Head
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import (
    Grant,
    GrantTold,
    Terms,
    given,
    is_running,
    key_of,
)
from cardstation.ports.ledger import SignedGrant


@dataclass
class MemoryGrants:
    """As the table `offline_grants` of the real one.

    Attributes:
        terms: Of a station. team: Of a station. ceilings: Of a team.
        list_no: Number of the newest list of blocked cards.
    """

    terms: dict[str, Terms] = field(default_factory=dict)
    team: dict[str, str] = field(default_factory=dict)
    ceilings: dict[str, Money] = field(default_factory=dict)
    last: dict[str, Grant] = field(default_factory=dict)
    list_no: int = 0

    def allow(self, station: str, terms: Terms, team: str = "") -> None:
        self.terms[station] = terms
        self.team[station] = team

    def told(self, head: Head, key: bytes, now: datetime) -> SignedGrant | None:
        """As `central.grants.grant_for`."""
        if head.station not in self.terms or head.status != "active":
            return None
        now_us = int(now.timestamp() * 1_000_000)
        self.last[head.station] = given(
            self.last.get(head.station),
            self.terms[head.station].within(self._room(head.station, now_us)),
            station=head.station,
            epoch=head.epoch,
            key=key_of(key),
            list_no=self.list_no,
            now_us=now_us,
        )
        return SignedGrant(GrantTold(self.last[head.station], now_us, ""))

    def _room(self, station: str, now_us: int) -> Money:
        team = self.team[station]
        if team not in self.ceilings:
            return self.terms[station].money
        others = [self.last.get(one) for one in self.team if one != station]
        same = [one for one in others if one and self.team[one.station] == team]
        taken = sum(one.terms.money.fen for one in same if is_running(one, now_us))
        return max(NO_MONEY, self.ceilings[team] - Money(taken))
