"""Cells of spreadsheets and text files as clean text: width, spaces and Excel's floats removed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | float | int | bool | date | datetime | time | timedelta | None

_UNSEEN = r"\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_SPACES = re.compile(r"\s+")
_UNTIDY = re.compile(rf"[\s{_UNSEEN}]")
_IN_NUMBERS = re.compile(r"[\s'’\-]")
_WHOLE = re.compile(r"(\d+)\.0+")
_EXACT_BELOW = 10**15


def clean(value: Cell) -> str:
    """One cell as text.

    A whole float becomes its digits (`220101009326.0` → `220101009326`), any other float what
    Excel shows of it, 15 significant digits; full-width signs become plain ones.
    """
    if isinstance(value, str):
        return _clean_text(value)
    if value is None:
        return ""
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT_BELOW
        return str(int(value)) if whole else format(value, ".15g")
    return str(value)


def clean_number(text: str) -> str:
    """An account or card number: a leading apostrophe, spaces, hyphens and `.0` removed."""
    if text.isdecimal():
        return text
    bare = _IN_NUMBERS.sub("", text)
    whole = _WHOLE.fullmatch(bare)
    return whole[1] if whole else bare


def _clean_text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip() if " " in text else text
    if unicodedata.is_normalized("NFKC", text) and not _UNTIDY.search(text):
        return text
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", plain).strip()
