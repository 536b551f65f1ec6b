"""Keeps what people sign: a drawn signature, the photo of a signed paper."""

from __future__ import annotations

from cardstation.domain.custody import ON_PAPER, People
from cardstation.errors import Refusal
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze

MOST_BYTES = 3_000_000
"""Of a signature's picture: a photographed page, not a film."""
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def ensure_picture(picture: bytes, *, needed: bool = False) -> None:
    """A signature's picture is a PNG or JPEG of a sensible size; none is well where not `needed`.

    Raises:
        Refusal: `signature_not_picture`.
    """
    if not picture and not needed:
        return
    if len(picture) > MOST_BYTES or not picture.startswith(_PICTURES):
        raise Refusal("signature_not_picture", most_kb=MOST_BYTES // 1000)


def keep_signed(station: Station, unit: Unit, picture: bytes, *, on_paper: bool) -> str:
    """Keep a signature: its SHA-256, `paper` where it was signed on paper, empty for none."""
    if picture:
        return unit.steps.keep_signature(picture, station.clock.now())
    return ON_PAPER if on_paper else ""


def keep_names(station: Station, unit: Unit, given_by: str, taken_by: str = "") -> str:
    """Keep the page that names who signed: its SHA-256, empty where nobody was named."""
    if not (given_by or taken_by):
        return ""
    page = freeze(People(given_by, taken_by, new_id(station.clock)))
    return unit.steps.keep_signature(page.encode(), station.clock.now())
