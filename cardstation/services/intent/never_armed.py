"""Knows whether a load on record as paid only may have been written in a part that was lost."""

from __future__ import annotations

from cardstation.domain.admission import is_free_mark, is_superseded, stands_as_before
from cardstation.domain.topup import TopUp
from cardstation.services.identify import Inserted
from cardstation.services.intent.went_on import went_on
from cardstation.services.station import Station
from cardstation.store.journal import FIRST_EPOCH


def ensure_never_armed(station: Station, card: Inserted, intent: TopUp) -> None:
    """A paid load without its target on record was never written: the records or the card say so.

    Whole records prove it by themselves: another desk may have sold to the card since. Where the
    station came back from a backup, the card must stand where it stood, or show another load with
    this load's counter. A card that went on is put on record, for `dispute`.

    Raises:
        OutcomeUnknown: `paid_in_doubt`: the card went on, with this load or another.
    """
    with station.store.reading() as reading:
        whole = reading.journal.head().epoch == FIRST_EPOCH
    if is_free_mark(intent.topup_id, card.content) and (whole or _stands(card, intent)):
        return
    raise went_on(station, intent, card)


def _stands(card: Inserted, intent: TopUp) -> bool:
    """The card itself proves it. One without marks cannot tell another's load from this one."""
    before = card.layout.decode(intent.before)
    if stands_as_before(card.content, before, card.rules, intent):
        return True
    return card.layout.marks_loads and is_superseded(card.content, card.rules, intent, intent.mark)
