"""Lists like the samples that nobody has seen: other words, other columns, other mistakes."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path

from cardstation.domain.check_digit import luhn_ok
from cardstation.domain.household import Household
from cardstation.domain.money import Money, capitals
from tests.kit.workbook import Cell, column_name, write_workbook

HEADERS = {
    "account": "户号 客户号 用户编号 燃气户号 缴费编号 用气户号".split(),  # noqa: SIM905
    "name": "户主 业主姓名 姓名 住户姓名 客户名称 户主（业主）".split(),  # noqa: SIM905
    "door": "门牌 楼栋单元室 房号 地址 住址 房间号".split(),  # noqa: SIM905
    "card": ["卡号", "燃气卡号", "IC卡号", "气卡编号", "卡号(14位)", "燃气\n卡号"],
    "amount": "金额 缴费金额 充值金额(元) 购气金额 交费金额 代收金额（元）".split(),  # noqa: SIM905
    "note": "备注 说明 备注说明".split(),  # noqa: SIM905
}
EXTRAS = {
    "联系电话": "13900001111",
    "身份证号": "220101********1234",
    "业主签字": "",
    "燃气表号": "QM1234567890",
    "上次购气量(方)": "35",
    "家庭人口": "3",
    "卡内余额": "12.5",
}
_INDEX_WORDS = ["序号", "No.", "编号"]
_MARK = "〃"
FORGIVEN = frozenset(
    "sound card_typo no_card no_account short_name wide unit words door_only_split".split()  # noqa: SIM905
)
SPOILS = (
    *["sound"] * 12,
    *("card_typo", "card_swap", "no_card", "no_account", "short_name", "wide", "unit", "words"),
    *("colloquial", "zero", "unknown", "prepaid", "prepaid_amount", "neighbour_card"),
    *("neighbour_account", "neighbour_numbers", "other_name", "other_door", "name_and_door_only"),
    *("account_only", "same_again", "differs_again", "volume_note", "rounded_card", "two_slips"),
)


@dataclass(frozen=True)
class Meant:
    """What a generated row means, and how it was spoiled."""

    household: Household | None
    fen: int | None
    kind: str
    spoil: str


@dataclass
class Sibling:
    """A generated list: the file and, in order, what its rows mean."""

    path: Path
    meant: list[Meant] = field(default_factory=list)


def door_text(random_: random.Random, home: Household) -> str:
    """One of many spellings of a door."""
    b, u, r = home.address.building, home.address.unit, home.address.room
    return random_.choice(
        [
            f"{b}号楼 {u} 单元 {r} 室",
            f"{b}－{u}－{r}",
            f"{b}-{u}-{r}",
            f"{b}栋{u}单元{r}",
            f"{b}#{u}-{r}",
            f"{b}#楼{u}单元{r}",
            f"{b}幢{u}单元{r}室",
            f"{b.zfill(2)}-{u.zfill(2)}-{r.zfill(4)}",
            f"{b}/{u}/{r}",
            f"{home.address.community}{b}栋{u}单元{r}室",
            f"{b}号楼{u}门{r}",
            f"{b}栋{u}单元{r[:-2]}层{r}",
        ]
    )


def _typo(random_: random.Random, number: str) -> str:
    place = random_.randrange(4, len(number))
    digit = random_.choice([d for d in "0123456789" if d != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _swapped(number: str) -> str:
    for place in range(len(number) - 2, 3, -1):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number and not luhn_ok(swapped):
            return swapped
    return number


class Writer:
    """Generates one list out of a directory, reproducibly."""

    def __init__(self, seed: int, directory: Sequence[Household]) -> None:
        self.random = random.Random(seed)
        communities = sorted({home.address.community for home in directory})
        self.community = self.random.choice(communities)
        self.everyone = list(directory)
        here = [home for home in directory if home.address.community == self.community]
        self.chosen = self.random.sample(here, 40)
        self.spare = [home for home in here if home not in self.chosen]

    def rows(self) -> tuple[list[dict[str, str]], list[Meant]]:
        """Rows by column, with what each means."""
        rows: list[dict[str, str]] = []
        meant: list[Meant] = []
        for home in self.chosen:
            fen = self.random.choice([5_000, 8_880, 10_000, 15_000, 20_000, 50_000])
            spoil = self.random.choice(SPOILS)
            row = self.sound(home, fen)
            more = self._spoil(row, home, spoil)
            rows += [row, *more]
            meant += [self._meant(home, fen, spoil)] * (1 + len(more))
        return rows, meant

    def sound(self, home: Household, fen: int) -> dict[str, str]:
        """A row without a mistake."""
        yuan = f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:g}"
        return {
            "account": home.account_no,
            "name": home.name,
            "door": door_text(self.random, home),
            "card": home.card_no,
            "amount": yuan,
            "note": "",
        }

    def _meant(self, home: Household, fen: int, spoil: str) -> Meant:
        uncertain = spoil in ("colloquial", "zero", "prepaid", "prepaid_amount", "differs_again")
        kind = "prepaid" if spoil.startswith("prepaid") else "sale"
        return Meant(home, None if uncertain else fen, kind, spoil)

    def _spoil(self, row: dict[str, str], home: Household, spoil: str) -> list[dict[str, str]]:
        pick = self.random.choice
        other = pick(self.spare)
        money = Money(int(float(row["amount"]) * 100 + 0.5))
        changes: dict[str, dict[str, str]] = {
            "card_typo": {"card": _typo(self.random, home.card_no)},
            "card_swap": {"card": _swapped(home.card_no)},
            "two_slips": {"card": _typo(self.random, _typo(self.random, home.card_no))},
            "rounded_card": {"card": f"{float(home.card_no):.5E}"},
            "no_card": {"card": ""},
            "no_account": {"account": ""},
            "short_name": {"name": home.name[0] + pick(["先生", "女士", "某", "**"])},
            "wide": {"card": home.card_no.translate({48 + d: 0xFF10 + d for d in range(10)})},
            "unit": {"amount": pick([f"{row['amount']}元", f"¥{row['amount']}"])},
            "words": {"amount": capitals(money)},
            "colloquial": {
                "amount": pick(["一百五", "百八", "两三百", "100左右", "88.8.0", "1百"])
            },
            "zero": {"amount": pick(["0", "0.00", "零"])},
            "prepaid": {"amount": "", "note": pick(["已网上缴费，只需圈存", "线上已交", "已缴费"])},
            "prepaid_amount": {"note": pick(["已网上缴费，只需圈存", "微信已交", "已付"])},
            "neighbour_card": {"card": other.card_no},
            "neighbour_account": {"account": other.account_no},
            "neighbour_numbers": {"account": other.account_no, "card": other.card_no},
            "other_name": {"name": other.name},
            "other_door": {"door": other.address.door},
            "name_and_door_only": {"account": "", "card": ""},
            "account_only": {"name": "", "door": "", "card": ""},
            "volume_note": {"note": pick(["只充20方", "先不充", "改成200"])},
            "unknown": {"account": "220199999990", "card": "8801999999990", "name": "无名氏"},
        }
        row.update(changes.get(spoil, {}))
        if spoil == "same_again":
            return [dict(row)]
        return [{**row, "amount": "30"}] if spoil == "differs_again" else []


def write_sibling(folder: Path, seed: int, directory: Sequence[Household]) -> Sibling:
    """Write one list as .xlsx or .csv and say what it means."""
    writer = Writer(seed, directory)
    rows, meant = writer.rows()
    layout = _Layout(writer.random, writer.community)
    table = layout.table(rows)
    path = folder / layout.file_name
    if layout.kind == "xlsx":
        sheets: dict[str, Sequence[Sequence[Cell]]] = {"收卡": table, "说明": [["填表说明"]]}
        write_workbook(path, sheets, layout.merged)
    else:
        encoding, delimiter = layout.text
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(table)
    return Sibling(path, meant)


def write_torn(folder: Path, seed: int, directory: Sequence[Household]) -> Sibling:
    """As `write_sibling`, with lines before, and with sheets without headers or stray marks."""
    writer = Writer(seed, directory)
    random_ = writer.random
    rows, meant = writer.rows()
    layout = _Layout(random_, writer.community)
    table = layout.table(rows)
    at = next(index for index, row in enumerate(table) if row and row[0] in _INDEX_WORDS)
    before: list[list[Cell]] = [["请于周五前交到物业"], ["联系人", "王", ""]]
    head, header, body = before[: random_.randrange(3)] + table[:at], table[at], table[at + 1 :]
    path = folder / layout.file_name
    if layout.kind == "xlsx":
        sheets = _sheets(random_, [*head, header], body)
        if random_.random() < 0.7:
            write_workbook(path, sheets)
        else:
            path.write_text("<html>" + "".join(map(_page_table, sheets.values())), "gb18030")
    else:
        encoding, delimiter = layout.text
        path.write_bytes(_marked(random_, [*head, header], body, delimiter).encode(encoding))
    return Sibling(path, meant)


def _sheets(
    random_: random.Random, head: list[list[Cell]], body: list[list[Cell]]
) -> dict[str, Sequence[Sequence[Cell]]]:
    """Rows on up to four sheets: with the header, without, or with a word of their own in it."""
    cuts = sorted(random_.sample(range(1, len(body)), random_.randrange(4)))
    sheets: dict[str, Sequence[Sequence[Cell]]] = {}
    own = ["要买多少" if word in HEADERS["amount"] else word for word in head[-1]]
    with_header = random_.randrange(len(cuts) + 1)
    for number, (begin, end) in enumerate(pairwise((0, *cuts, len(body)))):
        above = head if number == with_header else random_.choice([[], [own], head])
        sheets[f"{number}栋"] = [*above, *body[begin:end]]
    return sheets


def _page_table(rows: Sequence[Sequence[Cell]]) -> str:
    cells = ("".join(f"<td>{escape(str(cell))}" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}' for row in cells)}</table>"


def _marked(
    random_: random.Random, head: list[list[Cell]], body: list[list[Cell]], delimiter: str
) -> str:
    """A text file with up to three stray marks before cells of its rows."""
    of_homes = [row for row in body if any(row) and row[0] not in _INDEX_WORDS]
    for row in random_.sample(of_homes, random_.randrange(4)):
        place = random_.randrange(len(row))
        row[place] = f"{_MARK}{row[place]}"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([*head, *body])
    return text.getvalue().replace(_MARK, '"')


class _Layout:
    """How one manager lays out a list."""

    def __init__(self, random_: random.Random, community: str) -> None:
        self.random = random_
        self.community = community
        self.kind = random_.choice(["xlsx", "xlsx", "csv"])
        self.file_name = f"{random_.choice([community, '收卡', '代收明细'])}.{self.kind}"
        encodings = ["gb18030", "utf-8-sig", "utf-8", "utf-16"]
        self.text = (random_.choice(encodings), random_.choice(",;\t|"))
        self.split_door = random_.random() < 0.3
        self.split_name = random_.random() < 0.2
        self.merged: list[str] = []

    def table(self, rows: list[dict[str, str]]) -> list[list[Cell]]:
        columns = ["account", "name", "door", "card", "amount", "note"]
        self.random.shuffle(columns)
        extras = self.random.sample(sorted(EXTRAS), self.random.randrange(4))
        columns = ["index", *columns, *extras]
        header = [text for column in columns for text in self._header(column)]
        table: list[list[Cell]] = self._title(len(header))
        table.append(list(header))
        for number, row in enumerate(rows, start=1):
            cells = [cell for column in columns for cell in self._cells(column, row, number)]
            table.append(cells)
            if self.random.random() < 0.04:
                table.append([""] * len(header))
            if self.random.random() < 0.02:
                table.append(list(header))
        return table + self._end(header, rows)

    def _title(self, width: int) -> list[list[Cell]]:
        title: list[list[Cell]] = []
        if self.random.random() < 0.7:
            title.append([f"{self.community}物业代收燃气卡登记表"])
            if self.random.random() < 0.6:
                self.merged.append(f"A1:{column_name(width - 1)}1")
            if self.random.random() < 0.5:
                title.append(["物业盖章：      收卡日期：2026年11月23日"])
            if self.random.random() < 0.5:
                title.append([])
        return title

    def _end(self, header: Sequence[str], rows: list[dict[str, str]]) -> list[list[Cell]]:
        end: list[list[Cell]] = []
        if self.random.random() < 0.6:
            total: list[Cell] = [""] * len(header)
            total[0] = self.random.choice(["合计", "总计", "合  计"])
            total[2] = f"{len(rows)}张"
            end.append(total)
        if self.random.random() < 0.5:
            end.append(["经办人：", "", "审核："])
        return end

    def _header(self, column: str) -> list[str]:
        if column == "index":
            return [self.random.choice(_INDEX_WORDS)]
        if column == "door" and self.split_door:
            return ["楼号", "单元", "房号"]
        if column == "name" and self.split_name:
            return ["姓", "名"]
        return [self.random.choice(HEADERS[column])] if column in HEADERS else [column]

    def _cells(self, column: str, row: dict[str, str], number: int) -> list[Cell]:
        if column == "index":
            return [number]
        if column in EXTRAS:
            return [EXTRAS[column]]
        text = row[column]
        if column == "door" and self.split_door:
            return self._door_cells(text)
        if column == "name" and self.split_name:
            return [text[:1], text[1:]]
        numeric = self.kind == "xlsx" and text.replace(".", "", 1).isascii()
        if numeric and text.replace(".", "", 1).isdecimal() and self.random.random() < 0.6:
            return [float(text)]
        return [text]

    def _door_cells(self, text: str) -> list[Cell]:
        from cardstation.domain.doors import read_door

        door = read_door(text)
        return [text] if door is None else [door.building, door.unit, door.room]
