"""Examines cards for window and command line: the service, with the layouts' own answer."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from cardstation.services.examine_card import examine_card
from drivers.layouts.findings import places_of

examine = partial(examine_card, look=places_of)


def file_name(made_at: datetime) -> str:
    """Of a filed examination: when it was made, never whose card it is."""
    return f"card-{made_at:%Y%m%d-%H%M%S}.pdf"
