"""Finds the header row of a list and says which column holds what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Column(StrEnum):
    """What a column can hold; the rest is ignored."""

    ACCOUNT = "account"
    CARD = "card"
    NAME = "name"
    SURNAME = "surname"
    GIVEN = "given"
    COMMUNITY = "community"
    BUILDING = "building"
    UNIT = "unit"
    ROOM = "room"
    AMOUNT = "amount"
    NOTE = "note"
    ENVELOPE = "envelope"


_WORDS = {
    Column.ACCOUNT: (
        "户号 客户号 客户编号 用户号 用户编号 用气编号 用户代码 缴费编号 缴费号 账号 帐号 "
        "账户号 表户号 燃气户号 燃气编号 客户代码 户头号 档案号 合同号 用气户号 客户号码 "
        "用户号码 account accountno"
    ),
    Column.CARD: (
        "卡号 燃气卡号 IC卡号 气卡号 卡片号 卡片编号 卡编号 燃气卡编号 购气卡号 IC卡编号 "
        "卡面号 燃气IC卡号 卡号码 卡 燃气卡 card cardno cardnumber"
    ),
    Column.NAME: (
        "户主 姓名 户名 业主 业主姓名 户主姓名 住户 住户姓名 客户姓名 用户姓名 客户名称 "
        "用户名称 用户名 客户名 居民姓名 名字 户主名 业主名 称呼 name"
    ),
    Column.SURNAME: "姓 姓氏 surname",
    Column.GIVEN: "名",
    Column.COMMUNITY: "小区 小区名称 社区 所属小区 小区名 community",
    Column.BUILDING: "楼 楼号 栋 栋号 楼栋 楼栋号 幢 幢号 座 座号 楼座 building",
    Column.UNIT: "单元 单元号 门 门洞 门栋 unit",
    Column.ROOM: (
        "门牌 门牌号 楼栋单元室 房号 房间号 房间 室 室号 地址 住址 房屋地址 家庭住址 "
        "用气地址 门号 详细地址 楼号单元室 楼栋房号 房屋 楼门号 楼栋门牌 位置 住房 户室 "
        "室号码 房屋位置 住处 address room door"
    ),
    Column.AMOUNT: (
        "金额 缴费金额 充值金额 充值 购气金额 缴费 交费金额 交费 购气款 应收金额 实收金额 "
        "应缴金额 实缴金额 代收金额 收款金额 收费金额 充值额 购买金额 充气金额 款额 收款 "
        "预存金额 圈存金额 气费 燃气费 应收 实收 钱数 缴费额 交款金额 存入金额 amount "
        "yuan"
    ),
    Column.NOTE: "备注 说明 注 附注 备考 其他 其它 情况说明 备注说明 附言 remark note",
    Column.ENVELOPE: (
        "信封 信封号 信封编号 信封号码 袋号 卡袋 卡袋号 卡袋编号 格号 格位 格位号 槽位 槽位号 "
        "envelope envelopeno envelopenumber slot"
    ),
}
_BY_WORD = {word.lower(): column for column, words in _WORDS.items() for word in words.split()}
_NOT_OURS = re.compile(
    r"电话|手机|联系|身份证|证件|签|日期|时间|序|^编号$|余额|余量|欠|上次|上月|气量|方数|方量|立方|m3|表号|"
    r"表具|表编号|表底|读数|人口|人数|张数|卡数|数量|单价|手续|经办|收款人|状态|面积|类型|性质|方式|是否"
)
_CONTAINS = (
    (re.compile(r"卡.*号"), Column.CARD),
    (re.compile(r"(户|客户|用户|账户|缴费|档案|合同).*号"), Column.ACCOUNT),
    (re.compile(r"姓名|户主|业主|户名"), Column.NAME),
    (re.compile(r"备注|说明"), Column.NOTE),
    (re.compile(r"金额|款额|元"), Column.AMOUNT),
    (re.compile(r"地址|门牌|房号|房间|单元.*室"), Column.ROOM),
)
_VOLUME = re.compile(r"方(?!式)|m3|气量|吨|公斤|度数")
_NOISE = re.compile(r"[\s:*_.。：/\-]|[(\[【{<《].*?[)\]】}>》]")
NOTHING_LEARNED: Mapping[str, Column] = {}
_WHO = (Column.ACCOUNT, Column.CARD, Column.NAME, Column.SURNAME, Column.ROOM, Column.BUILDING)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one sheet.

    Attributes:
        first: Index of the first row after the header.
        columns: Column numbers by what they hold, left to right.
    """

    first: int
    columns: dict[Column, list[int]] = field(default_factory=dict)

    @property
    def names_who(self) -> int:
        """How many columns can tell who is meant."""
        return sum(column in self.columns for column in _WHO)

    @property
    def is_usable(self) -> bool:
        """Two columns that say who, and one that says how much (or that it is paid)."""
        pays = Column.AMOUNT in self.columns or Column.NOTE in self.columns
        return self.names_who >= 2 and pays


def bare_word(text: str) -> str:
    """A heading without spaces, punctuation and what stands in brackets."""
    return _NOISE.sub("", text).lower()


def column_of(text: str, learned: Mapping[str, Column] = NOTHING_LEARNED) -> Column | None:
    """What a header cell names, None when nothing we use.

    Args:
        text: The cell.
        learned: What bare words mean to the manager who wrote the list; these go first.
    """
    word = bare_word(text)
    if word in learned:
        return learned[word]
    if not word or len(word) > 16 or _VOLUME.search(text.lower()):
        return None
    if exact := _BY_WORD.get(word):
        return exact
    if _NOT_OURS.search(word):
        return None
    return next((column for pattern, column in _CONTAINS if pattern.search(word)), None)


def find_header(
    rows: Sequence[Sequence[str]],
    learned: Mapping[str, Column] = NOTHING_LEARNED,
    *,
    within: int = 40,
) -> Header | None:
    """The first row that names the columns, two rows when its cells are split below."""
    for index, row in enumerate(rows[:within]):
        columns = _columns(row, learned)
        if sum(len(places) for places in columns.values()) < 2:
            continue
        below = rows[index + 1] if index + 1 < len(rows) else ()
        header = _split_below(row, below, index, learned) or Header(index + 1, columns)
        if header.is_usable:
            return header
    return None


def is_header(row: Sequence[str], learned: Mapping[str, Column] = NOTHING_LEARNED) -> bool:
    """True for a header repeated in the middle of a list: every filled cell but one is a word."""
    return sum(len(places) for places in _columns(row, learned).values()) >= 3


def _split_below(
    row: Sequence[str], below: Sequence[str], index: int, learned: Mapping[str, Column]
) -> Header | None:
    filled = [text for text in below if text]
    if not filled or not all(column_of(text, learned) for text in filled):
        return None
    width = max(len(row), len(below))
    both = [below[i] if i < len(below) and below[i] else _at(row, i) for i in range(width)]
    return Header(index + 2, _columns(both, learned))


def _at(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _columns(row: Sequence[str], learned: Mapping[str, Column]) -> dict[Column, list[int]]:
    found: dict[Column, list[int]] = {}
    for index, text in enumerate(row):
        column = column_of(text, learned) if text else None
        if column is not None:
            found.setdefault(column, []).append(index)
    return found
