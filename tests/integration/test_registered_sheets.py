"""A maker's sheet is registered: proven once more, kept by its digest, and its cards sold to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.doctor import look_at_everything
from cardstation.bootstrap.libraries import shelf_of
from cardstation.bootstrap.station import open_station
from cardstation.domain.card import WritePlan
from cardstation.domain.card_report import Verdict
from cardstation.domain.meter import MeterKind
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.settings import load_settings
from drivers.keys.layout_keys import SoftwareLayoutKeys
from drivers.keys.layout_secrets import keep_layout_secret
from drivers.keys.master_secret import keep_master_secret
from drivers.keys.secret import Secret
from drivers.layouts.sheet import sheet_of
from drivers.operations import host_writes
from drivers.virtual import Tear, VirtualCard
from tests.kit import cards
from tests.kit.card_reports import examined
from tests.kit.layout_keys import published
from tests.kit.maker_library import build
from tests.kit.sheet_cli import SHEET, WHOLE, Cli, changed
from tests.kit.sheet_station import FOLDER, SheetCards
from tests.kit.shifts import CHIEF
from tests.kit.station import Desk, nobody, open_desk

pytest_plugins = ("tests.kit.fast_disk", "tests.kit.sheet_fixtures")

FF = b"\xff"


def test_a_registered_sheet_is_one_of_the_stations_layouts(cli: Cli) -> None:
    assert cli.register(WHOLE) == {}
    status, answer, _ = cli("list")
    assert status == 0
    rows = {one["code"]: one for one in answer["layouts"]}  # type: ignore[attr-defined]
    mine = rows["interface2012"]
    assert (mine["chip"], mine["makers"], len(mine["sha256"])) == ("sle4442", ["9AK7"], 64)
    assert rows["open4442"]["sha256"] == ""
    settings = load_settings(cli.home)
    with open_station(settings, True) as station:
        assert station.layouts[-1].code == "interface2012"
        assert station.rules_of("9AK7").counter_max == 9999
        with pytest.raises(Refusal, match="no_key_for_maker"):
            station.keys.code_for("9AK7", "88013025")
    keep_master_secret(cli.home, Secret(bytes(range(32))), keyring_first=False)
    with open_station(settings, True) as station:
        assert len(station.keys.code_for("9AK7", "88013025")) == 3
    looks = {one.name: one for one in look_at_everything(settings)}
    assert (looks["layouts"].ok, looks["layouts"].found) == (True, "interface2012")


def test_the_same_code_once_more_takes_its_place_and_can_be_taken_out(cli: Cli) -> None:
    assert cli.register(SHEET) == {}
    assert cli.register(changed(("counter_max = 9999", "counter_max = 8888"))) == {}
    with open_station(load_settings(cli.home), False) as station:
        assert station.rules_of("9AK7").counter_max == 8888
    assert cli("remove", "interface2012", "--approver", CHIEF)[0] == 0
    status, answer, _ = cli("remove", "interface2012", "--approver", CHIEF)
    assert (status, answer["error"]) == (3, "layout_unknown")
    with open_station(load_settings(cli.home), False) as station:
        assert "interface2012" not in {one.code for one in station.layouts}
    assert not list((cli.home / "layouts").glob("*.toml"))


def test_a_money_sheet_has_room_for_every_fen(cli: Cli) -> None:
    per_fen = changed(('kind = "volume"', 'kind = "money"')).replace("scale = 100\n", "")
    sheet = sheet_of(SHEET.encode(), "mine.toml")
    images = []
    for one in sheet.examples:
        image = bytearray(one.image)
        quantity, total = (35_000).to_bytes(4, "little"), (1_535_000).to_bytes(4, "little")
        image[0x48:0x4C], image[0x4E:0x52], image[0x5B:0x5F] = quantity, total, quantity
        places = {place.name: place for place in sheet.layout.declaration.places}
        for name in ("load", "backup"):
            check = places[name].block.check
            at = places[name].address + check.offset
            image[at : at + check.width] = check.value(places[name].bytes_in(bytes(image)))
        images.append(image.hex())
    parts = per_fen.split('image = """')
    text = parts[0] + "".join(
        f'image = """{image}"""{part.partition(chr(34) * 3)[2]}'
        for image, part in zip(images, parts[1:], strict=True)
    )
    assert cli.register(text) == {}
    with open_station(load_settings(cli.home), False) as station:
        assert ("sle4442", MeterKind.MONEY) in station.card_kinds


def test_a_sheet_that_was_changed_since_opens_no_station(cli: Cli) -> None:
    assert cli.register(SHEET) == {}
    kept = cli.home / "layouts" / "interface2012.toml"
    kept.write_text(SHEET.replace("counter_max = 9999", "counter_max = 9998"), "utf-8")
    settings = load_settings(cli.home)
    for _ in range(2):
        with pytest.raises(Refusal, match="layout_changed") as stop, open_station(settings, True):
            pass
        assert stop.value.values == {"file": "interface2012.toml", "layout": "interface2012"}
        kept.unlink(missing_ok=True)
    looks = {one.name: one for one in look_at_everything(settings)}
    assert not looks["layouts"].ok
    assert cli("list")[1]["error"] == "layout_changed"
    assert cli.register(SHEET) == {}
    with open_station(settings, True):
        pass
    (cli.home / "layouts" / "registered.json").write_text("[]")
    with pytest.raises(Refusal, match="layout_changed"), open_station(settings, True):
        pass
    (cli.home / "layouts" / "registered.json").write_text("{")
    with pytest.raises(Refusal, match="layout_changed"), open_station(settings, True):
        pass


def test_a_file_that_nobody_registered_opens_no_station(cli: Cli) -> None:
    (cli.home / "layouts").mkdir()
    (cli.home / "layouts" / "interface2012.toml").write_text(SHEET, "utf-8")
    settings = load_settings(cli.home)
    with pytest.raises(Refusal, match="layout_unregistered"), open_station(settings, False):
        pass
    assert cli.register(SHEET) == {}
    with open_station(settings, False):
        pass


RULES = SHEET[SHEET.index("[card]") : SHEET.index("[constants]")]
MAKER = 'maker = "9AK7"\nschool'
WAITS = "a load of 35 m³ waits on the card"
TAKEN = '[[example]]\nname = "the meter took it'


TOTAL_UNKNOWN = changed(
    ('school = "exact"', 'school = "cumulative"'),
    ('name = "cumulative"', 'name = "ljgql"'),
    *[('cumulative = "1535000"', 'ljgql = "1535000"')] * 2,
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (changed((RULES, "")), {"card"}),
        (
            changed((MAKER, 'maker = "CS01"\nschool')),
            {"maker", "maker on the cards"},
        ),
        (changed(("counter_max = 9999", "counter_max = 10_000")), {"room"}),
        (changed(("counter_max", 'volume_step = "0.05"\ncounter_max')), {"room"}),
        (changed(("counter_max", "training = true\ncounter_max")), {"training"}),
        (TOTAL_UNKNOWN, {"room"}),
        (changed(('kind = "volume"', 'kind = "money"')), {"room"}),
        (SHEET[: SHEET.index(TAKEN)], {"one load waits, one was taken"}),
        (changed(('code = "interface2012"', 'code = "open4442"')), {"code"}),
        (
            changed(('quantity = "35000"', 'quantity = "1"')),
            {f"{WAITS}: means what it should"},
        ),
    ],
)
def test_what_does_not_hold_is_not_registered(cli: Cli, text: str, wrong: set[str]) -> None:
    assert set(cli.register(text)) == wrong
    assert not (cli.home / "layouts").exists()


def higher_up(by: int) -> str:
    """The same cards on a larger chip, every place `by` bytes further up."""

    def moved(image: re.Match[str]) -> str:
        places = bytes.fromhex(image[1])[0x20:0x97]
        return f'image = "{places.rjust(by + 0x97, FF).ljust(1021, FF).hex()}"'

    text = changed(
        ('chip = "sle4442"\nsize = 256', f'chip = "sle4428"\nsize = 1021\nfirst = {by + 0x20}'),
        ("spare = [[0x97, 0x100]]", f"spare = [[{by + 0x97}, 1021]]"),
    )
    text = re.sub(r"address = (0x\w+)", lambda one: f"address = {int(one[1], 16) + by}", text)
    return re.sub(r'image = """(.*?)"""', moved, text, flags=re.DOTALL)


def test_a_sheet_that_looks_at_a_part_of_its_chip_is_not_registered(cli: Cli) -> None:
    """A stranger's card with data below it would count as a blank, and be issued over."""
    assert cli.register(higher_up(0x70)) == {"first": "90; 20 bytes are the chip's own"}
    assert cli.register(higher_up(0)) == {}
    layout = sheet_of(higher_up(0x70).encode(), "high.toml").layout
    foreign = bytearray(b"\xff" * 1021)
    assert layout.is_blank(bytes(foreign))
    foreign[0x20:0x90] = bytes(range(0x70))
    assert not layout.is_blank(bytes(foreign)), "also where it was registered before anybody looked"


def test_pages_that_a_tear_disturbs_beside_what_is_written_are_found(cli: Cli) -> None:
    """Byte by byte the sheet holds; on a chip with pages a torn load takes its neighbours along."""
    paged = changed(
        ('chip = "sle4442"\nsize = 256', 'chip = "at24c02"\nsize = 256\nfirst = 0'),
        ("spare = [[", "spare = [[0x00, 0x20], ["),
    )
    path = cli.home.parent / "paged.toml"
    path.write_text(paged, "utf-8")
    assert cli("check", path)[0] == 0
    wrong = cli.register(paged)
    assert len(wrong) == 4
    assert all(one.endswith("finished after it") for one in wrong)


@pytest.mark.parametrize(("takes", "wrong"), [(0, "on its chip"), (1, "load on its chip")])
def test_a_chip_that_does_not_take_what_the_sheet_says_is_found(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, takes: int, wrong: str
) -> None:
    done = []

    def write(card: VirtualCard, plan: WritePlan, cut: Tear | None = None) -> None:
        done.append(plan)
        if len(done) <= takes:
            host_writes(card, plan, cut)

    monkeypatch.setattr("drivers.admission.host_writes", write)
    assert f"{WAITS}: {wrong}" in cli.register(SHEET)


def test_two_sheets_that_know_the_same_cards_are_not_both_registered(cli: Cli) -> None:
    assert cli.register(SHEET) == {}
    again = changed(('code = "interface2012"', 'code = "interface2013"'))
    wrong = cli.register(again)
    assert wrong[f"{WAITS}: known once"] == "interface2013, interface2012"
    with open_station(load_settings(cli.home), False) as station:
        assert [one.code for one in station.layouts].count("interface2012") == 1


def test_a_sheet_whose_cards_are_others_too_is_refused(cli: Cli) -> None:
    """It takes what others wrote for its own: its examples alone would not have shown it."""
    assert cli.register(SHEET) == {}
    near = changed(
        ('code = "interface2012"', 'code = "near"'),
        (MAKER, 'maker = "9AK8"\nschool'),
        ('is = "mark"\nfixed = "68"', 'is = "raw"'),
        *[("68 39 41 4B 37 88", "69 39 41 4B 38 88"), ("68 39 41 4B 37 88", "69 39 41 4B 38 88")],
        *[('maker = "9AK7"\ncard_no', 'head = "69"\nmaker = "9AK8"\ncard_no')] * 2,
        *[("00 11 FF E3 16", "00 11 FF E4 16")] * 2,
    )
    wrong = cli.register(near)
    assert wrong["cards of others"] == "interface2012"


def test_a_library_may_not_have_the_maker_of_a_sheet(cli: Cli) -> None:
    slot = build(cli.home / "libraries", "adds")
    described = slot.described.file.parent
    maker = slot.described.rules.code
    text = changed((MAKER, f'maker = "{maker}"\nschool'))
    assert "maker" in cli.register(text)
    assert cli.register(SHEET) == {}
    path = next(described.glob("*.toml"))
    path.write_text(path.read_text("utf-8").replace(f'"{maker}"', '"9AK7"'), "utf-8")
    with pytest.raises(Refusal, match="library_description"):
        shelf_of(load_settings(cli.home))


def test_a_sheet_with_keys_needs_them_to_be_registered(cli: Cli) -> None:
    secured = FOLDER / "secured4442.toml"
    for name in ("mac", "cover", "meter"):
        status, answer, _ = cli("register", secured, "--approver", CHIEF)
        assert (status, answer["error"]) == (3, "layout_key_missing")
        keep_layout_secret(cli.home, "secured4442", name, published("secured4442", name))
    assert cli("register", secured, "--approver", CHIEF)[0] == 0
    settings = load_settings(cli.home)
    assert {one.name: one.ok for one in look_at_everything(settings)}["layouts"]
    (cli.home / "layout-secured4442.cover.key").unlink()
    looks = {one.name: one for one in look_at_everything(settings)}
    assert (looks["layouts"].ok, "layout_key_missing" in looks["layouts"].found) == (False, True)


def desk_with(folder: Path, made_of: SheetCards) -> Desk:
    desk = open_desk(folder / "desk", households=[made_of.fits(cards.household())])
    desk.station = made_of.at(desk.station)
    return desk


@pytest.mark.parametrize("name", ["interface2012", "secured4442"])
def test_its_cards_are_sold_to_like_all_others(folder: Path, name: str) -> None:
    """Sold, taken by the meter, sold again, and that load taken back."""
    made_of = SheetCards(name)
    desk = desk_with(folder, made_of)
    card = made_of.issued(desk.household())
    meter = made_of.meter(card)
    receipt = desk.sell(card)
    assert made_of.layout.decode(card.image).pending == receipt.volume
    assert meter.take(card).credited == receipt.volume
    desk.sell(card, "50")
    sync(desk.station)
    inserted = desk.insert(card)
    return_load(desk.station, inserted, Approval("supervisor"), nobody, reading="W1")
    inserted.close()
    assert made_of.layout.decode(card.image).pending is None
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_missing_key_is_said_before_money_and_card(folder: Path) -> None:
    made_of = SheetCards("secured4442")
    desk = desk_with(folder, made_of)
    card = made_of.issued(desk.household())
    before = card.image

    def found(layout: str, name: str) -> Secret | None:
        return None if name == "cover" else published(layout, name)

    without = SheetCards("secured4442", SoftwareLayoutKeys(found))
    desk.station = replace(desk.station, layouts=(*desk.station.layouts[:-1], without.layout))
    with pytest.raises(Refusal, match="layout_key_missing") as stop:
        desk.sell(card)
    assert stop.value.values == {"layout": "secured4442", "name": "cover"}
    assert desk.states() == []
    assert card.image == before
    report = examined(desk.station, card)
    assert report.verdict is Verdict.OTHER_AREA
    assert report.stop is not None
    assert report.stop.code == "layout_key_missing"
    desk.station.store.close()
