"""Sheets: what they may say, what is refused by its place, and what their proof finds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.card import CardType
from cardstation.errors import Refusal
from drivers.layouts import LAYOUTS
from drivers.layouts.codec import OWN_BYTES
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.one_record import NEVER
from drivers.layouts.open4442_examples import EXAMPLES
from drivers.layouts.proof import prove
from drivers.layouts.sheet import read_sheet
from drivers.layouts.tears import torn_images
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.layout_keys import published_keys

FILE = Path(__file__).parents[2] / "docs" / "layouts" / "interface2012.toml"
WHOLE = FILE.read_text("utf-8")
SHEET = WHOLE[: WHOLE.index('[[example]]\nname = "an opening card')]


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    text = SHEET
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "sheet.toml"
    path.write_text(text, "utf-8")
    return path


def failures(path: Path) -> dict[str, str]:
    found = prove(read_sheet(path), LAYOUTS)
    return {one.name.rpartition(": ")[2]: one.found for one in found if not one.ok}


SHEETS = {path.stem: read_sheet(path, published_keys()) for path in FILE.parent.glob("*.toml")}


@pytest.mark.parametrize("name", SHEETS)
def test_every_worked_sheet_is_proven(name: str) -> None:
    """Read, written again, known once, bought on, torn: beside all others, registered or worked."""
    others = [one.layout for other, one in SHEETS.items() if other != name]
    found = prove(SHEETS[name], (*LAYOUTS, *others))
    assert all(one.ok for one in found), found
    assert len(found) > 12
    assert [one.found for one in found[-2:]] == ["yes", "yes"], "issued and cleared"
    assert SHEETS[name].layout.code == name


def test_its_cards_in_the_trades_words() -> None:
    sheet = read_sheet(FILE)
    waiting, taken, opening, in_place = (sheet.layout.decode(one.image) for one in sheet.examples)
    assert waiting.pending is not None
    assert waiting.pending == EXAMPLES[0].content.pending
    assert waiting.identity.card_type is CardType.USER
    assert waiting.identity.maker == "9AK7"
    assert taken.pending is None
    assert taken.returned is not None
    assert taken.returned.residual.m3 == "37.2"  # type: ignore[union-attr]
    assert taken.returned.flags == {"low_battery"}
    assert waiting.limits.hoard == EXAMPLES[0].content.limits.hoard
    assert (opening.identity.card_type, opening.pending) == (CardType.OPENING, None)
    assert in_place.identity == replace(waiting.identity, card_type=CardType.REISSUE, generation=1)
    assert in_place.pending == waiting.pending


def test_a_whole_life_of_a_card() -> None:
    """Issued on a blank, bought on, taken by its meter, bought on again and taken back."""
    sheet = read_sheet(FILE)
    layout = sheet.layout
    shown = layout.decode(sheet.examples[1].image)
    assert shown.credit is not None
    assert shown.returned is not None
    blank = b"\xff" * 256
    assert layout.is_blank(blank)
    with pytest.raises(Refusal, match="foreign_card"):
        layout.plan_load(blank, shown.credit)
    issue = (shown.identity, shown.credit, shown.limits, None, shown.returned)
    card = VirtualCard()
    cards.put(card, layout.plan_issue(card.image, *issue))
    assert layout.decode(card.image).pending is None
    meter = VirtualMeter.of_card(layout.decode(card.image), layout)
    cards.put(card, layout.plan_load(card.image, cards.next_load(card.image, layout=layout)))
    assert layout.decode(card.image).pending is not None
    assert meter.take(card).credited.m3 == "35"  # type: ignore[union-attr]
    assert layout.decode(card.image).pending is None
    cards.put(card, layout.plan_load(card.image, cards.next_load(card.image, layout=layout)))
    cards.put(card, layout.plan_clear(card.image, cards.clearing(card.image, layout=layout)))
    assert layout.decode(card.image).pending is None
    assert not meter.take(card).credited
    torn = bytearray(card.image)
    torn[0x5B] ^= 1
    assert layout.is_torn(bytes(torn))
    assert layout.decode(bytes(torn)).credit is None
    with pytest.raises(Refusal, match="field_does_not_fit"):
        layout.plan_issue(blank, *issue[:3], EXAMPLES[2].content.price, issue[4])


EQUALS = 'rule = "equals"\nfield = "start_code"\nvalue = 0x58\nfresh = 0x00'


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("clears", [False, True])
def test_what_was_torn_is_finished_by_the_same_plan_once_more(name: str, clears: bool) -> None:
    """Also where the desk writes into the meter's answer, which is unreadable half-way."""
    layout, (waiting, taken, *_) = SHEETS[name].layout, SHEETS[name].examples
    if clears:
        image, planner = waiting.image, layout.plan_clear
        plan = planner(image, cards.clearing(image, layout=layout))
    else:
        image, planner = taken.image, layout.plan_load
        plan = planner(image, cards.next_load(image, layout=layout))
    meant = layout.decode(plan.target).credit
    assert meant is not None
    stride = 9 if layout.declaration.keys else 1
    for torn in list(map(bytes, torn_images(image, plan.spans)))[::stride]:
        assert planner(torn, meant).target == plan.target


@pytest.mark.parametrize("rule", ["zero", "counter", "total"])
def test_other_ways_to_tell_a_taken_load(tmp_path: Path, rule: str) -> None:
    """The meter takes the quantity off the card, or its counter or total has caught up."""
    layout = read_sheet(changed(tmp_path, (EQUALS, f'rule = "{rule}"'))).layout
    waiting, taken = (layout.decode(one.image) for one in read_sheet(FILE).examples[:2])
    assert waiting.pending is not None
    assert (taken.pending is None) == (rule != "zero")
    meter = VirtualMeter.of_card(waiting, layout)
    card = VirtualCard()
    card.chip.main[0x20:] = read_sheet(FILE).examples[0].image[0x20:]
    if rule != "zero":  # such a meter writes the load's place itself, which is the desk's here
        assert meter.take(card).credited.m3 == "35"  # type: ignore[union-attr]
        assert layout.decode(card.image).pending is None
        return
    assert waiting.returned is not None
    assert waiting.credit is not None
    answer = replace(waiting.returned, taken_mark=waiting.credit.mark)
    assert layout.plan_return(card.image, answer).spans


def test_cards_of_another_size_or_with_spoilt_limits_are_told_apart() -> None:
    layout = read_sheet(FILE).layout
    image = bytearray(read_sheet(FILE).examples[0].image)
    assert not layout.recognises(image[:-1])
    image[0x41] ^= 1
    with pytest.raises(Refusal, match="card_damaged"):
        layout.decode(bytes(image))
    image = bytearray(read_sheet(FILE).examples[0].image)
    image[0x73] ^= 1
    assert layout.decode(bytes(image)).returned is None


WRONG_TYPES = 'name = "card_type"\nat = 29\nbytes = 1\nis = "choice"\nwords = { used = 255 }'


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('is = "sum8"', 'is = "sum9"', "place[0].check[0].is"),
        ("at = 30, covers", 'at = "x", covers', "place[0].check[0].at"),
        ('kind = "volume"', 'kind = "heat"', "kind"),
        ('owner = "desk"', 'owner = "cat"', "place[0].owner"),
        ('field = "start_code"', 'felt = "start_code"', "taken.field"),
        ('fixed = "68"', 'fixed = "6"', "place[0].field[0].fixed"),
        ('load = ["backup"', 'load = ["back"', "orders.load"),
        ('"answer.check", "load"]', '"answer.chick", "load"]', "orders.load"),
        ("spare = [[0x97, 0x100]]", "spare = [0x97]", "spare"),
        ("spare = [[0x97, 0x100]]", "spare = [[0x98, 0x100]]", ""),
        ("bits = [[4, 4]]", "bits = [[5, 3]]", ""),
        ("size = 256", 'size = 256\ncolour = "red"', "colour"),
        ("code =", "code", ""),
        ("little = true", 'little = "yes"', "place[1].field[1].little"),
        (EQUALS, 'rule = "equals"\nfield = "start_code"', "taken.value"),
        (EQUALS, 'rule = "zero"\nvalue = 1', "taken.value"),
        ('load = ["backup",', 'load = [1, "backup",', "orders.load"),
        ("[taken]", "[[taken]]", "taken"),
        ("[[place]]", "[place]", ""),
        ("klx = 1", "card_type = 1.5", "constants.card_type"),
        ("klx = 1", "card_type = 1", ""),
        ("klx = 1", 'card_type = "used"', ""),
        ('bytes = 4\nis = "bcd"', 'bytes = 4\nis = "uint"', ""),
        ('name = "own"\nat = 29\nbytes = 1\nis = "mark"\nfixed = "FF"', WRONG_TYPES, ""),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    with pytest.raises(Refusal, match="layout_sheet") as stop:
        read_sheet(changed(tmp_path, (old, new)))
    assert stop.value.values["place"] == place
    assert stop.value.values["expected"]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('is = "crc16", at = 17', 'is = "crc16-modbus", at = 17', "readable"),
        ('quantity = "35000"', 'quantity = "36000"', "means what it should"),
        (
            '"backup", "answer.start_code", "answer.check", "load"]\nclear',
            '"load", "backup", "answer.start_code", "answer.check"]\nclear',
            "torn load",
        ),
    ],
)
def test_a_proof_finds_what_does_not_hold(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert finding in failures(changed(tmp_path, (old, new)))


def run(*words: object) -> int:
    return main(doors(), COMMANDS, [str(word) for word in words])


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)


@pytest.mark.usefixtures("quiet")
def test_the_command_says_what_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("layout", "check", FILE, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"]
    for chip in ("sle4428", "unheard-of"):
        other = changed(tmp_path, ('chip = "sle4442"', f'chip = "{chip}"'))
        assert run("layout", "check", other) == 3
    capsys.readouterr()
    wrong = changed(tmp_path, ('quantity = "35000"', 'quantity = "36000"'))
    assert run("layout", "check", wrong, "--json") == 3
    shown = capsys.readouterr()
    answer = json.loads(shown.out)
    assert not answer["ok"]
    assert any("36000" in one["found"] for one in answer["checks"])
    assert shown.err


@pytest.mark.usefixtures("quiet")
def test_learning_names_counter_quantity_total_and_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = []
    for number, total in ((50, 1500), (51, 1535), (52, 1555)):
        body = bytes([number]) + (total * 10).to_bytes(4, "little")
        images.append(b"\xff" * 16 + body + bytes([sum(body) & 0xFF]) + b"\xff" * 10)
    files = [tmp_path / f"{number}.hex" for number in range(3)]
    for file, image in zip(files, images, strict=True):
        file.write_text(image.hex(" "))
    assert run("layout", "learn", *files, "--bought", "35", "--bought", "20", "--json") == 0
    clues = json.loads(capsys.readouterr().out)["clues"]
    said = " | ".join(f"{one['address']} {one['guess']}" for one in clues)
    assert "counter, 10+1 high byte first" in said
    assert "total in 0.1 m³ or yuan, 11+2 low byte first" in said
    assert "sum8 of 10–14" in said
    files[2].write_bytes(images[2][:-1])
    assert run("layout", "learn", *files) == 3
    assert run("layout", "learn", files[0]) == 3
    assert run("layout", "learn", *files[:2], "--bought", "x") == 3
    files[0].write_text("no hex")
    assert run("layout", "learn", *files[:2]) == 3
    capsys.readouterr()


BOUNDS = [
    ("is = [", "", "is = " + "[" * 5000),
    ("scale", "scale = 1000", "scale = 0"),
    ("bits", "bits = [[0, 4]]", "bits = [[0, 40]]"),
    ("bits", "bits = [[0, 4]]", "bits = [[0, 0]]"),
    ("spare", "spare = [[0x97, 0x100]]", "spare = [[0x97, 8000000]]"),
    ("spare", "spare = [[0x97, 0x100]]", "spare = [[-1, 0x100]]"),
    ("bytes", "bytes = 4", "bytes = 100000"),
    ("size", "size = 256", "size = 100000"),
    ("pattern", "YYYYMMDDhhmmss", "YYYYMMDDhhMMss"),
]


@pytest.mark.parametrize(("place", "old", "new"), BOUNDS, ids=[new[:40] for _, _, new in BOUNDS])
def test_what_no_card_can_hold_is_refused_by_its_place(
    tmp_path: Path, place: str, old: str, new: str
) -> None:
    path = changed(tmp_path, (old, new)) if old else tmp_path / "sheet.toml"
    if not old:
        path.write_text(new, "utf-8")
    with pytest.raises(Refusal, match="layout_sheet") as stop:
        read_sheet(path)
    assert str(stop.value.values["place"]).endswith(place if old else "")


def test_a_time_beyond_all_calendars_is_unreadable() -> None:
    field = Field("loaded_at", 0, 7, Encoding.TIME)
    assert field.decode(b"\xff" * 7) is None
    assert field.decode(bytes(7)) == NEVER


def test_a_flag_beyond_its_bytes_is_refused(tmp_path: Path) -> None:
    word = re.search(r'is = "flags"\nwords = \{ (\w+) = \d+', SHEET)
    assert word is not None
    path = changed(tmp_path, (word[0], word[0].rpartition("=")[0] + "= 4000000000"))
    with pytest.raises(Refusal, match="layout_sheet"):
        read_sheet(path)


def test_the_chips_own_bytes_are_those_of_the_layouts_that_come_with_the_program() -> None:
    declared = [layout.declaration for layout in LAYOUTS]  # type: ignore[attr-defined]
    assert [one.first for one in declared] == [OWN_BYTES.get(one.chip, 0) for one in declared]
