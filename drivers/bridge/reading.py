"""Reads the description of a maker's library from its TOML file, and refuses what cannot be."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from cardstation.domain.meter import (
    Clearing,
    CounterSchool,
    MakerRules,
    MeterKind,
    Reissue,
    WaitingLoad,
)
from cardstation.errors import Refusal
from drivers.bridge.description import (
    AMOUNTS,
    FACTS,
    NUMBERS,
    RESULTS,
    ROLES,
    TEXTS,
    Argument,
    Description,
    Function,
)
from drivers.makers.told import rules_told
from drivers.tables import Table

_LONGEST_CALL_S = 600
_WIDEST_TEXT = 4096
_COUNTED = {"total", "meter_counter", "meter_total"}
_PER_UNIT = {MeterKind.VOLUME: 1000, MeterKind.MONEY: 100}
_HOARD = {MeterKind.VOLUME: "1000", MeterKind.MONEY: "5000"}


def read_description(path: Path) -> Description:
    """Read one description.

    Raises:
        Refusal: `library_description`, naming file, place and what was expected.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Refusal("library_description", file=path.name, place="", expected="TOML") from error
    table = Table(told, path.name)
    described = _described(table, path)
    table.end()
    _ensure_whole(table, described)
    return described


def _described(table: Table, path: Path) -> Description:
    name = table.text("name")
    card = table.under("card")
    kind = MeterKind(card.choice("kind", list(MeterKind), MeterKind.VOLUME))
    functions = _functions(table)
    described = Description(
        name=name,
        file=path.parent / table.text("file"),
        python=table.text("python", ""),
        convention=table.choice("convention", ("cdecl", "stdcall"), "cdecl"),
        encoding=_encoding(table),
        timeout_s=table.seconds("timeout_s", _LONGEST_CALL_S, 10),
        poll_s=table.seconds("poll_s", 60, 1),
        kind=kind,
        adds=card.choice("writes", ("overwrites", "adds")) == "adds",
        keeps=card.switch("keeps"),
        rules=_rules(card, name, kind, functions),
        hoard=int(card.decimal("hoard", _HOARD[kind]) * _PER_UNIT[kind]),
        functions=functions,
    )
    card.end()
    return described


def _rules(
    card: Table, name: str, kind: MeterKind, functions: Mapping[str, Function]
) -> MakerRules:
    """As the table states; what the library has no function for, its maker's own program does."""
    rules = rules_told(card, name, kind)
    read = functions["read"].gives if "read" in functions else frozenset()
    counts = rules.school is not CounterSchool.NONE
    takes = functions["issue"].takes if counts and "issue" in functions else frozenset()
    says_opening = "opening" in takes or "opening" not in read
    again = "generation" in takes & read and says_opening
    return replace(
        rules,
        on_waiting_load=WaitingLoad.TAKEN_BACK if "clear" in functions else WaitingLoad.METER_FIRST,
        issues=bool(takes) and "opening" in read,
        reissue=Reissue.LOADED if again else Reissue.ELSEWHERE,
        clears=Clearing.BLANK if "format" in functions else Clearing.NEVER,
    )


def _encoding(table: Table) -> str:
    name = table.text("encoding", "gbk")
    try:
        return codecs.lookup(name).name
    except LookupError:
        table.refuse("encoding", "a known encoding")


def _functions(table: Table) -> Mapping[str, Function]:
    shared = _results(table, {0: "ok"})
    told = table.under("functions")
    functions = {role: _function(told.under(role), shared) for role in ROLES if told.has(role)}
    told.end()
    return functions


def _results(table: Table, otherwise: Mapping[int, str]) -> Mapping[int, str]:
    if not table.has("results"):
        return otherwise
    told = table.under("results")
    found = dict(otherwise)
    for code in told.names():
        if not code.lstrip("-").isdecimal():
            told.refuse(code, "a return code")
        found[int(code)] = told.choice(code, RESULTS)
    return found


def _function(table: Table, shared: Mapping[int, str]) -> Function:
    function = Function(
        symbol=table.text("symbol"),
        arguments=tuple(_argument(one) for one in table.each("arguments")),
        returns=table.choice("returns", NUMBERS[:-2], "int32"),
        results=_results(table, shared),
    )
    table.end()
    return function


def _argument(table: Table) -> Argument:
    fact = table.choice("fact", FACTS) if table.has("fact") else ""
    kind = table.choice("type", (*NUMBERS, "text"))
    is_text = kind == "text"
    if fact in TEXTS and not is_text:
        table.refuse("type", "text")
    argument = Argument(
        type=kind,
        fact=fact,
        out=table.switch("out"),
        constant=_constant(table, is_text=is_text),
        size=table.count("size", _WIDEST_TEXT) if is_text else 0,
        unit=table.decimal("unit", "1") if fact in AMOUNTS else Decimal(1),
        equals=table.count("equals", 2**31) if table.has("equals") else None,
        form=table.text("form", "%Y%m%d"),
    )
    if is_text and argument.size < 2:
        table.refuse("size", "at least 2")
    table.end()
    return argument


def _constant(table: Table, *, is_text: bool) -> str | int | float:
    told = table.take("constant")
    if told is None:
        return "" if is_text else 0
    right = isinstance(told, str) if is_text else isinstance(told, int | float)
    if not right or isinstance(told, bool):
        table.refuse("constant", "a text" if is_text else "a number")
    constant: str | int | float = told
    return constant


def _ensure_whole(table: Table, described: Description) -> None:
    """The functions say what the station must know, and take what it must say."""
    functions, school = described.functions, described.rules.school
    for role in ("read", "load"):
        if role not in functions:
            table.refuse(f"functions.{role}", "a function")
    counted = {
        CounterSchool.CUMULATIVE: "total",
        CounterSchool.NONE: "quantity",
    }.get(school, "counter")
    _ensure_named(table, "read", {*TEXTS, "quantity", counted}, functions["read"].gives)
    told = functions["read"].gives
    if school is CounterSchool.NONE and told & _COUNTED:
        table.refuse("functions.read.arguments", "no count of a maker that counts nothing")
    if "taken" in told and "clear" in functions:
        table.refuse("functions.clear", "no function: a flag alone never proves a load untaken")
    for role in ("issue", "format"):
        if role in functions:
            _ensure_of_blanks(table, role, described, counted)
    said = "bought" if described.adds else "quantity"
    _ensure_named(table, "load", {"card_no", said}, functions["load"].takes)
    if not described.adds and school is not CounterSchool.NONE:
        _ensure_named(table, "load", {counted}, functions["load"].takes)


def _ensure_of_blanks(table: Table, role: str, described: Description, counted: str) -> None:
    """A blank is known as one; and a new card says what the station reads of it."""
    read, takes = described.functions["read"], described.functions[role].takes
    if "blank_card" not in read.results.values():
        table.refuse("functions.read.results", "blank_card: how a blank is known")
    _ensure_named(table, role, {"card_no"} if role == "format" else {*TEXTS, counted}, takes)


def _ensure_named(table: Table, role: str, wanted: set[str], named: frozenset[str]) -> None:
    for fact in sorted(wanted - named):
        table.refuse(f"functions.{role}.arguments", f"fact = {fact}")
