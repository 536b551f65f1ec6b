"""Says who in a community will run out of gas first, from what the meters wrote on their cards."""

from __future__ import annotations

from cardstation.domain.household import HouseholdStatus
from cardstation.domain.triage_list import TriageList, TriageRow
from cardstation.errors import Refusal
from cardstation.services.intent.gas_left import gas_left, newest_bag, whose
from cardstation.services.station import Station


def triage_list(station: Station, community: str) -> TriageList:
    """Make the triage list of a community; its households are asked nothing.

    An account that was stopped or closed uses no gas, and is not on it.

    Raises:
        Refusal: `unknown_community`.
    """
    now = station.clock.now()
    with station.store.reading() as reading:
        homes = reading.households.of_community(community)
        if not homes:
            raise Refusal("unknown_community", community=community)
        active = [one for one in homes if one.status is HouseholdStatus.ACTIVE]
        known = gas_left(reading, community, active, now)
        team, zone = whose(newest_bag(reading, community), homes[0])
    rows = [TriageRow(one.home.account_no, one.home.address, one.forecast) for one in known]
    return TriageList(
        company=station.company,
        station=station.name,
        community=community,
        team=team,
        zone=zone,
        made_at=now,
        rows=tuple(sorted(rows, key=lambda row: row.order)),
        unread=len(active) - len(rows),
        training=station.training,
    )
