"""docs/supported-cards.md says what is registered, and costs stay near their minimum."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cardstation.ports.layout import Layout
from drivers import supported
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.measured import measured, torn_loads
from drivers.measured_purse import torn_at_meter, torn_purse
from drivers.operations import WHOLE, Operation
from drivers.purses import PURSES
from drivers.purses.pboc import PbocDriver

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    """`./dev python -m drivers.supported` writes it anew."""
    assert supported.PAGE.read_text("utf-8") == supported.page()


@pytest.mark.parametrize("operation", [Operation.LOAD, Operation.CLEAR, Operation.RETURN])
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
def test_a_pulled_card_shows_the_old_state_or_the_new_one(
    layout: Layout, operation: Operation
) -> None:
    torn = torn_loads(layout, operation, range(2))
    assert torn.old
    assert torn.new
    assert (torn.neither, torn.old + torn.new) == (0, torn.cuts)
    assert torn.mended == torn.old


def test_a_whole_card_that_was_pulled_is_brought_to_its_end() -> None:
    """Every row of the page: nothing is laid aside."""
    rows = [line.split(" | ") for line in supported.PAGE.read_text("utf-8").splitlines()]
    torn = [row for row in rows if len(row) == 9 and row[-1] in ("0 |", "laid aside |")]
    asides = {row[2]: row[-1] for row in torn[1:]}
    assert set(WHOLE) | {"made", "made a blank"} <= set(asides)
    assert set(asides.values()) == {"0 |"}


@pytest.mark.parametrize("driver", PURSES, ids=lambda driver: driver.name)
def test_a_pulled_purse_is_brought_to_its_end(driver: PbocDriver) -> None:
    for torn in (torn_purse(driver), torn_at_meter(driver)):
        assert torn.new
        assert torn.mended == torn.cuts - torn.new
    assert torn_purse(driver).neither == 0


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
def test_a_load_writes_little_more_than_what_differs(layout: object) -> None:
    """By chip: bytes, pages of 8, blocks of 16, a zone of 64."""
    most = {"open24c02": 32, "openmf1k": 48, "open102": 64}
    cost = measured(layout)  # type: ignore[arg-type]
    assert cost.differing <= cost.written <= most.get(cost.layout, cost.differing)
    assert cost.erased <= most.get(cost.layout, cost.differing)
    assert cost.exchanges < 200


def test_no_rule_asks_which_maker_it_is() -> None:
    """The table of a maker says what its cards allow; product code compares with no code of one."""
    codes = "|".join(rules.code for rules in MAKERS)
    asked = re.compile(rf"""["']({codes})["']""")
    found = [
        str(path.relative_to(ROOT))
        for room in ("cardstation", "ui")
        for path in (ROOT / room).rglob("*.py")
        if asked.search(path.read_text("utf-8")) and asked.search("\n".join(_code_of(path)))
    ]
    assert found == []


def _code_of(path: Path) -> list[str]:
    """The texts a module works with; not its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [repr(one.value) for one in constants if id(one) not in told]
