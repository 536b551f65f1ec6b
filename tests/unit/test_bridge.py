"""Inside the bridge: descriptions, values, statements of facts, and the process itself."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cardstation.domain.card import Witness, judge
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.topup import NO_MARK
from cardstation.errors import LinkFailed, Refusal
from drivers.bridge import process
from drivers.bridge.child import PROGRAM
from drivers.bridge.description import FACTS, RESULTS, ROLES, Argument
from drivers.bridge.facts import (
    DIGESTS,
    Facts,
    facts_in,
    image_of,
    load_mark_of,
    taken_mark_of,
)
from drivers.bridge.layout import FactsLayout
from drivers.bridge.reading import read_description
from drivers.bridge.shelf import KeysBesideLibraries, Shelf
from drivers.bridge.values import facts_of, wire_of
from drivers.keys import DemoCardKeys
from drivers.makers import MAKERS
from tests.kit.maker_library import SOURCES

ROOT = Path(__file__).parents[2]
OWNED = (DIGESTS,)
BEFORE = Facts("C1", "A1", "M1", counter=50, total=1_000, meter_counter=50)
TARGET = replace(BEFORE, quantity=29, counter=51, total=1_029)


def seen(facts: Facts, *, adds: bool, before: Facts = BEFORE, target: Facts = TARGET) -> Witness:
    images = (image_of(one, "lib", adds=adds) for one in (before, target, facts))
    first, last, now = images
    return judge(first, last, OWNED, now)


def test_a_half_written_card_is_ours_to_finish_only_where_the_library_overwrites() -> None:
    """Every mixture of old and new facts of a load."""
    mixed = {
        replace(BEFORE, **{name: getattr(TARGET, name) for name in names})
        for count in (1, 2)
        for names in itertools.combinations(("quantity", "counter", "total"), count)
    }
    assert len(mixed) == 6
    for facts in mixed:
        assert seen(facts, adds=True) is Witness.FOREIGN
        looks_taken = not facts.quantity
        assert seen(facts, adds=False) is (Witness.FOREIGN if looks_taken else Witness.TORN)


@pytest.mark.parametrize("adds", [True, False])
def test_before_and_target_are_told_apart_and_nothing_else_is_either(adds: bool) -> None:
    assert seen(BEFORE, adds=adds) is Witness.BEFORE
    assert seen(TARGET, adds=adds) is Witness.TARGET
    meter_spoke = replace(TARGET, residual=7, used=9, error=20, flags=("magnet",))
    assert seen(meter_spoke, adds=adds) is Witness.TARGET
    others = [replace(TARGET, quantity=quantity) for quantity in (1, 28, 30, 58)]
    others += [replace(BEFORE, card_no="C2"), replace(TARGET, generation=1)]
    for facts in others:
        assert seen(facts, adds=adds) is Witness.FOREIGN


def test_a_statement_reads_back_as_it_was_made() -> None:
    facts = replace(TARGET, residual=-3, taken=False, flags=("magnet", "fault"), hoard=9)
    image = image_of(facts, "lib", adds=True)
    assert facts_in(image, "lib") == facts
    assert facts_in(image, "other") is None
    assert facts_in(image[:-1], "lib") is None
    assert facts_in(image[: DIGESTS.stop] + bytes(len(image) - DIGESTS.stop), "lib") is None


def test_only_the_meters_own_word_says_that_a_load_was_taken() -> None:
    exact = CounterSchool.EXACT
    mute = replace(BEFORE, meter_counter=None)
    for facts in (mute, replace(mute, counter=51), replace(mute, taken=False, counter=51)):
        assert taken_mark_of(facts, exact) == NO_MARK
    taken = replace(TARGET, quantity=0, meter_counter=51)
    assert taken_mark_of(taken, exact) == load_mark_of(TARGET, exact)
    assert taken_mark_of(BEFORE, exact) != load_mark_of(TARGET, exact)
    kept = replace(TARGET, meter_counter=51)
    assert (kept.waiting, TARGET.waiting) == (0, 29)
    flagged = replace(TARGET, meter_counter=None, taken=True)
    assert flagged.waiting == 0
    assert taken_mark_of(flagged, exact) == load_mark_of(flagged, exact)
    totals = replace(TARGET, meter_counter=None, meter_total=1_029)
    assert taken_mark_of(totals, CounterSchool.CUMULATIVE) == load_mark_of(
        replace(totals, meter_total=1_000), CounterSchool.CUMULATIVE
    )


def test_a_maker_that_counts_nothing_proves_nothing_after_the_card_was_away() -> None:
    before = Facts("C1", "A1", "M1", insertion="one")
    target = replace(before, quantity=29)
    again = replace(before, insertion="two")
    assert seen(target, adds=False, before=before, target=target) is Witness.TARGET
    for facts in (again, replace(again, quantity=29)):
        assert seen(facts, adds=False, before=before, target=target) is Witness.FOREIGN
        assert taken_mark_of(facts, CounterSchool.NONE) == NO_MARK
    marks = {load_mark_of(one, CounterSchool.NONE) for one in (before, target, again)}
    assert len(marks) == 3


WRONG = [
    ('name = "adds"', "name = 7", "name"),
    ('file = "adds.so"', "", "file"),
    ('writes = "adds"', 'writes = "somehow"', "card.writes"),
    ('maker = "AD01"', 'maker = ""', "card.maker"),
    ("counter_max = 9999", "counter_max = -1", "card.counter_max"),
    ("counter_max = 9999", "colour = 1", "card.colour"),
    ("counter_max = 9999", 'traps = "one"', "card.traps"),
    ("timeout_s = 5", "timeout_s = 0", "timeout_s"),
    ('encoding = "gbk"', 'encoding = "klingon"', "encoding"),
    ('-4 = "no_card"', '-4 = "perhaps"', "results.-4"),
    ('-4 = "no_card"', 'four = "no_card"', "results.four"),
    ('[functions.load]\nsymbol = "AddWrite"', "[functions.load]", "functions.load.symbol"),
    ("[functions.load]", "[functions.lode]", "functions.lode"),
    ('{ fact = "quantity", type = "double", out = true }',
     '{ fact = "quantity", type = "decimal", out = true }', "functions.read.arguments[3].type"),
    ('{ fact = "card_no", type = "text", size = 24, out = true }',
     '{ fact = "card_no", type = "int32", out = true }', "functions.read.arguments[0].type"),
    ('{ fact = "card_no", type = "text", size = 24, out = true }',
     '{ fact = "card_no", type = "text", out = true }', "functions.read.arguments[0].size"),
    ('{ fact = "counter", type = "int32", out = true }', '{ type = "int32", out = true }',
     "functions.read.arguments"),
    ('{ fact = "bought", type = "double" }', '{ fact = "quantity", type = "double" }',
     "functions.load.arguments"),
    ('{ fact = "bought", type = "double" }', '{ fact = "bought", type = "double", unit = "0" }',
     "functions.load.arguments[1].unit"),
    ('constant = "CARD"', "constant = 7", "functions.open.arguments[0].constant"),
    ('school = "exact"', 'school = "none"', "functions.read.arguments"),
    ("[results]", "[results", ""),
    ("[results]", "results = 1\n[more]", "results"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place"), WRONG, ids=lambda part: part[:30])
def test_a_description_that_cannot_be_is_refused_by_its_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    text = (SOURCES / "adds.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "adds.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as refused:
        read_description(path)
    assert refused.value.code == "library_description"
    assert (refused.value.values["file"], refused.value.values["place"]) == ("adds.toml", place)


def test_the_example_of_the_page_can_be_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "makers-libraries.md").read_text("utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "qf316.toml"
    path.write_text(text, "utf-8")
    described = read_description(path)
    assert described.rules.traps
    assert described.functions["load"].takes == {"card_no", "quantity", "counter", "at"}
    assert set(described.functions["read"].results.values()) <= set(RESULTS)
    for word in (*ROLES, *RESULTS, *FACTS):
        assert f"`{word}`" in page, word


def test_a_flag_alone_never_lets_a_load_be_taken_back(tmp_path: Path) -> None:
    text = (SOURCES / "overwrites.toml").read_text("utf-8")
    path = tmp_path / "flagged.toml"
    path.write_text(text.replace('fact = "meter_counter"', 'fact = "taken"'), "utf-8")
    with pytest.raises(Refusal) as refused:
        read_description(path)
    assert refused.value.values["place"] == "functions.clear"


@pytest.mark.parametrize(
    ("fact", "told", "wire"),
    [
        ("quantity", {"type": "int32", "unit": Decimal("0.1")}, 290),
        ("quantity", {"type": "double"}, 29.0),
        ("quantity", {"type": "text", "size": 4}, "323900"),
        ("card_no", {"type": "text", "size": 9}, "433100"),
        ("taken", {"type": "uint8", "equals": 58}, 58),
        ("taken", {"type": "uint8", "equals": 0}, 0),
        ("opening", {"type": "uint8", "equals": 0}, 1),
        ("opening", {"type": "uint8"}, 0),
        ("at", {"type": "text", "size": 9}, "323032363131323400"),
    ],
)
def test_facts_go_in_as_the_paper_has_them(
    fact: str, told: dict[str, object], wire: object
) -> None:
    given: dict[str, object] = {"quantity": 29_000, "card_no": "C1", "taken": True}
    given["opening"] = False
    given["at"] = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # already the 24th in China
    sent = wire_of(Argument(fact=fact, **told), given, "gbk", 1000)  # type: ignore[arg-type]
    value = sent["value"]
    assert value == (wire if not isinstance(wire, str) else wire[: len(value)])


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [
        ("quantity", 29_500, {"type": "int32"}),
        ("quantity", 300_000, {"type": "int8"}),
        ("quantity", 300_000, {"type": "uint8", "unit": Decimal("0.1")}),
        ("counter", -1, {"type": "uint16"}),
        ("card_no", "C12345", {"type": "text", "size": 6}),
        ("card_no", "\U0001f600", {"type": "text", "size": 20}),
        ("card_no", "C1", {"type": "int32"}),
    ],
)
def test_what_the_paper_has_no_room_for_is_refused(
    fact: str, value: object, told: dict[str, object]
) -> None:
    with pytest.raises(Refusal, match="field_does_not_fit"):
        wire_of(Argument(fact=fact, **told), {fact: value}, "gbk", 1000)  # type: ignore[arg-type]


DESCRIBED = read_description(SOURCES / "adds.toml")
READ = DESCRIBED.functions["read"]
GOOD = [
    *(text.encode().hex() + "00" for text in ("C1", "A1", "M1")),
    29.0,
    51,
    1029.0,
    50,
    3.5,
    0,
    0,
]


def test_a_good_answer_is_facts() -> None:
    facts = facts_of(DESCRIBED, READ, GOOD, "")
    assert facts == Facts(
        "C1", "A1", "M1",
        quantity=29_000, counter=51, total=1_029_000, meter_counter=50, residual=3_500,
    )  # fmt: skip


def test_gas_under_a_counter_that_was_taken_is_a_load_cut_short_unless_cards_keep_it() -> None:
    torn = replace(TARGET, counter=50)
    for keeps in (False, True):
        layout = FactsLayout(replace(DESCRIBED, keeps=keeps))
        content = layout.decode(image_of(torn, DESCRIBED.name, adds=True))
        assert (content.credit is not None) == keeps
        assert content.pending is None


def test_a_money_meters_amounts_are_fen(tmp_path: Path) -> None:
    text = (SOURCES / "adds.toml").read_text("utf-8").replace('kind = "volume"', 'kind = "money"')
    path = tmp_path / "money.toml"
    path.write_text(text, "utf-8")
    described = read_description(path)
    facts = facts_of(described, described.functions["read"], GOOD, "")
    assert (facts.quantity, facts.total, facts.residual) == (2_900, 102_900, 350)
    content = FactsLayout(described).decode(image_of(facts, described.name, adds=True))
    assert content.pending == Money(2_900)
    assert content.limits.hoard == Money(500_000)
    assert described.rules.kinds == {MeterKind.MONEY}
    sent = wire_of(Argument("double", "bought"), {"bought": 2_950}, "gbk", 100)
    assert sent["value"] == 29.5


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, "c3c3c3"), (0, "4331"), (0, "07" + "00"), (0, "ff00"), (0, None),
        (0, "43" * 300 + "00"),
        (3, float("nan")), (3, float("inf")), (3, -1.0), (3, 1e30), (3, 29.00005), (3, "much"),
        (4, -1), (4, 10_000), (4, 1.5), (4, None), (5, -0.001), (6, 2**31), (7, float("nan")),
    ],
)  # fmt: skip
def test_garbage_is_never_a_fact(at: int, value: object) -> None:
    out: list[object] = [*GOOD[:at], value, *GOOD[at + 1 :]]
    with pytest.raises(LinkFailed, match="library_garbage"):
        facts_of(DESCRIBED, READ, out, "")


@pytest.mark.parametrize("out", [None, [], GOOD[:-1], {"card_no": "C1"}])
def test_an_answer_of_another_shape_is_garbage(out: object) -> None:
    with pytest.raises(LinkFailed, match="library_garbage"):
        facts_of(DESCRIBED, READ, out, "")


def test_a_shelf_refuses_what_is_used_already(tmp_path: Path) -> None:
    assert Shelf.of_folder(tmp_path / "none").chips == ()
    text = (SOURCES / "adds.toml").read_text("utf-8")
    (tmp_path / "a.toml").write_text(text)
    assert [one.code for one in Shelf.of_folder(tmp_path, MAKERS).makers] == ["AD01"]
    (tmp_path / "b.toml").write_text(text.replace('"AD01"', '"AD02"'))
    with pytest.raises(Refusal, match="place=name"):
        Shelf.of_folder(tmp_path)
    (tmp_path / "b.toml").write_text(text.replace("AD01", "CS01").replace('"adds"\n', '"b"\n', 1))
    with pytest.raises(Refusal, match=r"card\.maker"):
        Shelf.of_folder(tmp_path, MAKERS)


def test_keys_of_a_library_are_its_own() -> None:
    keys = KeysBesideLibraries(DemoCardKeys(), (DESCRIBED.rules,))
    assert keys.code_for("AD01", "88") == b""
    assert keys.code_for("CS01", "88") == DemoCardKeys().code_for("CS01", "88")


def test_the_process_imports_nothing_but_the_standard_library_and_runs_on_old_pythons() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"), feature_version=(3, 8))
    names = [
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    ]  # fmt: skip
    assert names
    assert set(names) <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))


def ask(question: object) -> tuple[dict[str, object], int]:
    """One question; the pipe stays open until it is answered: its end is the process's own."""
    command = [sys.executable, "-I", "-S", str(PROGRAM)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        asked.stdin.write(json.dumps(question) + "\n")
        asked.stdin.flush()
        answer = json.loads(asked.stdout.readline())
        return answer, asked.wait(30)


def test_the_process_says_why_a_library_cannot_be_used(tmp_path: Path) -> None:
    for wanted in (
        {"load": {"file": str(tmp_path / "none.so"), "convention": "cdecl"}},
        {"load": {"file": str(tmp_path / "none.so"), "convention": "stdcall"}},
    ):
        answer, status = ask(wanted)
        assert answer["failed"]
        assert status == 1


def test_the_process_is_an_executable_of_its_own() -> None:
    script = Path(sys.executable).with_name("cardstation-bridge")
    if script.exists():
        run = subprocess.run([script], input="", capture_output=True, check=False, timeout=30)
        assert run.returncode == 0
    assert callable(process.main)
