"""Reads chat text (接龙) as a list: `3. 5栋2单元301 王女士 200`; no line is ever lost.

What is certain goes into its field; what is not stays in the note, where a person reads it. A
number is taken for an amount only when it stands alone or says 元, never out of a door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cardstation.domain.amounts import read_amount
from cardstation.domain.batch import ListRow
from cardstation.domain.doors import read_door
from cardstation.domain.notes import Note, read_note
from cardstation.errors import Refusal
from cardstation.services.lists.cells import clean
from cardstation.services.lists.header import is_header
from cardstation.services.lists.reading import HouseholdList, digest_of
from cardstation.services.lists.sheets import CARD_FROM
from cardstation.services.lists.totals import Stated, is_total, read_total

MOST_SIGNS = 400_000
"""Signs of one paste; a 接龙 of 3 000 lines has about 120 000."""
_LONGEST_LINE = 300

_NUMBERED = re.compile(r"\(?(?P<number>\d{1,4})\)?\s*[.、):]\s*")
_HEADING = re.compile(r"#|接龙")
_EXAMPLE = re.compile(r"例[:如\s]|格式[:\s]")
_FIGURES = re.compile(r"\d{6}")
_NUMERAL = r"(?:\d{1,4}[A-Za-z]?|[零一二三四五六七八九十百]{1,5})"
_DOOR = re.compile(
    rf"(?<![\dA-Za-z.]){_NUMERAL}\s?(?:号楼|号栋|栋楼|楼栋|#楼|[栋幢座楼#]|[-—－~])\s?"
    rf"(?:{_NUMERAL}\s?(?:单元|[单门]|[-—－~])\s?)?"
    rf"(?:\d{{1,2}}[层楼]\s?)?{_NUMERAL}(?![\d.]|\s?[-—－~]\s?\d)\s?(?:号房|[室号户房])?(?!元|块)"
)
_PLACE = re.compile(r"[^\W\d_]{2,}$")
_PLACE_END = re.compile(r"[区城园苑里楼院街路庭府湾居]$")
_MONEY = re.compile(
    r"(?:[充购买交缴存]值?气?费?)?\s?[¥+]?\s?"
    r"(?<![\d.⁄])(?P<number>\d+(?:,\d{3})*(?:\.\d{1,2})?|[零一二两三四五六七八九十百千万]+)"
    r"\s?(?:元|块)[整钱]?(?![\d零一二三四五六七八九栋单室])"
)
_MARKED = re.compile(r"¥\s?(?P<number>\d+(?:,\d{3})*(?:\.\d{1,2})?)(?![\d.⁄])")
_ALONE = re.compile(
    r"(?:(?<=^)|(?<=[\s,;:、]))(?:[充购买交缴存]值?气?费?)?\+?"
    r"(?P<number>\d{1,5}(?:\.\d{1,2})?|[一二两三四五六七八九]?[百千十][零一二三四五六七八九十百]*)"
    r"(?=$|[\s,;、。!])"
)
_PHONE = re.compile(r"(?:(?:联系)?电话|手机号?|tel)?[:\s]*(?<!\d)1[3-9]\d{9}(?!\d)", re.I)
_LONG = re.compile(r"(?:户号|账号|卡号|编号)?[:\s]*(?<!\d)(?P<number>\d{8,20})(?!\d)")
_LABEL = re.compile(r"(?:姓名|户主|业主|房号|地址|金额|门牌|户号|卡号|电话|备注)[:\s]")
_CHUNK = re.compile(r"[^\W\d_][^\W\d_·*×]*(?:[·*×][^\W\d_·*×]*)*")
_TITLE = re.compile(r"先生|女士|小姐|太太|师傅|老师|阿姨|叔叔|大爷|大妈|大哥|大姐")


@dataclass(slots=True)
class _Line:
    """A line while it is taken apart: what is found is cut out of `rest`."""

    rest: str

    def cut(self, found: re.Match[str]) -> str:
        """Take a match out and leave a gap."""
        self.rest = f"{self.rest[: found.start()]} , {self.rest[found.end() :]}"
        return found[0].strip()


def read_chat(text: str) -> HouseholdList:
    """Read pasted text; every line that is no heading becomes a row.

    A line that tells of a household is a row wherever it stands, unless it says it is an example.

    Raises:
        Refusal: `paste_empty`, `paste_too_long`.
    """
    if len(text) > MOST_SIGNS:
        raise Refusal("paste_too_long", most=MOST_SIGNS)
    lines = [
        (at, clean(line))
        for at, line in enumerate(text.splitlines(), start=1)
        if not _is_table_header(line)
    ]
    numbered = [at for at, line in lines if _NUMBERED.match(line)]
    rows: list[ListRow] = []
    titles: list[str] = []
    stated, last = Stated(), 0
    for at, line in lines:
        if not line:
            continue
        if not rows and _is_heading(line, at, numbered):
            titles.append(line)
        elif is_total(line.split()) and not _DOOR.search(line):
            stated = read_total(line.split(), "")
        else:
            last, said = _without_number(line, last)
            rows += [_row(at, said)] if said else []
    if not rows:
        raise Refusal("paste_empty")
    names = (one for one in titles if not one.startswith("#") and not _EXAMPLE.match(one))
    name = next(names, "")[:40] or "接龙"
    return HouseholdList(name, tuple(rows), stated, tuple(titles), digest_of(rows), typed=True)


def _is_heading(line: str, at: int, numbered: list[int]) -> bool:
    """An example, or a line that tells of no household: by its sign, or before all numbers."""
    if _EXAMPLE.match(line):
        return True
    before = bool(numbered) and at < numbered[0]
    return (before or bool(_HEADING.match(line))) and not _tells_household(line)


def _tells_household(line: str) -> bool:
    """A door, an amount, or a number as long as an account's, a card's or a telephone's."""
    found = _Line(line)
    said = _FIGURES.search(line) or _DOOR.search(line)
    return bool(said or _marked_amount(found) or _lone_amount(found))


def _is_table_header(line: str) -> bool:
    """The headings of a table that was copied cell by cell."""
    cells = [clean(cell) for cell in line.split("\t")]
    return not _FIGURES.search(line) and not _DOOR.search(line) and is_header(cells)


def _without_number(line: str, last: int) -> tuple[int, str]:
    """A line without the number that the chat gave it; `3.5栋` is number 3 only after number 2."""
    found = _NUMBERED.match(line)
    if found is None:
        return last, line
    number, rest = int(found["number"]), line[found.end() :]
    glued = rest[:1].isdigit() and not found[0].endswith(" ") and "." in found[0]
    if glued and number != last + 1:
        return last, line
    return number, rest


def _row(at: int, said: str) -> ListRow:
    line = _Line(said[:_LONGEST_LINE])
    for phone in reversed(list(_PHONE.finditer(line.rest))):
        if not re.match(r"户号|账号", phone[0]):
            line.cut(phone)
    numbers = [line.cut(found) for found in reversed(list(_LONG.finditer(line.rest)))]
    bare = [re.sub(r"\D", "", number) for number in reversed(numbers)]
    amount = _marked_amount(line)
    door = _door(line)
    amount = amount or _lone_amount(line)
    name, note = _name(_LABEL.sub(" , ", line.rest))
    account = "/".join(one for one in bare if len(one) < CARD_FROM)
    card = "/".join(one for one in bare if len(one) >= CARD_FROM)
    if not (account or card or door or (name and amount)):
        name, note, amount = "", said, ""
    if len(said) > _LONGEST_LINE:
        note = said
    return ListRow(at, account, name, door, card, amount, note)


def _marked_amount(line: _Line) -> str:
    """The amount that says 元, 块 or ¥; several different ones are shown as all of them."""
    found = [*_MONEY.finditer(line.rest)] or [*_MARKED.finditer(line.rest)]
    said = list(dict.fromkeys(one["number"] for one in found))
    for one in reversed(found):
        line.cut(one)
    return "/".join(f"{number}元" for number in said)


def _lone_amount(line: _Line) -> str:
    found = list(_ALONE.finditer(line.rest))
    for one in reversed(found):
        line.cut(one)
    return "/".join(one["number"] for one in found)


def _door(line: _Line) -> str:
    """The longest door that can be read, with the place that stands right before it."""
    best: re.Match[str] | None = None
    for found in _DOOR.finditer(line.rest):
        if read_door(found[0]) is not None and (best is None or len(found[0]) > len(best[0])):
            best = found
    if best is None:
        return ""
    place = _PLACE.search(line.rest[: best.start()])
    door = line.cut(best)
    if place is not None and _PLACE_END.search(place[0]) and not _TITLE.search(place[0]):
        line.rest = f"{line.rest[: place.start()]} , {line.rest[place.end() :]}"
        return f"{place[0]} {door}"
    return door


def _name(rest: str) -> tuple[str, str]:
    """The likeliest name, and everything else as the note."""
    chunks = [found[0] for found in _CHUNK.finditer(rest)]
    names = [one for one in chunks if _may_be_name(one)]
    titled = [one for one in names if _TITLE.search(one)]
    name = (titled or names or [""])[0]
    left = re.sub(r"[\s,;:、。]+", " ", rest.replace(name, " ", 1) if name else rest).strip()
    return name, left


def _may_be_name(chunk: str) -> bool:
    most = 16 if "·" in chunk else 6
    return len(chunk) <= most and read_note(chunk) is Note.OPEN and not _amount_word(chunk)


def _amount_word(chunk: str) -> bool:
    """True for 一百五 and the like: an amount nobody may guess is no name either."""
    code = getattr(read_amount(chunk), "code", "")
    return code != "amount_not_certain" or bool(
        re.fullmatch(r"[零一二两三四五六七八九十百千万块元多]+", chunk)
    )
