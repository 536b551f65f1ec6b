"""Recognises what is no household's row: totals, signature lines, page headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cardstation.domain.amounts import read_amount
from cardstation.domain.money import Money

_TOTAL = re.compile(
    r"(本页|本表|本次|以上)?(合计|总计|共计|累计|总金额|总额|总数|总共)|共\d+[张户笔]|total", re.I
)
_SUBTOTAL = re.compile(r"(本页|本表|本单元|本栋)?小计|subtotal", re.I)
_COUNT = re.compile(r"(\d+)[张户笔份人个条]")
_SUM = re.compile(r"(?:¥|金额[::]?)?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?)元")
_FOOTER = re.compile(
    r"经办|制表|填表|审核|复核|负责人|盖章|签字|签名|收款人|交款人|日期|电话|"
    r"(说明|备注|注):|^\d+年"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a list claims of itself."""

    count: int | None = None
    total: Money | None = None


def is_total(cells: Sequence[str]) -> bool:
    """True for a totals row: its first filled cells say so."""
    first = [_bare(cell) for cell in cells if cell][:2]
    return any(_TOTAL.match(cell) or _SUBTOTAL.match(cell) for cell in first)


def is_grand_total(cells: Sequence[str]) -> bool:
    """True for the total of the list, not of a page or building."""
    return not any(_SUBTOTAL.match(_bare(cell)) for cell in cells)


def read_total(cells: Sequence[str], amount: str) -> Stated:
    """Take count and total from a totals row; what is not certain stays None."""
    text = " ".join(cells)
    counted = _COUNT.search(text.replace(" ", ""))
    money = read_amount(amount)
    if not isinstance(money, Money):
        summed = _SUM.search(text)
        money = read_amount(summed[1]) if summed else money
    return Stated(int(counted[1]) if counted else None, money if isinstance(money, Money) else None)


def is_footer(cells: Sequence[str]) -> bool:
    """True for a line about the list rather than a household."""
    filled = [cell for cell in cells if cell]
    return len(filled) <= 3 and any(_FOOTER.search(_bare(cell)) for cell in filled)


def _bare(cell: str) -> str:
    return cell.replace(" ", "")
