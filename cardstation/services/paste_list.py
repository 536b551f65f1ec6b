"""Takes in chat text (接龙) as a list: every line becomes a row, also one nobody can read."""

from __future__ import annotations

from cardstation.domain.batch import Batch, Whose
from cardstation.services.import_list import NOBODYS
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.lists.chat import read_chat
from cardstation.services.lists.taking import take_in
from cardstation.services.station import Station


def paste_list(station: Station, text: str, whose: Whose = NOBODYS) -> Batch:
    """Take in pasted text as a new batch; a second person counts it before money is taken.

    Raises:
        Refusal: `paste_empty`, `paste_too_long`, `no_tariff`,
            `same_list_again`, and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    return take_in(station, read_chat(text), whose)
