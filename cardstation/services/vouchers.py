"""Who may confirm that somebody gets a PIN here: `approve.vouch` asks one of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cardstation.domain.shift import Role
from cardstation.services.feeds.clerks import is_awaited_lead, leads_first, signs_today
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Who may confirm a person's PIN.

    Attributes:
        alone: Nobody can, and nobody is needed: the person begins this desk.
    """

    names: tuple[str, ...]
    alone: bool = False


def vouchers(station: Station, whom: str) -> Vouchers:
    """Who may confirm a PIN of a person, as they type the name."""
    name = unicodedata.normalize("NFC", whom.strip())
    with station.store.reading() as reading:
        if leads_first(station, reading, name):
            return Vouchers((), alone=True)
        anybody = is_awaited_lead(station, reading, name)
        others = {reading.shifts.on_duty(), name}
        return Vouchers(
            tuple(
                one.name
                for one in reading.shifts.clerks()
                if one.name not in others
                and signs_today(station, reading, one)
                and (anybody or Role.SUPERVISOR in one.roles)
            )
        )
