"""Rules of a maker that are stated in a file, of a library or of a layout's sheet."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card import Limits
from cardstation.domain.meter import Clearing, CounterSchool, MakerRules, MeterKind, Reissue
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.ports.layout import Layout
from drivers.tables import Table


def rules_told(card: Table, layout: str, kind: MeterKind) -> MakerRules:
    """The rules that a table `card` states.

    Raises:
        Refusal: of the table's code.
    """
    school = CounterSchool(card.choice("school", list(CounterSchool)))
    return MakerRules(
        code=card.text("maker"),
        layout=layout,
        school=school,
        counter_max=card.count("counter_max", 2**31, 65_535),
        volume_step=Volume(int(card.decimal("volume_step", "1") * 1000)),
        per_load_max=Volume(int(card.decimal("per_load_max", "800") * 1000)),
        training=card.switch("training"),
        kinds=frozenset({kind}),
        generation_max=card.count("generation_max", 2**31, 255),
        warn_loads=card.count("warn_loads", 10_000, 156),
        warn_cards=card.count("warn_cards", 1_000, 5),
        reissue=Reissue.READ if school is CounterSchool.NONE else Reissue.LOADED,
        traps=card.texts("traps"),
    )


def sheet_rules_told(card: Table, layout: Layout, kind: MeterKind) -> MakerRules:
    """The same of a sheet: a desk makes its cards, and the table says how.

    Raises:
        Refusal: of the table's code.
    """
    rules = rules_told(card, layout.code, kind)
    limits = _limits(card, rules.limits_of(kind), kind)
    money = kind is MeterKind.MONEY
    return replace(
        rules,
        issues=layout.rewrites,
        clears=Clearing.BLANK if layout.rewrites else Clearing.NEVER,
        volume_limits=rules.volume_limits if money else limits,
        money_limits=limits if money else rules.money_limits,
    )


def _limits(card: Table, usual: Limits, kind: MeterKind) -> Limits:
    """What a new card tells its meter, in m³ or yuan; the usual where it is not stated."""
    unit = Money if kind is MeterKind.MONEY else Volume
    per_unit = 100 if kind is MeterKind.MONEY else 1000
    told = {
        name: unit(int(card.decimal(name, "0") * per_unit))
        for name in ("alarm", "hoard", "overdraft")
        if card.has(name)
    }
    return replace(usual, **told)
