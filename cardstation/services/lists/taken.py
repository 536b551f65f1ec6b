"""Says whether the meters of a list took their last loads, as far as this desk can tell."""

from __future__ import annotations

from collections.abc import Iterable

from cardstation.domain.forecast import MeterReading
from cardstation.domain.household import Household
from cardstation.store import Reading
from cardstation.store.readings import LastLoaded

NOT_TAKEN, NOT_KNOWN = "load_not_taken", "load_taken_unknown"
"""The meter wrote on the card after the load and had not taken it; it has not been seen since."""


def taken_warnings(reading: Reading, homes: Iterable[Household]) -> dict[str, str]:
    """Account → `NOT_TAKEN` or `NOT_KNOWN`; households of whose meter nothing waits are left out.

    A load of any age counts, also one that only the directory's counter tells of.
    """
    every = {home.account_no: home for home in homes}
    loads = reading.readings.last_loads(every)
    answers = reading.readings.newest()
    found = {
        account_no: _said(home, loads.get(account_no), answers.get(home.meter.meter_no))
        for account_no, home in every.items()
    }
    return {account_no: code for account_no, code in found.items() if code}


def _said(home: Household, load: LastLoaded | None, answer: MeterReading | None) -> str:
    if load is not None and load.meter_no != home.meter.meter_no:
        load = None
    if answer is None:
        return NOT_KNOWN if load else ""
    if load is None:
        return NOT_KNOWN if home.purchase_counter > answer.counter else ""
    if not load.counted:
        return NOT_KNOWN if load.at >= answer.at else ""
    if answer.counter >= max(load.counter, home.purchase_counter):
        return ""
    return NOT_TAKEN if answer.at > load.at and answer.counter < load.counter else NOT_KNOWN
