"""Whatever is pasted: no line is lost, no amount invented, and reading never breaks."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.amounts import read_amount
from cardstation.domain.doors import read_door
from cardstation.domain.money import Money
from cardstation.errors import Refusal
from cardstation.services.lists.chat import read_chat

SIGNS = st.sampled_from(
    "0123456789栋单元室号楼-—#.、:，,。()（） 元块¥王李先生女士充交一二百五已付·*\t例接龙"
)
LINE = st.text(SIGNS, max_size=40) | st.text(max_size=60)
TEXT = st.lists(LINE, max_size=12).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_every_line_is_a_row_or_about_the_list(text: str) -> None:
    try:
        found = read_chat(text)
    except Refusal:
        return
    at = [row.row for row in found.rows]
    assert at == sorted(set(at))
    for row in found.rows:
        assert row.account_no or row.card_no or row.door or row.name or row.note
        said = set(re.findall(r"\d+", row.amount))
        assert all(number in text or number in row.note for number in said), "no invented figure"


HOME = st.tuples(
    st.sampled_from(["220103006908", "88016315006917", "5-2-301", "三栋二单元601室", ""]),
    st.sampled_from(["王建国", "李女士", ""]),
    st.sampled_from(["100", "200元", "¥88.8", "一百", ""]),
).filter(lambda home: bool(home[0] or home[2]))


@settings(max_examples=200, deadline=None)
@given(st.lists(HOME, min_size=1, max_size=4), st.sampled_from(["", "收卡啦\n", "#接龙\n"]))
def test_households_before_the_first_number_are_rows(
    homes: list[tuple[str, str, str]], title: str
) -> None:
    lines = [" ".join(part for part in home if part) for home in homes]
    found = read_chat("\n".join([title + lines[0], *lines[1:], "1. 3-2-601 孟远思 100"]))
    assert len(found.rows) == len(lines) + 1
    assert not re.search(r"\d{6}|[¥元]", found.name)


DOORS = st.tuples(st.integers(1, 40), st.integers(1, 6), st.integers(101, 3304))
NAMES = st.sampled_from(["王建国", "李女士", "欧阳喆", "孟先生", "赵敏"])
SHAPES = st.sampled_from(
    [
        "{b}栋{u}单元{r} {n} {y}",
        "{b}-{u}-{r} {n} {y}元",
        "{n} {b}号楼{u}单元{r}室 {y}块",
        "{y}元 {n} {b}-{u}-{r}",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(SHAPES, DOORS, NAMES, st.integers(1, 9999)), min_size=1, max_size=30))
def test_sound_lines_are_read_whole(
    lines: list[tuple[str, tuple[int, int, int], str, int]],
) -> None:
    texts = [
        f"{at}. " + shape.format(b=b, u=u, r=r, n=name, y=yuan)
        for at, (shape, (b, u, r), name, yuan) in enumerate(lines, start=1)
    ]
    rows = read_chat("#接龙\n" + "\n".join(texts)).rows
    assert len(rows) == len(lines)
    for row, (_, (b, u, r), name, yuan) in zip(rows, lines, strict=True):
        door = read_door(row.door)
        assert door is not None
        assert door.key == (str(b), str(u), str(r))
        assert (row.name, row.note) == (name, "")
        assert read_amount(row.amount) == Money(yuan * 100)
