"""Reads the values in the cells of a file; what is no value is said, never guessed."""

from __future__ import annotations

from datetime import datetime

from cardstation.central.console.visit import ZONE
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume

_MOMENTS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"),
    *("%Y/%m/%d", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%d", "%Y年%m月%d日"),
)
_YEARS = range(2000, 2200)
MOST_FEN = 10**13


class NotReadable(Exception):
    """A cell that holds no value of its field.

    Args:
        code: Of a bad row, as in `audit_words`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def fen_of(text: str) -> int:
    """`1,234.50` yuan in fen.

    Raises:
        NotReadable: `row_amount`.
    """
    bare = text.replace(",", "").replace("¥", "").replace("元", "").replace("+", "").strip()
    whole, _, part = bare.partition(".")
    try:
        fen = Money.of_yuan(f"{whole}.{part.rstrip('0') or '0'}").fen
    except ValueError as error:
        raise NotReadable("row_amount") from error
    if abs(fen) >= MOST_FEN:
        raise NotReadable("row_amount")
    return fen


def litres_of(text: str) -> int:
    """`35.5` m³ in litres; nothing where nothing is said.

    Raises:
        NotReadable: `row_volume`.
    """
    if not text:
        return 0
    bare = text.replace(",", "").lower().removesuffix("m3").removesuffix("方").strip()
    whole, _, part = bare.partition(".")
    try:
        litres = Volume.of_m3(f"{whole}.{part.rstrip('0') or '0'}").litres
    except ValueError as error:
        raise NotReadable("row_volume") from error
    if abs(litres) >= MOST_FEN:
        raise NotReadable("row_volume")
    return litres


def counter_of(text: str) -> int | None:
    """A purchase counter, None where nothing is said.

    Raises:
        NotReadable: `row_counter`.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise NotReadable("row_counter")
    return int(text)


def moment_of(text: str) -> datetime | None:
    """A time at the utility, None where nothing is said.

    Raises:
        NotReadable: `row_time`.
    """
    if not text:
        return None
    found = _moment(" ".join(text.split()))
    if found is None or found.year not in _YEARS:
        raise NotReadable("row_time")
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=ZONE)
        except ValueError:
            continue
    return None
