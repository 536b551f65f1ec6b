"""Amounts as people write them: certain to the fen, or a question for a human.

Figures and exact words are read; anything colloquial, approximate or broken is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cardstation.domain.money import Money, capitals

MOST_FEN = 100_000_00
"""A hundred thousand yuan: more is not an amount but a number in the wrong column."""

_FIGURES = re.compile(
    r"(?:人民币|RMB|CNY)?¥?(?P<whole>0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?P<part>\d{1,2}))?"
    r"(?:[元圆](?P<whole_mark>[整正])?)?"
)
_FIGURES_BY_UNIT = re.compile(
    r"(?P<yuan>0|[1-9]\d*)[元圆](?:(?P<jiao>\d)角)?(?:(?P<fen>\d)分)?[整正]?"
)
_ZERO_DIGITS = re.compile(r"¥?0+(?:\.0*)?[元圆]?")
_WORDS = re.compile(r"[零〇一二两三四五六七八九十百千万元角分整]+")
_FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬圆圓圎正〇", "一二二三三四五六六七八九十百千万元元元整零"
)
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class AmountDoubt:
    """Why an amount is not certain.

    Attributes:
        code: `no_amount`, `zero_amount` or `amount_not_certain`.
    """

    code: str


def read_amount(text: str) -> Money | AmountDoubt:
    """Read an amount in yuan: `300`, `300元`, `¥1,000.00`, `88.8`, `一百五十`, `伍佰元整`.

    A doubt is returned for nothing, zero, negative, more than two decimals, colloquial words
    (一百五, 百八), ranges, and sums beyond any household's.
    """
    bare = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("￥", "¥")
    if bare in ("", "-", "--", "/", "无"):
        return AmountDoubt("no_amount")
    fen = _figures(bare)
    if fen is None:
        fen = _words(bare)
    if fen == 0 or _ZERO_DIGITS.fullmatch(bare):
        return AmountDoubt("zero_amount")
    if fen is None or fen > MOST_FEN:
        return AmountDoubt("amount_not_certain")
    return Money(fen)


def _figures(text: str) -> int | None:
    if found := _FIGURES.fullmatch(text.upper()):
        if found["part"] and found["whole_mark"]:
            return None
        whole = int(found["whole"].replace(",", ""))
        return whole * 100 + int((found["part"] or "0").ljust(2, "0"))
    if found := _FIGURES_BY_UNIT.fullmatch(text):
        return int(found["yuan"]) * 100 + int(found["jiao"] or 0) * 10 + int(found["fen"] or 0)
    return None


def _words(text: str) -> int | None:
    """Read words, write the sum down again, and take it only when both agree."""
    plain = text.removeprefix("人民币").removeprefix("¥").translate(_FORMAL)
    if not _WORDS.fullmatch(plain):
        return None
    yuan, mark, rest = plain.removesuffix("整").partition("元")
    if not mark and yuan.endswith(("角", "分")):
        yuan, rest = "", yuan
    parts = re.fullmatch(r"(?:(.)角)?零?(?:(.)分)?", rest)
    whole = _whole(yuan)
    if parts is None or whole is None:
        return None
    jiao, fen = (_DIGITS.get(part or "零", 0) for part in parts.groups())
    total = whole * 100 + jiao * 10 + fen
    return total if _spelt(plain) == _spelt(capitals(Money(total)).translate(_FORMAL)) else None


def _whole(text: str) -> int | None:
    head, mark, tail = text.rpartition("万")
    if mark and head:
        thousands, ones = _below_ten_thousand(head), _below_ten_thousand(tail)
        return None if thousands is None or ones is None else thousands * 10_000 + ones
    return None if mark else _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total, digit = 0, 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            total, digit = total + max(digit, 1) * _UNITS[sign], 0
        else:
            return None
    return total + digit


def _spelt(words: str) -> str:
    """One spelling for all exact ones: 二百 = 两百, 十五 = 一十五, with or without 元整."""
    same = words.replace("两", "二").removesuffix("整").removesuffix("元")
    return "一" + same if same.startswith("十") else same
