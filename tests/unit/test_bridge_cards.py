"""What a maker's library must be able to say before the station has it make cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from cardstation.domain.card import CardIdentity, CardType, PriceBlock
from cardstation.domain.meter import Clearing, CounterSchool, MeterKind, Reissue, WaitingLoad
from cardstation.domain.new_card import NEVER_MET, new_content
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from drivers.bridge.description import Argument
from drivers.bridge.facts import Facts, blank_of, image_of
from drivers.bridge.layout import FactsLayout
from drivers.bridge.reading import read_description
from drivers.bridge.values import CHINA
from tests.kit.maker_library import SOURCES

DESCRIBED = read_description(SOURCES / "adds.toml")

NO_NEW_CARDS = [
    ('-12 = "blank_card"\n', "", "functions.read.results"),
    ('fact = "meter_no", type = "text", size = 24 }', 'type = "text", size = 24 }',
     "functions.issue.arguments"),
    ('[{ fact = "card_no", type = "text", size = 24 }]', '[{ type = "text", size = 24 }]',
     "functions.format.arguments"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place"), NO_NEW_CARDS, ids=["blank", "issue", "format"])
def test_new_cards_and_blanks_are_told_apart_or_refused_by_their_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    text = (SOURCES / "adds.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / "adds.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as refused:
        read_description(path)
    assert refused.value.values["place"] == place


def rules_of(folder: Path, name: str, old: str = "", new: str = "") -> tuple[object, ...]:
    text = (SOURCES / f"{name}.toml").read_text("utf-8")
    assert old in text
    path = folder / "changed.toml"
    path.write_text(text.replace(old, new, 1) if old else text, "utf-8")
    rules = read_description(path).rules
    return rules.on_waiting_load, rules.issues, rules.reissue, rules.clears


def test_the_table_says_what_a_library_has_functions_for(tmp_path: Path) -> None:
    every = (True, Reissue.LOADED, Clearing.BLANK)
    assert rules_of(tmp_path, "adds") == (WaitingLoad.METER_FIRST, *every)
    assert rules_of(tmp_path, "overwrites") == (WaitingLoad.TAKEN_BACK, *every)
    text = (SOURCES / "adds.toml").read_text("utf-8")
    made = text[text.index("[functions.issue]") :]
    none = (WaitingLoad.METER_FIRST, False, Reissue.ELSEWHERE, Clearing.NEVER)
    assert rules_of(tmp_path, "adds", made) == none


@pytest.mark.parametrize(
    ("unnamed", "issues", "reissue"),
    [
        ('{ fact = "opening", type = "int32", out = true }', False, Reissue.LOADED),
        ('{ fact = "opening", type = "int32" }', True, Reissue.ELSEWHERE),
        ('{ fact = "generation", type = "int32" }', True, Reissue.ELSEWHERE),
        ('{ fact = "generation", type = "int32", out = true }', True, Reissue.ELSEWHERE),
    ],
)
def test_a_fact_that_a_library_does_not_say_takes_a_service_away(
    tmp_path: Path, unnamed: str, issues: bool, reissue: Reissue
) -> None:
    _, *found, _ = rules_of(tmp_path, "adds", unnamed, "{ " + unnamed.partition(", ")[2])
    assert found == [issues, reissue]


NOON = datetime(2026, 11, 27, 12, 0, tzinfo=CHINA)
CARD = CardIdentity("AD01", CardType.OPENING, "C1", "A1", "M1", 0)


def planned(
    identity: CardIdentity,
    without: str = "",
    price: PriceBlock | None = None,
    school: CounterSchool = CounterSchool.EXACT,
) -> str:
    """The code of what stops a new card of a library whose `issue` lacks a fact."""
    functions = dict(DESCRIBED.functions)
    for role in ("issue", "read"):
        kept = tuple(one for one in functions[role].arguments if one.fact != without)
        functions[role] = replace(functions[role], arguments=kept)
    rules = replace(DESCRIBED.rules, school=school)
    layout = FactsLayout(replace(DESCRIBED, functions=functions, rules=rules))
    new = new_content(
        identity, DESCRIBED.rules, MeterKind.VOLUME, tiers=(), at=NEVER_MET, station_no=1, mark=b"m"
    )
    assert new.credit is not None
    assert new.returned is not None
    loaded = replace(new.credit, quantity=Volume(5_000))
    try:
        plan = layout.plan_issue(
            blank_of(layout.code), identity, loaded, new.limits, price, new.returned
        )
    except Refusal as stop:
        return stop.code
    assert layout.decode(plan.target).identity == identity
    return ""


def test_a_card_that_its_library_could_not_say_is_not_issued() -> None:
    replaced = replace(CARD, card_type=CardType.REISSUE, generation=1)
    assert [planned(CARD), planned(replaced)] == ["", ""]
    assert planned(CARD, "opening") == "library_cannot_issue"
    assert planned(replaced, "opening") == ""
    assert planned(replaced, "generation") == "library_cannot_issue"
    assert planned(CARD, "quantity") == "library_cannot_issue"
    assert planned(CARD, school=CounterSchool.NONE) == "library_cannot_issue"
    assert planned(CARD, price=PriceBlock(1, ())) == "field_does_not_fit"


def test_the_day_of_a_new_card_is_as_the_library_tells_it_again() -> None:
    read = DESCRIBED.functions["read"]
    told = Argument(type="text", fact="at", out=True, size=9)
    functions = {**DESCRIBED.functions, "read": replace(read, arguments=(*read.arguments, told))}
    layout = FactsLayout(replace(DESCRIBED, functions=functions))
    new = new_content(
        CARD, DESCRIBED.rules, MeterKind.VOLUME, tiers=(), at=NOON, station_no=1, mark=b"mark"
    )
    assert new.credit is not None
    assert new.returned is not None
    plan = layout.plan_issue(
        blank_of(layout.code), CARD, new.credit, new.limits, None, new.returned
    )
    shown = layout.decode(plan.target).credit
    assert shown is not None
    assert shown.loaded_at == NOON.replace(hour=0, minute=0, tzinfo=CHINA)


def test_a_card_that_never_met_its_meter_is_known_where_the_library_tells_of_that() -> None:
    """Only then may one that was made in the place of another be taken back."""
    read = DESCRIBED.functions["read"]
    told = Argument(type="text", fact="written_at", out=True, size=9)
    functions = {**DESCRIBED.functions, "read": replace(read, arguments=(*read.arguments, told))}
    tells = FactsLayout(replace(DESCRIBED, functions=functions))
    image = image_of(Facts("C1", "A1", "M1", generation=1), "adds", adds=True)
    for layout, known in ((tells, True), (FactsLayout(DESCRIBED), False)):
        returned = layout.decode(image).returned
        assert returned is not None
        assert (returned.written_at == NEVER_MET) is known
