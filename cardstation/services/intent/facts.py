"""Makes journal entries: one fact, in the commit of the state it belongs to."""

from __future__ import annotations

from typing import Any

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction
from cardstation.errors import fail
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.journal import StoredEntry
from cardstation.store.topup_moves import Stamp


def stamp(station: Station, approver: str = "") -> Stamp:
    """Now; the log names the clerk on duty, or this one where no shift is open."""
    return Stamp(station.clock.now(), station.clerk, approver)


def clerk_of(station: Station, reading: Reading) -> str:
    """Who acts: the clerk of the open shift, else the one of the settings."""
    return reading.shifts.on_duty() or station.clerk


def append(
    station: Station, unit: Unit, kind: EntryKind, subject: str, **facts: Any
) -> StoredEntry:
    """Add a fact to the chain within a unit of work, in the name of the clerk on duty."""
    head = unit.journal.head()
    facts.setdefault("clerk", clerk_of(station, unit))
    return unit.journal.append(
        Entry(
            entry_id=new_id(station.clock),
            station=station.name,
            epoch=head.epoch,
            seq=head.seq + 1,
            prev_hash=head.hash,
            kind=kind,
            subject=subject,
            at=station.clock.now().isoformat(),
            boot_id=station.clock.boot_id,
            monotonic_ns=station.clock.monotonic_ns(),
            **facts,
        )
    )


def sealing_of(reading: Reading, topup_id: str) -> Entry:
    """The fact that a load is on its card."""
    stored = reading.journal.last_about(topup_id, EntryKind.SEALED)
    return (stored or fail("a sealed load has its fact")).entry


def sold_load(station: Station, giving_back: TopUp) -> TopUp:
    """The load that a return takes off its card."""
    with station.store.reading() as reading:
        sale = reading.topups.get(giving_back.corrects)
    return sale or fail("a return names the load it takes back")


def told_tender(intent: TopUp) -> str:
    """How a load is paid; nobody pays for a work on a card."""
    return "" if intent.direction is Direction.WORK else intent.tender.value


def append_about(
    station: Station, unit: Unit, kind: EntryKind, intent: TopUp, **facts: Any
) -> StoredEntry:
    """Add a fact about a top-up to the chain, with everything the ledger needs to book it."""
    quote, identity = intent.quote, intent.identity
    about: dict[str, Any] = {
        "account_no": intent.account_no,
        "maker": identity.maker,
        "card_no": identity.card_no,
        "meter_no": identity.meter_no,
        "generation": identity.generation,
        "counter_before": intent.counter_before,
        "counter_after": intent.counter_after,
        "fen": quote.total.fen,
        "litres": 0 if quote.volume is None else quote.volume.litres,
        "tariff": quote.tariff,
        "tiers": tuple((line.tier, line.volume.litres, line.amount.fen) for line in quote.lines),
        "tender": told_tender(intent),
        "batch": intent.batch_id,
        "row": intent.row,
        "order_id": intent.order_id,
        "origin": intent.origin,
    }
    if intent.direction is Direction.RETURN:
        about["corrects"] = sealing_of(unit, intent.corrects).entry_id
    return append(station, unit, kind, intent.topup_id, **{**about, **facts})
