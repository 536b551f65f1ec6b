"""What the documents name is there: tests, headings, pictures, files, long proofs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.soak.__main__ import PARTS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "money-safety.md"
LINK = re.compile(r"\[`(\w+)(?:\.py)?`\]\(([\w./-]*\btests/[\w/]+\.py)\)")
"""A test: [`test_of_the_row`](../tests/…/test_file.py), or all of [`test_file.py`](…)."""
TARGET = re.compile(r"\]\(([^)\s:]+)\)")
NAMED = re.compile(
    r"(?<![\w/.-])(?:tests|cardstation|drivers|ui|resources|docs)(?:/\w[\w.-]*)+"
    r"|(?<=`)[\w/]+\.py(?=`)"
)
"""A path of the tree, or a module by the end of its path."""
ROOMS = ("cardstation", "drivers", "ui", "resources", "tests")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MODULES = [f"/{path.relative_to(ROOT)}" for room in ROOMS for path in (ROOT / room).rglob("*.py")]
TESTS = sorted(
    {(path, *found) for path in DOCUMENTS for found in LINK.findall(path.read_text("utf-8"))}
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rows(heading: str) -> list[str]:
    """Of the first table below a heading of the page of money safety."""
    _, found, below = PAGE.read_text("utf-8").partition(f"\n## {heading}")
    assert found, heading
    lines = below.partition("\n## ")[0].splitlines()
    return [line for line in lines if line.startswith("| ")][1:]


def absent(path: Path) -> Iterator[str]:
    """What a document links or names, and is nowhere."""
    text = path.read_text("utf-8")
    for target in TARGET.findall(text):
        file, _, heading = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists() or (heading and heading not in headings(there)):
            yield target
    for named in map(str.rstrip, NAMED.findall(text), "."):
        if not (ROOT / named).exists() and not any(one.endswith(f"/{named}") for one in MODULES):
            yield named
    yield from set(re.findall(r"\./dev soak (\w+)", text)) - {name for name, _ in PARTS}
    linked = re.findall(r"\[[^\]]*\]\([^)]*\btests/[^)]*\)", text)
    yield from (one for one in linked if not LINK.fullmatch(one))


def headings(path: Path) -> set[str]:
    """As a link names them."""
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found}


def holds(file: Path, name: str) -> bool:
    """This file of tests is, or has, the one of this name."""
    return file.exists() if name == file.stem else name in functions(file.resolve())


@cache
def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_crash_table_links_its_test() -> None:
    crashes = rows("What happens when")
    assert len(crashes) > 15
    assert [row for row in crashes if not LINK.search(row)] == []


def test_every_accident_links_its_test() -> None:
    accidents = rows("On the real card service")
    assert len(accidents) >= 7
    assert [row for row in accidents if not LINK.search(row)] == []


def test_every_figure_has_the_command_that_prints_it() -> None:
    """Tests by their path, long proofs by their name; `absent` looks for both."""
    printed = re.compile(r"`(?:[A-Z]+=\d+ )?\./dev (?:soak \w|sim \d|test tests/)[^`]*`")
    figures = rows("Figures")
    assert len(figures) > 12
    assert [row for row in figures if not printed.search(row.split("|")[2])] == []


def test_every_test_that_is_named_is_there() -> None:
    assert len(TESTS) > 200
    gone = [one for one in TESTS if not holds(one[0].parent / one[2], one[1])]
    assert gone == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_names_is_there(path: Path) -> None:
    assert list(absent(path)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "| row | [`test_gone`](tests/tidy/test_gone.py) |",
        "[of its text](tests/tidy/test_documents.py)",
        "`tests/tidy/test_gone.py`",
        "`services/gone.py`",
        "[heading](#gone)",
        "![picture](gone.png)",
        "`./dev soak gone`",
    ],
)
def test_a_dead_link_is_found(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "tests" / "tidy").mkdir(parents=True)
    (tmp_path / "tests" / "tidy" / "test_documents.py").touch()
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n[itself](#page) {wrong}\n", "utf-8")
    assert list(absent(page))


def test_a_test_of_another_name_is_not_there() -> None:
    here = Path(__file__)
    assert holds(here, "test_a_test_of_another_name_is_not_there")
    assert holds(here, here.stem)
    assert not holds(here, "test_gone")
