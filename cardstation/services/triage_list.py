"""Says who in a community will run out of gas first, from what the meters wrote on their cards."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.batch import Zone
from cardstation.domain.forecast import Bought, forecast
from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.domain.triage_list import TriageList, TriageRow
from cardstation.errors import Refusal
from cardstation.services.lists.judging import ZONES
from cardstation.services.station import Station
from cardstation.store import Reading


def triage_list(station: Station, community: str) -> TriageList:
    """Make the triage list of a community; its households are asked nothing.

    Raises:
        Refusal: `unknown_community`.
    """
    now = station.clock.now()
    with station.store.reading() as reading:
        homes = reading.households.of_community(community)
        if not homes:
            raise Refusal("unknown_community", community=community)
        read = reading.readings.of_community(community)
        loaded = reading.readings.untaken(
            community, {account_no: some[-1] for account_no, some in read.items()}
        )
        team, zone = _whose(reading, community, homes[0])
    rows = [
        TriageRow(
            home.account_no,
            home.address,
            forecast(
                read[home.account_no],
                now,
                bought=_bought(home, now),
                loaded=loaded.get(home.account_no, 0),
            ),
        )
        for home in homes
        if home.account_no in read
    ]
    return TriageList(
        company=station.company,
        station=station.name,
        community=community,
        team=team,
        zone=zone,
        made_at=now,
        rows=tuple(sorted(rows, key=lambda row: row.order)),
        unread=len(homes) - len(rows),
        training=station.training,
    )


def _bought(home: Household, now: datetime) -> Bought | None:
    """This year's purchases; of a money meter they are not on file in the unit it counts in."""
    if home.meter.kind is MeterKind.MONEY:
        return None
    return Bought(home.bought_in(now.year).litres, now.year)


def _whose(reading: Reading, community: str, home: Household) -> tuple[str, Zone]:
    """Team and zone of the community's newest bag, or as the directory has them."""
    for batch_id in reading.batches.ids():
        batch = reading.batches.get(batch_id)
        if batch is not None and batch.community == community:
            return batch.team, batch.zone
    return home.team, ZONES.get(home.zone, Zone.OPEN)
