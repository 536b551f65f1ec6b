"""Freezes what an acknowledgement prints (代收款收条), in the commit that takes the money."""

from __future__ import annotations

from cardstation.domain.quotation import QuoteStanding
from cardstation.domain.receipt import Acknowledgement
from cardstation.services.intent.papers import series_of
from cardstation.services.intent.quoting import quote_standing
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.funds import AskedPayment
from cardstation.store.journal import StoredEntry

_CHECK_CODE_CHARACTERS = 8


def next_ack_no(station: Station, unit: Unit) -> str:
    """The next number of the station's own series: gap-free within a year."""
    year = station.clock.now().year
    series = series_of(station, unit.journal.head().epoch)
    return f"{series}-{year}-A{unit.lump_sums.next_number(year):06d}"


def acknowledge(station: Station, unit: Unit, asked: AskedPayment, stored: StoredEntry) -> None:
    """Store the acknowledgement of money that was taken, under the number its fact carries."""
    batch = unit.batches.get(asked.batch_id)
    standing: QuoteStanding | None = None
    envelope, payer = "", asked.payer or (batch.manager if batch else "")
    if batch is not None:
        standing = quote_standing(unit, batch, station.clock.now())
        if 0 < asked.line <= len(batch.lines):
            line = batch.lines[asked.line - 1]
            envelope = " ".join(filter(None, (line.envelope, line.door)))
            payer = asked.payer or line.name
    holds = standing is not None and standing.holds
    _, year, number = asked.ack_no.rsplit("-", 2)
    made = Acknowledgement(
        ack_no=asked.ack_no,
        payment_id=asked.payment_id,
        company=station.company,
        station=station.name,
        clerk=stored.entry.clerk,
        taken_at=station.clock.now(),
        batch_id=asked.batch_id,
        list_name=batch.name if batch else "",
        community=batch.community if batch else "",
        payer=payer,
        tender=asked.tender.value,
        money=asked.money,
        reference=asked.reference,
        quote_no=standing.fact.quote_no if standing is not None and holds else "",
        envelope=envelope,
        check_code=stored.hash[:_CHECK_CODE_CHARACTERS].upper(),
        training=station.training,
        signed=standing is not None and holds and standing.signed_at is not None,
    )
    unit.lump_sums.acknowledge(made, year=int(year), number=int(number.removeprefix("A")))
