"""No sentence of the window stays English in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from cardstation.i18n import translator

UI = Path(__file__).parents[2] / "ui"


def said(tree: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        wanted = {"t": 1, "say": 1, "Screen": 3}.get(name, 0)
        for argument in node.args[:wanted]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, ast.Name) and argument.id in constants:
                yield constants[argument.id]


SENTENCES = sorted(
    {
        text
        for path in UI.rglob("*.py")
        for text in said(ast.parse(path.read_text("utf-8")))
        if text[:1].isupper() or " " in text
    }
)


def test_there_are_many() -> None:
    assert len(SENTENCES) > 150


def test_each_has_a_chinese_sentence() -> None:
    assert [text for text in SENTENCES if not translator("zh_CN").knows(text)] == []
