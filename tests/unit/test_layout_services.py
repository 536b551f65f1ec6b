"""What a sheet's cards allow beside a sale, and that one pulled while written whole is nobody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.meter import Clearing, MeterKind, Reissue
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from drivers.layouts import LAYOUTS
from drivers.layouts.proof import prove
from drivers.layouts.sheet import read_sheet
from drivers.layouts.tears import torn_images
from drivers.makers import MAKERS
from tests.kit.layout_keys import published_keys

FOLDER = Path(__file__).parents[2] / "docs" / "layouts"
FILE = FOLDER / "interface2012.toml"
SHEET = FILE.read_text("utf-8")
SHEETS = {path.stem: read_sheet(path, published_keys()) for path in FOLDER.glob("*.toml")}
ONE_CARD = SHEET[: SHEET.index('[[example]]\nname = "the meter took it')]
OWN_RAW = 'name = "own"\nat = 29\nbytes = 1\nis = "raw"'


def changed(folder: Path, text: str, *changes: tuple[str, str]) -> Path:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "sheet.toml"
    path.write_text(text, "utf-8")
    return path


def services(path: Path) -> dict[str, str]:
    """What a sheet's cards allow beside a sale, as `layout check` says it."""
    found = prove(read_sheet(path, published_keys()), LAYOUTS)
    assert all(one.ok for one in found), found
    return {one.name: one.found for one in found if " be " in one.name}


USERS_ONLY = (
    ("[constants]", '[constants]\ncard_type = "user"'),
    ('name = "card_type"', 'name = "kzt"'),
    ('is = "choice"\nwords = { opening = 0, user = 1, reissue = 2 }', 'is = "uint"'),
    ('card_type = "user"\nalarm', 'kzt = "1"\nalarm'),
)


def test_a_card_type_that_the_sheet_cannot_write_is_not_issued(tmp_path: Path) -> None:
    """Its constant says `user`, a new card is an opening one: refused before it is written."""
    path = changed(tmp_path, ONE_CARD, *USERS_ONLY)
    sheet = read_sheet(path)
    shown = sheet.layout.decode(sheet.examples[0].image)
    assert shown.identity.card_type is CardType.USER
    assert services(path) == {
        "opening and reissue can be issued": "no, opening: card_type; reissue: card_type",
        "can be cleared": "yes",
    }


def test_a_new_card_leaves_nothing_unreadable(tmp_path: Path) -> None:
    """A field that neither desk nor constant gives a value would stay FF."""
    untold = services(changed(tmp_path, ONE_CARD, ('sxrq = "00000000"', "")))
    assert untold["opening and reissue can be issued"] == "no, opening: price; reissue: price"


UNFIXED = ('is = "mark"\nfixed = "68"', 'is = "raw"')


def test_without_a_byte_to_be_known_by_a_card_is_neither_opened_nor_cleared(
    tmp_path: Path,
) -> None:
    last = ('name = "own"\nat = 29\nbytes = 1\nis = "mark"\nfixed = "FF"', OWN_RAW)
    path = changed(tmp_path, ONE_CARD, UNFIXED, last)
    assert services(path) == {
        "opening and reissue can be issued": "no, opening: sheet_cannot_issue",
        "can be cleared": "no, card_not_clearable",
    }
    sheet = read_sheet(path)
    assert not sheet.layout.rewrites
    assert sheet.rules is not None
    assert (sheet.rules.issues, sheet.rules.clears) == (False, Clearing.NEVER)


STATED = 'alarm = "7.5"\nhoard = "400"\noverdraft = "2"'


@pytest.mark.parametrize(("school", "reissue"), [("exact", Reissue.LOADED), ("none", Reissue.READ)])
def test_a_sheet_states_how_its_cards_are_made(
    tmp_path: Path, school: str, reissue: Reissue
) -> None:
    said = f'school = "{school}"\n{STATED}'
    rules = read_sheet(changed(tmp_path, SHEET, ('school = "exact"', said))).rules
    assert rules is not None
    assert rules.reissue is reissue
    limits = rules.limits_of(MeterKind.VOLUME)
    found = [str(one) for one in (limits.alarm, limits.hoard, limits.overdraft)]
    assert found == ["7.5 m³", "400 m³", "2 m³"]
    assert rules.money_limits == MAKERS[0].money_limits


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("cleared", [False, True], ids=["issued", "cleared"])
def test_a_card_that_is_pulled_while_it_is_written_whole_is_nobodys(
    name: str, cleared: bool
) -> None:
    """Over a card in use, at every byte and some values between: as it was, done, or unknown."""
    layout, example = SHEETS[name].layout, SHEETS[name].examples[0]
    if cleared:
        plan = layout.plan_wipe(example.image, b"mark")
    else:
        shown = layout.decode(example.image)
        assert shown.credit is not None
        assert shown.returned is not None
        opening = replace(shown.identity, card_type=CardType.OPENING, meter_no="QM2600000001")
        nothing = replace(
            shown.credit, quantity=Volume(0), cumulative=Volume(0), purchase_counter=0
        )
        plan = layout.plan_issue(
            example.image, opening, nothing, shown.limits, None, shown.returned
        )
    head = plan.spans[0]
    for torn in list(map(bytes, torn_images(plan.before, plan.spans)))[::7]:
        if layout.recognises(torn):
            assert torn in (plan.before, plan.target)
        elif torn[head.address : head.end] == head.data:
            assert layout.is_blank(torn)
    assert layout.recognises(plan.target) is not cleared
    assert layout.is_blank(plan.target) is cleared
    with pytest.raises(Refusal, match="foreign_card"):
        layout.plan_wipe(b"\xff" * layout.declaration.size, b"mark")
