"""Keeps a batch from loading again what another desk or channel loaded since its list was taken in.

Makers that count purchases stop such a card by its counter. A maker that counts nothing leaves the
day the card was loaded, whose mark it shows, and what the ledger tells: its meter takes every load
it has not seen, and a second one would be a second gift of the same gas (DESK-RULES 1 and 5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import Allowed, Step
from cardstation.domain.card import Credit
from cardstation.domain.ledger import EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import mark_of
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.taken_back import last_moved
from cardstation.services.station import Station
from cardstation.store.frozen import freeze, thaw
from cardstation.store.funds import BatchStop

STOP = "loaded_since_list"


@dataclass(frozen=True, slots=True)
class _Load:
    """A load from elsewhere: which one it is, and its day."""

    which: str
    day: date


def ensure_not_loaded_since(station: Station, batch: Batch, place: int, card: Inserted) -> None:
    """A card without a counter shows no load of others from the day of its list or later.

    Days, not minutes: clocks differ, and a list that is taken in an hour after the first desk
    loaded its cards is still the same list. Who was at a machine that day is asked; two people who
    looked at the meter may let the card be loaded all the same, after the loads they looked at.

    Raises:
        Refusal: `loaded_since_list`.
    """
    if card.rules.school is not CounterSchool.NONE:
        return
    zone = station.clock.now().tzinfo
    since = batch.imported_at.astimezone(zone).date()
    both = (_on_card(station, card, zone), _told(station, card, zone))
    loads = [one for one in both if one is not None and one.day >= since]
    which = {one.which for one in loads}
    if which and not which <= _allowed(station, batch.batch_id, place):
        day = max(one.day for one in loads).isoformat()
        raise Refusal(STOP, day=day, since=since.isoformat(), shown=" ".join(sorted(which)))


def shown_at(stop: BatchStop) -> tuple[str, ...]:
    """The loads that a card was stopped for, nothing for any other stop."""
    return tuple(str(stop.facts.get("shown", "")).split()) if stop.code == STOP else ()


def _allowed(station: Station, batch_id: str, place: int) -> set[str]:
    """The loads after which two people let the card of this line be loaded."""
    with station.store.reading() as reading:
        steps = [one for one in reading.steps.of_batch(batch_id) if one.step is Step.ALLOWED]
    said = [thaw(Allowed, one.detail) for one in steps]
    return {which for one in said if one.place == place for which in one.shown}


def _on_card(station: Station, card: Inserted, zone: tzinfo | None) -> _Load | None:
    """The load that the card shows, None where there is none or it is our own."""
    credit = card.content.credit
    if credit is None or not credit.quantity:
        return None
    with station.store.reading() as reading:
        ours = reading.topups.last_sealed(card.content.identity)
    if ours is not None and ours.plan is not None:
        written = card.layout.decode(ours.plan.target).credit
        if written is not None and _which(card, written) == _which(card, credit):
            return None
    return _Load(_which(card, credit), credit.loaded_at.astimezone(zone).date())


def _which(card: Inserted, credit: Credit) -> str:
    """Whose load a credit is, by its mark; without one, all that stands there tells it."""
    if card.layout.marks_loads:
        return credit.mark.hex()
    return hashlib.sha256(freeze(credit).encode()).hexdigest()


def _told(station: Station, card: Inserted, zone: tzinfo | None) -> _Load | None:
    """The last load that another desk sealed, None where it was taken back."""
    last = last_moved(card.told or (), card)
    if last is None or last.station == station.name or last.kind is not EntryKind.SEALED:
        return None
    which = mark_of(last.subject).hex() if card.layout.marks_loads else last.entry_id
    return _Load(which, datetime.fromisoformat(last.at).astimezone(zone).date())
