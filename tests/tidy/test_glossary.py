"""One thing has one name in Chinese: the words that the glossary refuses are nowhere said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.i18n import catalogue_name, read_catalogue
from resources import read_text

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
TOLD = ("docs/manual.zh-CN.md", "docs/money-safety.md", "README.zh-CN.md")
SPLIT = re.compile(r"[,，、]\s*")
LONGER = {"名单": "黑名单"}
"""Words that are no case of a refused one that stands in them."""


def rows() -> list[tuple[str, ...]]:
    """Cells of each line of the table, without its head."""
    lines = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[1:]]


def refused() -> dict[str, str]:
    """Refused word → the word to use."""
    return {word: row[1] for row in rows() for word in SPLIT.split(row[3]) if word}


def wrong(text: str) -> list[str]:
    return [word for word in refused() if word in text.replace(LONGER.get(word, "\0"), "")]


def told() -> Iterator[tuple[str, str]]:
    yield from read_catalogue(read_text(catalogue_name("zh_CN")))
    for name in TOLD:
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), start=1):
            yield f"{name}:{number}", line


def test_no_refused_word_is_said() -> None:
    found = {where: words for where, text in told() if (words := wrong(text))}
    assert not found, refused()


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_name_is_in_use(row: tuple[str, ...]) -> None:
    said = "".join(text for _, text in told())
    assert len(row) == 4
    assert all(name in said for name in SPLIT.split(row[1]))


def test_a_refused_word_is_found() -> None:
    assert wrong("名单上没有") == ["名单"]
    assert wrong("列入黑名单") == []
