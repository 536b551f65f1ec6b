"""Records that who pays signed the quote: from then on money is divided in the signed order."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.quotation import QuoteSigned, QuoteStanding
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.quoting import quote_standing
from cardstation.services.intent.signing import ensure_picture, keep_names, keep_signed
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading


def sign_quote(
    station: Station,
    batch_id: str,
    *,
    quote_no: str,
    by: str = "",
    picture: bytes = b"",
    on_paper: bool = False,
) -> QuoteStanding:
    """Record a signature under the quote that holds; another one later is a new entry.

    Args:
        station: The desk.
        batch_id: Of the batch.
        quote_no: Of the quote that was signed, as its paper says.
        by: Who signed, by name; stays at this station.
        picture: Drawn on the pad, or the photo of the signed paper (PNG or JPEG).
        on_paper: It was signed on paper, and nobody took a photo.

    Raises:
        Refusal: `unknown_batch`, `no_quote_to_sign` (none was made, or it does not hold any
            more), `quote_superseded` (a newer quote took its place), `quote_not_signed` (neither a
            picture nor on paper), `signature_not_picture`, `batch_not_so_far`,
            `batch_closed_already`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_picture(picture)
    if not (picture or on_paper):
        raise Refusal("quote_not_signed", batch_id=batch_id)
    with station.store.unit() as unit:
        fact = _standing(station, unit, batch_id).fact
        if fact.quote_no != quote_no:
            raise Refusal("quote_superseded", quote_no=quote_no, newest=fact.quote_no)
        signed = keep_signed(station, unit, picture, on_paper=on_paper)
        value = QuoteSigned(fact.quote_no, signed, keep_names(station, unit, by))
        record_step(station, unit, batch_id, Step.SIGNED, value=value, proof=fact.digest)
        standing = _standing(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
    return standing


def _standing(station: Station, reading: Reading, batch_id: str) -> QuoteStanding:
    found = quote_standing(reading, batch_of(reading, batch_id), station.clock.now())
    if found is None or not found.holds:
        raise Refusal("no_quote_to_sign", batch_id=batch_id)
    return found
