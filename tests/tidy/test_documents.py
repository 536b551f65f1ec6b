"""What the documents name is there: tests, pictures, files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "money-safety.md"
LINK = re.compile(r"\[`(\w+)(?:\.py)?`\]\(\.\./(tests/[\w/]+\.py)\)")
TESTS = sorted(set(LINK.findall(PAGE.read_text("utf-8"))))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_row_of_the_crash_table_links_its_test() -> None:
    """As [`test_of_the_row`](../tests/…/test_file.py); only a purse card has none yet."""
    table = PAGE.read_text("utf-8").partition("## What happens when")[2].partition("##")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 15
    unproven = [row for row in rows if not LINK.search(row)]
    assert [row.partition(",")[0] for row in unproven] == ["| CPU card"] * 2, unproven
    assert all("not proven here" in row for row in unproven)


def test_every_long_proof_has_its_figures() -> None:
    page = PAGE.read_text("utf-8")
    parts = [path.stem for path in (ROOT / "tests" / "soak").glob("[a-z]*.py")]
    for part in sorted(set(parts) - {"figures"}):
        assert f"./dev soak {part}" in page, part
    assert not re.search(r"\| [A-Z]{3,} \||^[A-Z]{3,}$", page, re.MULTILINE)


@pytest.mark.parametrize(("name", "file"), TESTS, ids=lambda part: part)
def test_a_test_that_is_named_is_there(name: str, file: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in functions | {Path(file).stem}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_that_is_linked_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
