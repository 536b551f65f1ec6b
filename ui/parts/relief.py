"""How a household's relief reads."""

from __future__ import annotations

from datetime import date

from cardstation.domain.volume import Volume
from cardstation.i18n import Translator


def relief_words(a_month: Volume, until: date | None, t: Translator) -> str:
    """The relief a month and its last day."""
    if until is None:
        return t("{volume} a month, no last day on file", volume=a_month)
    return t("{volume} a month until {day}", volume=a_month, day=until.isoformat())
