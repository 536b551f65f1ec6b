"""Says how much a desk may still load before the ledger has heard of it; asks nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.offline_grant import hours_left
from cardstation.domain.offline_limit import OfflineLimit, OfflineQuota, shown_left
from cardstation.services.intent.granting import begun_by_now, unheard_of, why_waits
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class GrantState:
    """The grant this desk has.

    Attributes:
        number: Of it, 0 = it has none.
        money: What it grants. left: Of it, in whole hundreds of yuan.
        hours_left: Whole hours.
        card_money: For one card.
        list_hours: How old the list of blocked cards may be.
        waits: Why a load waits until this desk is heard, a code; empty = it need not.
        refused: Why the last one the ledger told was not taken, a code; empty = it was.
    """

    number: int
    money: Money
    left: Money
    hours_left: int
    card_money: Money
    list_hours: int
    waits: str
    refused: str

    @property
    def quota(self) -> OfflineQuota:
        """The same as what is left of a ceiling: nothing where a load waits."""
        limit = OfflineLimit(self.money, self.hours_left)
        if self.waits:
            return OfflineQuota(limit, NO_MONEY, 0)
        return OfflineQuota(limit, self.left, self.hours_left)


_ONE = Money(1)


def grant_state(station: Station) -> GrantState | None:
    """What is left of the grant of this desk; None where the ledger never spoke of one."""
    with station.store.reading() as reading:
        if not reading.grants.needed():
            return None
        kept, refused = reading.grants.taken(), reading.grants.refused()
        unheard = unheard_of(station, reading)
        counted = replace(unheard, money=unheard.money + begun_by_now(station, reading))
        waits = why_waits(station, reading, kept, counted, _ONE)
    if kept is None:
        return GrantState(0, NO_MONEY, NO_MONEY, 0, NO_MONEY, 0, waits, refused)
    terms, clock = kept.grant.terms, station.clock
    return GrantState(
        number=kept.grant.number,
        money=terms.money,
        left=shown_left(terms.money - counted.money),
        hours_left=hours_left(kept, clock.boot_id, clock.monotonic_ns()),
        card_money=terms.card_money,
        list_hours=terms.list_hours,
        waits=waits,
        refused=refused,
    )
