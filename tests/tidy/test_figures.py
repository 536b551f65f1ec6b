"""The figures of docs/money-safety.md are of proofs that were run whole, of as much as stands here.

How much a long proof runs, and how many faults are planted, is read where it is written.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.kit import central_plants, plants
from tests.kit.cut_works import WORKS
from tests.property import test_planted_faults as in_station
from tests.property import test_planted_ledger_faults as in_ledger
from tests.property.test_interleavings import EVERY_PAIR
from tests.property.test_power_cut import EVERYWHERE, OTHER_CHIPS, TWICE
from tests.sim import plants as world_plants
from tests.soak.__main__ import PARTS
from tests.soak.ledger import ENTRIES
from tests.soak.meters import CASES, DAYS, HOUSEHOLDS, TOWN_HOUSEHOLDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "money-safety.md"
NAMES = [name for name, _ in PARTS]

NOT_WHOLE = {
    "hostile": "one of its twenty rounds was asked, on a machine at work",
    "interleave": "the spread of CI was met; all pairs at all boundaries are hours",
    "pairs": "jobs of the services at the counter came since; CI cuts its share of them",
    "sweep": "jobs of the services at the counter came since; CI cuts its share of them",
    "works": "every chip came on 27 November; CI cuts its share of them",
}
"""Long proofs whose row may say that they were not run whole, and why."""

OPEN = re.compile(r"\bnot (?:run|proven)\b|\bended before\b", re.IGNORECASE)
SAID = re.compile(r"not proven here|not run whole|each run ended before")
"""How a row says so: in these words."""

NONE_BROKEN = r"broken 0(?!\d)"

WHOLE: dict[str, tuple[str, ...]] = {
    "bits": ("in the file: {BITS}", "unfound 0"),
    "chaos": ("{CHAOS} bags", NONE_BROKEN),
    "hostile": ("{HOSTILE} rounds", "5xx 0"),
    "interleave": (f"{len(EVERY_PAIR)} pairs", NONE_BROKEN),
    "kills": ("{KILLS} kills", NONE_BROKEN),
    "lanes": ("twice 199 cards", NONE_BROKEN),
    "ledger": (f"{ENTRIES} in", "0 lost, 0 doubled, sum of postings 0"),
    "load": ("{CROWD} stations", "{LOAD_S} s of load", "0 lost, 0 doubled, sum of postings 0"),
    "meters": (f"{len(CASES)} makers and kinds", f"{HOUSEHOLDS} households and {DAYS} days each"),
    "noise": (r"\d+ exchanges of \d+ layouts", NONE_BROKEN),
    "pairs": (f"{len(TWICE)} passes", NONE_BROKEN),
    "pcsc": (r"\d+ contract tests", NONE_BROKEN),
    "power": ("{CUTS} stories", NONE_BROKEN),
    "sim": ("{SMALL_WORLDS} small worlds", "{LARGE_WORLDS} large", NONE_BROKEN),
    "sweep": (f"{len(EVERYWHERE)} passes", NONE_BROKEN),
    "works": (f"{len(WORKS)} works", f"{len(OTHER_CHIPS)} passes", NONE_BROKEN),
    "tears": ("states of loads", "of clearings", "0 show a third thing"),
    "town": (f"{len(CASES) * TOWN_HOUSEHOLDS} households", NONE_BROKEN),
}
"""What the figure of a whole run says, by part; in braces what is asked for if nobody says less."""
ELSE = (r"\d+ \w+.*broken 0",)
"""Of a part that is not named yet."""


def told(text: str) -> str:
    """A text with its numbers in one piece."""
    return re.sub(r"(?<=\d)[  ](?=\d{3}\b)", "", text)


def rows(command: str) -> list[str]:
    """Figures of the rows of the table with this command."""
    table = PAGE.read_text("utf-8").partition("## Figures")[2].partition("\n## ")[0]
    cells = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    asks = re.compile(rf"{re.escape(command)}(?![\w-])")
    return [told(figure) for _, shown, figure in cells if asks.search(shown)]


def asked(module: ModuleType) -> Iterator[tuple[str, int]]:
    """What a long proof repeats, and how often: its calls of `times(NAME, usual)`."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "times":
            name, usual = node.args
            key = vars(module)[name.id] if isinstance(name, ast.Name) else ast.literal_eval(name)
            many = vars(module)[usual.id] if isinstance(usual, ast.Name) else usual
            yield key, many if isinstance(many, int) else ast.literal_eval(many)


def demanded(part: str) -> list[str]:
    """What the figure of a part says when it was run whole."""
    proof = importlib.import_module(dict(PARTS)[part].__module__)
    usual = dict(asked(proof))
    return [words.format(**usual) for words in WHOLE.get(part, ())] or [*ELSE]


def unproven(part: str, figure: str) -> str:
    """What is wrong with the figure of a part; empty when nothing is."""
    if OPEN.search(figure):
        if part not in NOT_WHOLE:
            return "was not run whole, and nobody says here why"
        return "" if SAID.search(figure) else "does not say so in the words for it"
    lacking = [words for words in demanded(part) if not re.search(rf"(?<!\d){words}", figure)]
    return f"says nothing of {lacking}" if lacking else ""


@pytest.mark.parametrize("part", NAMES)
def test_a_long_proof_was_run_whole_or_says_that_it_was_not(part: str) -> None:
    figures = rows(f"./dev soak {part}")
    assert len(figures) == 1, f"docs/money-safety.md has no row, or several, for {part}"
    assert not unproven(part, figures[0]), (part, figures[0])


@pytest.mark.parametrize(
    ("part", "figure"),
    [
        ("kills", "not run"),
        ("kills", "not run whole"),
        ("kills", "200 kills, not run whole"),
        ("kills", ""),
        ("kills", "20 kills, broken 0"),
        ("kills", "1 200 kills, broken 0"),
        ("kills", "200 kills, broken 7"),
        ("sweep", f"{len(EVERYWHERE)} passes, broken 3"),
        ("power", "50 stories, broken 2"),
        ("sim", "100 000 small worlds, 5 large ones, 10 broken"),
        ("bits", "in the file: 5 000, unfound 3"),
        ("sweep", "not run yet"),
        ("sweep", "8 passes"),
        ("sim", "57 800 small worlds, 5 large ones, broken 0"),
        ("ledger", "1 000 050 in 277 s"),
    ],
)
def test_a_row_that_was_not_is_found(part: str, figure: str) -> None:
    assert unproven(part, told(figure))


@pytest.mark.parametrize(
    ("part", "figure"),
    [
        ("kills", "200 kills, broken 0"),
        ("sim", "100 000 small worlds, 5 large ones, broken 0"),
        ("hostile", "one round of twenty; not run whole"),
        ("hostile", "not proven here"),
    ],
)
def test_a_row_that_was_is_taken(part: str, figure: str) -> None:
    assert not unproven(part, told(figure))


def test_every_part_that_is_named_is_there() -> None:
    assert set(WHOLE) <= set(NAMES)
    assert set(NOT_WHOLE) < set(NAMES)
    assert all(NOT_WHOLE.values())


@pytest.mark.parametrize("part", NOT_WHOLE)
def test_who_has_an_excuse_needs_it(part: str) -> None:
    assert OPEN.search(rows(f"./dev soak {part}")[0])


def test_no_place_of_a_figure_is_left_open() -> None:
    page = PAGE.read_text("utf-8")
    assert not re.search(r"\| [A-Z]{3,} \||^[A-Z]{3,}$", page, re.MULTILINE)


Plant = Callable[[pytest.MonkeyPatch], None]
PLANTED: dict[str, tuple[ModuleType, list[Plant]]] = {
    "in the station": (plants, [one.plant for one in in_station.FAULTS]),
    "in the ledger on PostgreSQL": (central_plants, [one.plant for one in in_ledger.FAULTS]),
    "in the simulation": (world_plants, list(world_plants.PLANTED)),
}
"""Where faults are planted → the module that has them, and those that a test looks for."""


@pytest.mark.parametrize("where", PLANTED)
def test_every_planted_fault_is_counted_on_the_page(where: str) -> None:
    module, registered = PLANTED[where]
    written = {
        one
        for one in vars(module).values()
        if inspect.isfunction(one)
        and one.__module__ == module.__name__
        and not one.__name__.startswith("_")
        and list(inspect.signature(one).parameters) == ["patch"]
    }
    assert len(registered) == len(set(registered))
    assert written == set(registered)
    [figure] = rows("test_planted_faults.py")
    [(found, planted)] = re.findall(rf"(\d+) of (\d+) {where}\b", figure)
    assert int(found) == int(planted) == len(registered)
