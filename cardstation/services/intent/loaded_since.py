"""Keeps a batch from loading again what another desk or channel loaded since its list was taken in.

Makers that count purchases stop such a card by its counter. A maker that counts nothing leaves the
day the card was loaded, whose mark it shows, and what the ledger tells: its meter takes every load
it has not seen, and a second one would be a second gift of the same gas (DESK-RULES 1 and 5).
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import Allowed, Step
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.seen import written_mark
from cardstation.services.intent.taken_back import moves_load
from cardstation.services.station import Station
from cardstation.store.frozen import thaw

STOP = "loaded_since_list"


def ensure_not_loaded_since(station: Station, batch: Batch, place: int, card: Inserted) -> None:
    """A card without a counter shows no load of others from the day of its list or later.

    Days, not minutes: clocks differ, and a list that is taken in an hour after the first desk
    loaded its cards is still the same list. Who was at a machine that day is asked; two people who
    looked at the meter may let the card be loaded all the same.

    Raises:
        Refusal: `loaded_since_list`.
    """
    if card.rules.school is not CounterSchool.NONE:
        return
    zone = station.clock.now().tzinfo
    since, allowed = batch.imported_at.astimezone(zone).date(), None
    for day in (_on_card(station, card, zone), _told(station, card, zone)):
        if day is None or day < since:
            continue
        allowed = allowed or _allowed(station, batch.batch_id, place, zone)
        if allowed is None or day > allowed:
            raise Refusal(STOP, day=day.isoformat(), since=since.isoformat())


def _allowed(station: Station, batch_id: str, place: int, zone: tzinfo | None) -> date | None:
    """The day on which two people last let the card of this line be loaded."""
    with station.store.reading() as reading:
        steps = [one for one in reading.steps.of_batch(batch_id) if one.step is Step.ALLOWED]
    days = [one.at for one in steps if thaw(Allowed, one.detail).place == place]
    return days[-1].astimezone(zone).date() if days else None


def _on_card(station: Station, card: Inserted, zone: tzinfo | None) -> date | None:
    """The day of the load that the card shows, None where there is none or it is our own."""
    credit = card.content.credit
    if credit is None or not credit.quantity:
        return None
    with station.store.reading() as reading:
        ours = reading.topups.last_sealed(card.content.identity)
    if ours is not None and ours.plan is not None and written_mark(card, ours) == credit.mark:
        return None
    return credit.loaded_at.astimezone(zone).date()


def _told(station: Station, card: Inserted, zone: tzinfo | None) -> date | None:
    """The day of the last load that another desk sealed, None where it was taken back."""
    last = next((one for one in reversed(card.told or ()) if moves_load(one, card)), None)
    if last is None or last.station == station.name or last.kind is not EntryKind.SEALED:
        return None
    return datetime.fromisoformat(last.at).astimezone(zone).date()
