"""The house keeps its own rules: limits, names, packages, no leftovers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardstation.central import schema as central
from cardstation.store import schema as store

pytestmark = pytest.mark.xdist_group("house")

ROOT = Path(__file__).parents[2]
ROOMS = ("cardstation", "drivers", "ui", "resources")
PRODUCT = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SOURCES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]
LEFT = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
SAYS_NOTHING = re.compile(r"(Manager|Helper|Util|Common|Base|Data|Info|Misc)$")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def length(text: str, tree: ast.Module) -> Iterator[str]:
    if text.count("\n") >= 400:
        yield "400 lines"
    for node in ast.walk(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_function and (node.end_lineno or 0) - node.lineno >= 60:
            yield f"{node.name}: 60 lines"


def leftover(text: str, _tree: ast.Module) -> Iterator[str]:
    yield from LEFT.findall(text)


def no_docstring(_text: str, tree: ast.Module) -> Iterator[str]:
    if tree.body and not ast.get_docstring(tree):
        yield "does not say what it is for"


def name_that_says_nothing(_text: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and SAYS_NOTHING.search(node.name):
            yield node.name


def broad_catch(_text: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = getattr(node.type, "id", "") if node.type else "everything"
            if caught in ("everything", "Exception", "BaseException"):
                yield f"line {node.lineno} catches {caught}"


Rule = Callable[[str, ast.Module], Iterator[str]]
EVERYWHERE: tuple[Rule, ...] = (length, leftover)
IN_PRODUCT: tuple[Rule, ...] = (no_docstring, name_that_says_nothing, broad_catch)
ALLOWED: dict[Rule, tuple[str, ...]] = {
    leftover: ("tests/tidy/test_house.py",),
    broad_catch: (
        *("cardstation/cli/run.py", "cardstation/services/sync.py"),
        *("ui/lane.py", "ui/screens"),
    ),
}


@pytest.fixture(scope="module")
def offenders() -> dict[Rule, list[str]]:
    """All of each rule: every source is read once, for all rules."""
    product, found = set(PRODUCT), {rule: list[str]() for rule in (*EVERYWHERE, *IN_PRODUCT)}
    for path in SOURCES:
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        for rule in (*EVERYWHERE, *(IN_PRODUCT if path in product else ())):
            if not relative(path).startswith(ALLOWED.get(rule, ())):
                found[rule] += [f"{relative(path)}: {what}" for what in rule(text, tree)]
    return found


@pytest.mark.parametrize("rule", [*EVERYWHERE, *IN_PRODUCT], ids=lambda rule: rule.__name__)
def test_no_source_breaks_a_rule(rule: Rule, offenders: dict[Rule, list[str]]) -> None:
    assert len(SOURCES) > len(PRODUCT) > 500
    assert offenders[rule] == []


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (length, "\n" * 400),
        (length, "def one():\n" + "    pass\n" * 60),
        (leftover, "# " + "TO" + "DO"),
        (no_docstring, "one = 1"),
        (name_that_says_nothing, "class CardManager: ..."),
        (broad_catch, "try: ...\nexcept: ..."),
        (broad_catch, "try: ...\nexcept Exception: ..."),
    ],
)
def test_what_breaks_a_rule_is_found(rule: Rule, wrong: str) -> None:
    assert list(rule(wrong, ast.parse(wrong)))


@pytest.mark.parametrize(
    ("room", "newest"), [("store", store.VERSION), ("central", int(central.HEAD[1:]))]
)
def test_two_migrations_never_have_one_number(room: str, newest: int) -> None:
    """Two that were written side by side merge without a conflict."""
    place = ROOT / "cardstation" / room / "migrations" / "versions"
    numbers = sorted(int(path.name[1:5]) for path in place.glob("r*.py"))
    assert numbers == list(range(1, newest + 1))


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
