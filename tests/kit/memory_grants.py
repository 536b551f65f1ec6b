"""Offline grants of the ledger in memory: what is allowed, and what each station was given last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from cardstation.central.granting import asker_of
from cardstation.central.heads import Head
from cardstation.domain.granted import Given, Offer, answer
from cardstation.domain.ledger import GENESIS
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import GrantTold, Terms
from cardstation.ports.ledger import SignedGrant


@dataclass
class MemoryGrants:
    """As the table `offline_grants` of the real one.

    Attributes:
        terms: Of a station. team: Of a station. ceilings: Of a team.
        listed: Number and hash of the newest list of blocked cards.
    """

    terms: dict[str, Terms] = field(default_factory=dict)
    team: dict[str, str] = field(default_factory=dict)
    ceilings: dict[str, Money] = field(default_factory=dict)
    last: dict[str, Given] = field(default_factory=dict)
    listed: tuple[int, str] = (0, GENESIS)

    def allow(self, station: str, terms: Terms, team: str = "") -> None:
        self.terms[station] = terms
        self.team[station] = team

    def told(
        self, head: Head, key: bytes, said: Mapping[str, str], now: datetime
    ) -> SignedGrant | None:
        """As `central.granting.grant_for`."""
        name = head.station
        if name not in self.terms or head.status != "active":
            return None
        now_us = int(now.timestamp() * 1_000_000)
        asker = asker_of(replace(head, public_key=key), said)
        if not asker.boot:
            return None
        terms = self.terms[name].within(self._room(name, now_us))
        offer = Offer(terms, self.team[name], *self.listed)
        grant, self.last[name] = answer(self.last.get(name), asker, offer, now_us)
        return SignedGrant(GrantTold(grant, now_us, ""))

    def _room(self, station: str, now_us: int) -> Money:
        team = self.team[station]
        if team not in self.ceilings:
            return self.terms[station].money
        taken = sum(
            given.out(now_us).fen
            for name, given in self.last.items()
            if name != station and (self.team[name] == team or given.counts_for(team))
        )
        return max(NO_MONEY, self.ceilings[team] - Money(taken))
