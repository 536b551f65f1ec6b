"""Rules of a maker that are stated in a file, of a library or of a layout's sheet."""

from __future__ import annotations

from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.volume import Volume
from drivers.tables import Table


def rules_told(card: Table, layout: str, kind: MeterKind) -> MakerRules:
    """The rules that a table `card` states.

    Raises:
        Refusal: of the table's code.
    """
    return MakerRules(
        code=card.text("maker"),
        layout=layout,
        school=CounterSchool(card.choice("school", list(CounterSchool))),
        counter_max=card.count("counter_max", 2**31, 65_535),
        volume_step=Volume(int(card.decimal("volume_step", "1") * 1000)),
        per_load_max=Volume(int(card.decimal("per_load_max", "800") * 1000)),
        training=card.switch("training"),
        kinds=frozenset({kind}),
        generation_max=card.count("generation_max", 2**31, 255),
        warn_loads=card.count("warn_loads", 10_000, 156),
        warn_cards=card.count("warn_cards", 1_000, 5),
        traps=card.texts("traps"),
    )
