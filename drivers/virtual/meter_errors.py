"""Error numbers of a meter, as it shows them and writes them back (reference cards 6.3)."""

from __future__ import annotations

from enum import IntEnum


class MeterError(IntEnum):
    """Why a meter did nothing with a card, or not all."""

    NONE = 0
    VOLTAGE = 1
    MODULE = 2
    MODULE_KEYS = 3
    CARD_RESET = 4
    CARD_PROOF = 5
    METER_PROOF = 6
    NOT_ISSUED = 7
    TYPE = 8
    NOT_AUTHORISED = 9
    MAC = 10
    METER_NO = 11
    CUSTOMER_NO = 12
    OLD_GENERATION = 13
    FORMAT = 14
    NOT_OPENED_BUY = 15
    NOT_OPENED_REISSUE = 16
    COUNT = 17
    TAKEN_BEFORE = 18
    COMMUNICATION = 19
    PULLED_EARLY = 20
    OVER_HOARD = 21


_GROUPS = ((4, "Err-31"), (11, "Err-32"), (14, "Err-33"), (19, "Err-34"), (21, "Err-35"))


def shown_as(error: int) -> str:
    """What the household reads on the display: errors are shown in groups, nothing for none."""
    if error == MeterError.NONE:
        return ""
    return next((group for below, group in _GROUPS if error < below), "Err-36")
