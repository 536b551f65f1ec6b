"""Lists the rows of a batch that are about to be sold at the full price over a relief on file.

No relief is priced here: whoever makes the price says that it is meant, and the quote says for
which rows it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardstation.domain.batch import Batch, LineKind, Verdict
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.quoting import quote_standing
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class Relief:
    """A row, and what its household has on file.

    Attributes:
        place: In the batch, from 1.
        a_month: The relief. until: Its last day, None = no file says.
    """

    place: int
    door: str
    name: str
    money: Money
    a_month: Volume
    until: date | None = None


def list_reliefs(station: Station, batch_id: str) -> tuple[Relief, ...]:
    """Rows to be paid for whose relief nobody has decided about, in list order.

    Raises:
        Refusal: `unknown_batch`.
    """
    with station.store.reading() as reading:
        batch = batch_of(reading, batch_id)
        quote = quote_standing(reading, batch, station.clock.now())
        decided = quote.fact.reliefs if quote is not None and quote.holds else ()
        some = reliefs_in(reading, batch, station.clock.now().date())
    return tuple(one for one in some if one.place not in decided)


def reliefs_in(reading: Reading, batch: Batch, day: date) -> tuple[Relief, ...]:
    """Rows of a batch to be paid for whose household has a relief on a day, in list order."""
    wanted = {line.account_no for line in batch.lines if line.account_no}
    homes = {one.account_no: one for one in reading.households.numbered(wanted, ())}
    paid = {
        *reading.funds.funded(batch.batch_id),
        *reading.lump_sums.released(batch.batch_id),
        *(load.line for load in reading.topups.of_batch(batch.batch_id)),
    }
    found = []
    for place, line in enumerate(batch.lines, start=1):
        home, money = homes.get(line.account_no), line.money
        sold = line.kind is LineKind.SALE and line.verdict is Verdict.READY and not line.withdrawn
        if not sold or place in paid or home is None or money is None:
            continue
        if relief := home.relief_on(day):
            door, until = home.address.door, home.relief_until
            found.append(Relief(place, door, home.name, money, relief, until))
    return tuple(found)
