"""The house keeps its own rules: limits, names, packages, no leftovers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cardstation.central import schema as central
from cardstation.store import schema as store

ROOT = Path(__file__).parents[2]
ROOMS = ("cardstation", "drivers", "ui", "resources")
PRODUCT = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SOURCES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]
SAYS_NOTHING = re.compile(r"(Manager|Helper|Util|Common|Base|Data|Info|Misc)$")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_file_and_function_lengths(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") < 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize(
    ("room", "newest"), [("store", store.VERSION), ("central", int(central.HEAD[1:]))]
)
def test_two_migrations_never_have_one_number(room: str, newest: int) -> None:
    """Two that were written side by side merge without a conflict."""
    place = ROOT / "cardstation" / room / "migrations" / "versions"
    numbers = sorted(int(path.name[1:5]) for path in place.glob("r*.py"))
    assert numbers == list(range(1, newest + 1))


@pytest.mark.parametrize("path", PRODUCT, ids=relative)
def test_modules_say_what_they_are_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if tree.body:
        assert ast.get_docstring(tree), "no module docstring"


@pytest.mark.parametrize("path", PRODUCT, ids=relative)
def test_names_say_something(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            assert not SAYS_NOTHING.search(node.name), node.name


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_leftovers(path: Path) -> None:
    if path == Path(__file__):
        return
    found = re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text("utf-8"))
    assert not found


@pytest.mark.parametrize("path", PRODUCT, ids=relative)
def test_broad_catches_only_in_the_three_places(path: Path) -> None:
    allowed = {"cardstation/cli/run.py", "ui/lane.py", "ui/screens", "cardstation/services/sync.py"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            assert not broad or any(relative(path).startswith(place) for place in allowed)


def test_the_four_rooms_come_from_one_parent() -> None:
    parents = {Path(str(__import__(room).__file__)).parents[1] for room in ROOMS}
    assert parents == {ROOT}


def test_the_top_level_is_as_drawn() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    top = {name.split("/")[0].strip('"') for name in listed if name}
    drawn = {*ROOMS, "tests", "docs", ".ci", ".gitignore", "dev", "pyproject.toml"}
    drawn |= {"requirements.lock", "README.md", "README.zh-CN.md", "LICENSE", "CHANGELOG.md"}
    assert top <= drawn


SKIPS = re.compile(r"\bpytest\.(skip|importorskip|mark\.skip\w*)\b")


def test_every_skip_says_not_proven_here() -> None:
    """By the one function that fails instead where the real thing is demanded."""
    skipping = {relative(one) for one in SOURCES if SKIPS.search(one.read_text("utf-8"))}
    assert skipping - {"tests/soak/__main__.py"} == {"tests/kit/proven.py"}


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")


def test_pip_installs_a_lock_as_uv_does() -> None:
    """Just what is in it: pip looks for what extras need, and finds it under no such name there."""
    lines = (ROOT / "dev").read_text("utf-8").splitlines()
    locks = [line for line in lines if re.search(r"-m pip .*requirements\.lock", line)]
    assert len(locks) == 2
    assert all("--no-deps --require-hashes" in line for line in locks)


def test_none_is_not_eaten_by_qt() -> None:
    """PySide6 6.12.0 drops one reference to None per call on Python 3.11; the pin must hold."""
    program = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "app = QApplication([]); widget = QWidget(); before = sys.getrefcount(None)\n"
        "for _ in range(500): widget.update()\n"
        "sys.exit(0 if abs(sys.getrefcount(None) - before) < 100 else 1)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
