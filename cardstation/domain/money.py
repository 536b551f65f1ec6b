"""Money as whole fen, the one rounding rule, and amounts in capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass

_YUAN = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))?")


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero, in integers.

    Args:
        numerator: Any integer.
        denominator: A positive integer.
    """
    if numerator < 0:
        return -round_half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of yuan, kept as an integer number of fen (0.01 yuan)."""

    fen: int

    @classmethod
    def of_yuan(cls, text: str) -> Money:
        """Read `"12"`, `"12.3"` or `"12.30"`; anything else is a ValueError, never a guess."""
        found = _YUAN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"not an amount in yuan: {text!r}")
        sign, whole, part = found.groups()
        fen = int(whole) * 100 + int((part or "0").ljust(2, "0"))
        return cls(-fen if sign else fen)

    @property
    def yuan(self) -> str:
        """`"1001.50"`, always two decimals, no grouping."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}¥{abs(self.fen) // 100:,}.{abs(self.fen) % 100:02d}"


NO_MONEY = Money(0)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")


def capitals(amount: Money) -> str:
    """Write an amount in capitals, e.g. 1001.50 → 壹仟零壹元伍角整.

    Rule: 支付结算办法 (figures in capitals) with 整 after 元 or 角, never after 分.

    Raises:
        ValueError: negative, or 10^16 yuan and more.
    """
    if amount.fen < 0 or amount.fen >= 10**18:
        raise ValueError(f"no capitals for {amount}")
    yuan, jiao, fen = amount.fen // 100, amount.fen // 10 % 10, amount.fen % 10
    text = _whole_yuan(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    text += _DIGITS[fen] + "分" if fen else "整"
    return text if amount.fen else "零元整"


def _whole_yuan(yuan: int) -> str:
    text, gap = "", False
    for index in range(3, -1, -1):
        group = yuan // 10_000**index % 10_000
        if not group:
            gap = gap or bool(text)
            if index == 2 and text:
                text += "亿"
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _four_digits(group) + ("亿" if index == 2 else "万" if index in (1, 3) else "")
        gap = False
    return text


def _four_digits(group: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _UNITS[place]
        gap = False
    return text
