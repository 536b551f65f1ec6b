"""Tells an open batch that a loaded card of it that was said to be gone lies in a reader.

Whatever that reader is for: the counter, another bag, a paid order.
"""

from __future__ import annotations

from cardstation.domain.batch_life import Stage
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import GONE
from cardstation.domain.topup import TopUp
from cardstation.services.custody_state import custody_in
from cardstation.services.identify import Inserted
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.funds import BatchStop


def note_pending(station: Station, look: Reading, card: Inserted) -> None:
    """As `note_found`, of the load that the card still shows; a card without one asks nothing.

    What was finished here for another desk lies in a batch of that desk.
    """
    if card.content.pending is not None:
        load = look.topups.last_sealed(card.content.identity)
        if load is not None and load.batch_id and not load.origin:
            note_found(station, look, load)


def note_found(station: Station, look: Reading, load: TopUp) -> None:
    """The card of this load is here: from now on it goes back as any other, or waits for people.

    A batch that is closed takes no word any more.
    """
    if look.steps.stage(load.batch_id) is Stage.CLOSED:
        return
    state = custody_in(look, load.batch_id)
    place = card_places(state.batch.outcomes).get(load.line, 0)
    if state.custody.where.get(place) not in GONE:
        return
    at, card_no = station.clock.now(), load.identity.card_no
    with station.store.unit() as unit:
        unit.funds.stop(BatchStop(load.batch_id, load.line, card_no, "line_already_done", {}, at))
        unit.commit()
