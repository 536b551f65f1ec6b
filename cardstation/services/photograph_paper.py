"""Keeps the photo of the paper on which a hand-over was signed."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.custody import Photographed
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_if_settled
from cardstation.services.custody_state import CustodyState, custody_in, custody_state
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.signing import ensure_picture
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.frozen import thaw


def photograph_paper(station: Station, batch_id: str, number: int, picture: bytes) -> CustodyState:
    """Keep the photo that a hand-over signed on paper waits for; the last one may end the batch.

    Args:
        station: The desk.
        batch_id: Of which bag.
        number: Of the hand-over's entry; 0 = the oldest that waits.
        picture: PNG or JPEG.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `no_paper_to_photograph`,
            `signature_not_picture`, `photo_used` (this very picture is that of another hand-over),
            and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_picture(picture, needed=True)
    with station.store.unit() as unit:
        waiting = [one for one in custody_in(unit, batch_id).photos_due if number in (0, one)]
        if not waiting:
            raise Refusal("no_paper_to_photograph", batch_id=batch_id)
        kept = unit.steps.keep_signature(picture, station.clock.now())
        _ensure_new(unit, kept)
        told = Photographed(waiting[0], kept)
        record_step(station, unit, batch_id, Step.PHOTOGRAPHED, value=told)
        unit.commit()
    anchor_journal(station)
    return close_if_settled(station, custody_state(station, batch_id))


def _ensure_new(reading: Reading, photo: str) -> None:
    """Each hand-over has its own paper, and so its own photo, in whatever bag."""
    for step in reading.steps.of_kind(Step.PHOTOGRAPHED):
        told = thaw(Photographed, step.detail)
        if told.photo == photo:
            raise Refusal("photo_used", batch_id=step.batch_id, number=told.number)
