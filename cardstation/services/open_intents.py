"""Lists what was begun and is not finished; changes nothing."""

from __future__ import annotations

from cardstation.services.intent.opened import OpenIntent, opened, opened_payment
from cardstation.services.station import Station


def open_intents(station: Station) -> tuple[OpenIntent, ...]:
    """Open top-ups and batch payments nobody answered for, oldest first.

    What a reader has in hand at this moment is not open yet.
    """
    with station.store.reading() as reading:
        waiting = [
            opened(station, intent)
            for intent in reading.topups.open_intents()
            if not station.work.has(intent.identity.card_no)
        ]
        waiting += [opened_payment(station, asked) for asked in reading.funds.unanswered()]
    return tuple(sorted(waiting, key=lambda one: one.since))
