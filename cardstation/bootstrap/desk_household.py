"""Gives the page of one household its callables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_charge, write_desk_form, write_receipt
from cardstation.domain.ledger import EntryKind
from cardstation.i18n import translator
from cardstation.sentences import word
from cardstation.services.desk_form import desk_form
from cardstation.services.find_household import find_household
from cardstation.services.household_state import household_state
from cardstation.services.station import Station
from ui.household_services import HouseholdServices


def household_services(
    station: Station, folder: Path, language: Callable[[], str], printed: Callable[[Path], Path]
) -> HouseholdServices:
    """One household behind the window.

    Args:
        station: The desk.
        folder: Where papers are filed.
        language: Of papers now.
        printed: Prints a filed paper where a printer is set.
    """

    def reprint(receipt_no: str, why: str) -> Path:
        reason = word(f"reprint.{why}", translator(language()))
        with station.store.reading() as reading:
            charged = reading.charges.numbered(receipt_no) is not None
        write = write_charge if charged else write_receipt
        return printed(write(station, receipt_no, folder, language(), reason)[0])

    def form(kind: EntryKind, subject: str) -> Path:
        return printed(write_desk_form(desk_form(station, kind, subject), folder, language()))

    return HouseholdServices(
        find=partial(find_household, station),
        look=partial(household_state, station),
        reprint=reprint,
        form=form,
    )
