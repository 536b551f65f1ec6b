"""Says of which loads two people said that their household has its gas, though its card was lost.

Such a load was given twice if its card is used or paid back as well.
"""

from __future__ import annotations

from cardstation.domain.custody import made_good_places
from cardstation.domain.topup import TopUp
from cardstation.errors import Refusal
from cardstation.services.intent.moved import moved_of
from cardstation.store import Reading


def is_made_good(reading: Reading, load: TopUp) -> bool:
    """Whether the gas of this card was made good in its batch, which may be closed since."""
    if not load.batch_id:
        return False
    places = made_good_places(map(moved_of, reading.steps.of_batch(load.batch_id)))
    loads = reading.topups.of_batch(load.batch_id) if places else ()
    return any(one.line in places and one.identity == load.identity for one in loads)


def ensure_not_made_good(reading: Reading, load: TopUp) -> None:
    """Its money does not go back as well.

    Raises:
        Refusal: `load_made_good`.
    """
    if is_made_good(reading, load):
        raise Refusal("load_made_good", n=1)
