"""Numbers of bag seals: station, day, batch and bag, ended by a check digit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from cardstation.domain.batch_id import short_id
from cardstation.domain.check_digit import luhn_ok
from cardstation.errors import Refusal

MOST_BAGS = 99
QR_PREFIX = "CS:G/"
"""Before the number in the QR code of a label: a scanner tells it from other codes."""
_BATCH_ID = re.compile(r"20(\d\d)-(\d\d)-(\d\d)-(\d{2})")


def seal_number(station_no: int, batch_id: str, bag: int) -> str:
    """The number of one bag: `0000126112401017`, 16 digits, no two bags of the utility alike.

    Args:
        station_no: Number of the station, 1–65535.
        batch_id: `2026-11-24-01-S001`, of that station.
        bag: Which bag of the batch, 1–99.

    Raises:
        Refusal: `bag_number_wrong`: there is no such bag, or the batch has another kind of id.
    """
    day = _BATCH_ID.fullmatch(short_id(batch_id))
    if day is None or not 1 <= bag <= MOST_BAGS:
        raise Refusal("bag_number_wrong", bag=bag, batch_id=batch_id)
    body = f"{station_no:05d}{''.join(day.groups())}{bag:02d}"
    return next(f"{body}{digit}" for digit in range(10) if luhn_ok(f"{body}{digit}"))


def ensure_seal(seal_no: str, batch_id: str) -> str:
    """A seal number as typed or scanned (`bare_seal`); empty for an open bag.

    Raises:
        Refusal: `seal_number_wrong` (check digit), `seal_of_other_batch`.
    """
    if not (number := bare_seal(seal_no)):
        return ""
    if read_seal(number)[1] != short_id(batch_id):
        raise Refusal("seal_of_other_batch", seal_no=number, batch_id=batch_id)
    return number


def bare_seal(seal_no: str) -> str:
    """A seal number without its spaces, and without what the label's QR code says before it.

    A label that was scanned twice into one field says it twice.
    """
    number = "".join(seal_no.split())
    while number.startswith(QR_PREFIX):
        number = number.removeprefix(QR_PREFIX)
    return number


def read_seal(seal_no: str) -> tuple[int, str]:
    """The number of the station and the batch that a seal names, without the station's name.

    Raises:
        Refusal: `seal_number_wrong` (length, check digit, no such day or no such bag).
    """
    number = bare_seal(seal_no)
    if len(number) != 16 or not luhn_ok(number):
        raise Refusal("seal_number_wrong", seal_no=number)
    year, month, day, batch, bag = (number[at : at + 2] for at in (5, 7, 9, 11, 13))
    if bag == "00" or not _is_day(f"20{year}-{month}-{day}"):
        raise Refusal("seal_number_wrong", seal_no=number)
    return int(number[:5]), f"20{year}-{month}-{day}-{batch}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_seal(text: str) -> bool:
    """Whether a text is the number of a seal."""
    try:
        read_seal(text)
    except Refusal:
        return False
    return True


def seals_of(station_no: int, batch_ids: Iterable[str]) -> tuple[str, str] | None:
    """Between which two numbers all seals of some batches lie; None where none can have a seal."""
    found = (_BATCH_ID.fullmatch(short_id(batch_id)) for batch_id in batch_ids)
    bags = sorted("".join(day.groups()) for day in found if day is not None)
    return (f"{station_no:05d}{bags[0]}000", f"{station_no:05d}{bags[-1]}999") if bags else None


def seal_grouped(seal_no: str) -> str:
    """In fours, as it is read out."""
    return " ".join(seal_no[at : at + 4] for at in range(0, len(seal_no), 4))
