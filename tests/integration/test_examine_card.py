"""Any card is read and explained, on every registered chip; no code is presented to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.entry import doors
from cardstation.bootstrap.purses import with_purses
from cardstation.cli.commands import COMMANDS
from cardstation.cli.run import main
from cardstation.domain.card_report import CardReport, PlaceState, Shape, Verdict, masked
from cardstation.domain.meter import MeterKind
from cardstation.errors import CardRemoved, LinkFailed, OutcomeUnknown
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Presence
from cardstation.services.examine_card import examine_card
from cardstation.settings import Settings
from drivers.chips import CHIPS
from drivers.keys.purse_keys import SoftwarePurseKeys
from drivers.layouts import LAYOUTS
from drivers.layouts.findings import places_of
from drivers.makers import MAKERS
from drivers.measured import Counter
from drivers.virtual import Tear, VirtualCard, VirtualReader, new_chip
from drivers.virtual.psam import VirtualPsam
from drivers.virtual.volume_purse_maker import make_purse_of
from tests.kit.card_reports import BY_LAYOUT, HOME, examined, firmware_of, stranger
from tests.kit.image_reading import TWISTED, _only_read, _with_purse, put_on
from tests.kit.purses import software, stranger_masters
from tests.kit.station import Desk, card_of, neighbours, open_desk
from tests.kit.strange_images import who_places

LAYOUT_IDS = [layout.code for layout in LAYOUTS]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = open_desk(tmp_path_factory.mktemp("desk"), households=[HOME])
    yield opened
    opened.station.store.close()


def card_on(layout: Layout) -> VirtualCard:
    return card_of(HOME, BY_LAYOUT[layout.code])


def changed(card: VirtualCard, image: bytes) -> VirtualCard:
    """The card with another image; what the image does not show stays."""
    if card.chip.contactless:
        put_on(card, image)
        return card
    for at, (old, new) in enumerate(zip(card.image, image, strict=True)):
        if old != new:
            card.chip.main[at] = new
    return card


def ours(layout: Layout) -> VirtualCard:
    return card_on(layout)


def damaged(layout: Layout) -> VirtualCard:
    """One byte of the place that says whose card it is, or of both where there are two."""
    image = bytearray(read_from(card_on(layout)))
    for place in who_places(layout):  # type: ignore[arg-type]  # every one is declared
        image[place.address + 4] ^= 0x55
    return changed(card_on(layout), bytes(image))


def torn(layout: Layout) -> VirtualCard:
    """A load of which the last step was not written."""
    image = read_from(card_on(layout))
    credit = layout.decode(image).credit
    assert credit is not None
    plan = layout.plan_load(image, replace(credit, mark=b"next"))
    left = bytearray(image)
    for span in plan.spans[:-1]:
        left[span.address : span.end] = span.data
    return changed(card_on(layout), bytes(left))


def blank(layout: Layout) -> VirtualCard:
    return VirtualCard(new_chip(layout.chip))


def somebodys(layout: Layout) -> VirtualCard:
    return stranger(blank(layout))


def read_from(card: VirtualCard) -> bytes:
    """As its chip driver reads it."""
    reader = VirtualReader("reads", firmware_of(card.chip.kind))
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    driver = next(one for one in CHIPS if one.name == card.chip.kind)
    link = reader.open(presence)
    image = driver.attach(link).read()
    link.close()
    return image


def shown(desk: Desk, card: VirtualCard) -> CardReport:
    """Examined in a reader that counts; nothing but reading went to the card."""
    sent = Counter()
    firmware = firmware_of(card.chip.kind)
    reader = VirtualReader("examined", firmware, wrap=sent.wrap)
    reader.insert(card)
    presence = reader.wait_card(0)
    assert presence is not None
    before = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    report = examine_card(desk.station, reader, presence, places_of)
    assert [one.hex() for one in sent.sent if not _only_read(one)] == []
    assert {name: bytes(cells) for name, cells in card.chip.memories.items()} == before
    return report


@pytest.mark.parametrize("layout", LAYOUTS, ids=LAYOUT_IDS)
@pytest.mark.parametrize(
    ("make", "verdict", "shape"),
    [
        (ours, Verdict.OURS, Shape.KNOWN),
        (torn, Verdict.OURS_TORN, Shape.TORN),
        (damaged, Verdict.OURS_DAMAGED, Shape.DAMAGED),
        (blank, Verdict.BLANK, Shape.BLANK),
        (somebodys, Verdict.OTHER_UTILITY, Shape.STRANGE),
    ],
)
def test_every_verdict_on_every_chip(
    desk: Desk,
    layout: Layout,
    make: Callable[[Layout], VirtualCard],
    verdict: Verdict,
    shape: Shape,
) -> None:
    report = shown(desk, make(layout))
    assert (report.verdict, report.chips[0].shape) == (verdict, shape)
    if shape is not Shape.BLANK:
        assert report.chips[0].name == layout.chip
    [best, *_] = report.chips[0].layouts
    states = {place.state for place in best.places}
    assert (PlaceState.BROKEN in states) == (make in (torn, damaged))
    assert (report.content is not None) == (make in (ours, torn))
    assert report.on_file == (make in (ours, torn))
    assert report.dump or make is blank


@pytest.mark.parametrize("layout", LAYOUTS, ids=LAYOUT_IDS)
def test_a_card_of_another_area_names_it_and_nobodys_account(desk: Desk, layout: Layout) -> None:
    rules = BY_LAYOUT[layout.code]
    others = tuple(one for one in MAKERS if one is not rules)
    elsewhere = replace(desk, station=replace(desk.station, makers=others))
    report = shown(elsewhere, card_on(layout))
    assert (report.verdict, report.stop) == (Verdict.OTHER_AREA, None)
    assert report.content is not None
    assert report.content.identity.maker == rules.code
    assert report.content.identity.account_no == masked(HOME.account_no)
    assert hidden_in(report)


def hidden_in(report: CardReport) -> bool:
    return any("··" in line.cells for line in report.dump)


def test_an_account_that_is_not_on_file_is_masked_everywhere(desk: Desk) -> None:
    [stranger_here] = neighbours(1)
    report = shown(desk, card_of(stranger_here))
    assert report.verdict is Verdict.OURS
    assert report.stop is not None
    assert (report.stop.code, report.on_file) == ("unknown_household", False)
    assert stranger_here.account_no not in repr(report)
    bare = bytes.fromhex(stranger_here.account_no).hex(" ").upper()
    assert bare not in " ".join(" ".join(line.cells) for line in report.dump)
    assert hidden_in(report)
    assert not hidden_in(shown(desk, card_of(HOME)))


def test_where_card_and_file_differ(tmp_path: Path) -> None:
    meter = replace(HOME.meter, meter_no="QM17", kind=MeterKind.MONEY)
    filed = replace(HOME, card_no="88", meter=meter, generation=2)
    opened = open_desk(tmp_path, households=[filed])
    report = shown(opened, card_of(HOME))
    opened.station.store.close()
    assert [(one.what, one.on_file) for one in report.differences] == [
        ("card_no", "88"),
        ("meter_no", "QM17"),
        ("generation", "2"),
        ("kind", "money"),
    ]
    assert report.stop is not None
    assert report.stop.code == "old_card"


def test_a_sale_that_was_cut_short_is_named(tmp_path: Path) -> None:
    opened = open_desk(tmp_path)
    card = card_of(HOME)
    card.chip.arm(Tear(9))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        opened.sell(card)
    card.chip.arm(None)
    report = shown(opened, card)
    opened.station.store.close()
    assert report.verdict is Verdict.OURS_TORN
    assert report.intent is not None
    assert str(report.intent.money) == "¥100.00"


def test_tries_that_somebody_spent_are_told(desk: Desk) -> None:
    card = card_of(HOME)
    card.chip.power_up()
    assert not card.chip.host_open(b"\x00\x01\x02")
    card.chip.power_off()
    best = shown(desk, card).chips[0]
    assert (best.tries_left, best.all_tries) == (2, 3)
    assert shown(desk, card_on(LAYOUTS[2])).chips[0].all_tries == 1


def test_a_card_that_is_silent_or_behind_the_wrong_reader(desk: Desk) -> None:
    assert examined(desk.station, card_of(HOME), mute=True).verdict is Verdict.MUTE
    report = examined(desk.station, card_on(LAYOUTS[1]), "omnikey")
    assert (report.verdict, report.stop and report.stop.code) == (
        Verdict.MUTE,
        "reader_cannot_chip",
    )
    assert report.chips[0].stop == "reader_cannot_chip"


@pytest.mark.parametrize(
    ("atr", "verdict"),
    [
        ("3B8F8001804F0CA0000003060300030000000068", Verdict.NOT_A_GAS_CARD),
        ("3B6500002063CB6800", Verdict.CPU_CARD_FOREIGN),
        ("", Verdict.MUTE),
    ],
)
def test_a_chip_that_nobody_drives(desk: Desk, atr: str, verdict: Verdict) -> None:
    reader = VirtualReader("desk")
    reader.insert(VirtualCard())
    presence = Presence(reader.name, 1, bytes.fromhex(atr))
    report = examine_card(desk.station, reader, presence, places_of)
    assert (report.verdict, report.chips, report.dump) == (verdict, (), ())


@pytest.mark.parametrize("kind", sorted(MeterKind))
def test_a_purse_is_read_and_one_of_another_issuer_is_not(desk: Desk, kind: MeterKind) -> None:
    account_no = TWISTED[kind][0]
    card = make_purse_of(_with_purse(HOME, account_no, kind))
    ours = examined(with_purses(desk.station, software()), card)
    assert (ours.verdict, ours.dump) == (Verdict.OURS, ())
    assert ours.content is not None
    assert ours.content.identity.account_no == masked(account_no)
    strange = SoftwarePurseKeys(stranger_masters(), bytes(6))
    other = examined(with_purses(desk.station, strange), card)
    assert other.verdict is Verdict.CPU_CARD_FOREIGN
    module = VirtualCard(VirtualPsam())
    assert examined(with_purses(desk.station, software()), module).verdict in (
        Verdict.CPU_CARD_FOREIGN,
        Verdict.MUTE,
    )


def test_a_card_that_leaves_is_no_card_to_explain(desk: Desk) -> None:
    reader = VirtualReader("desk")
    reader.insert(card_of(HOME))
    presence = reader.wait_card(0)
    assert presence is not None
    reader.pull()
    with pytest.raises(CardRemoved):
        examine_card(desk.station, reader, presence, places_of)


def test_the_desk_examines_and_files_without_a_name(desk: Desk, tmp_path: Path) -> None:
    reader = VirtualReader("lane")
    reader.insert(card_of(HOME))
    presence = reader.wait_card(0)
    assert presence is not None
    room = SimpleNamespace(readers=lambda: (reader,))
    settings = Settings(home=tmp_path)
    services = Wiring(settings, desk.station, DeskReaders(room)).services()
    report = services.examine_card(presence)
    assert report.verdict is Verdict.OURS
    filed = services.print_examination(report)
    assert (filed.name, filed.parent) == ("card-20261124-090000.pdf", tmp_path / "papers")
    assert filed.read_bytes().startswith(b"%PDF-")


def test_the_command_line_says_it_and_files_the_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDSTATION_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cardstation.cli.run.log_to_folder", lambda *_args, **_named: None)
    reader = VirtualReader()
    reader.insert(somebodys(LAYOUTS[0]))

    @contextmanager
    def room(_settings: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(readers=lambda: (reader,))

    own = replace(doors(), readers=room)
    paper = tmp_path / "papers" / "card.pdf"
    assert main(own, COMMANDS, ["card", "explain"]) == 0
    said = capsys.readouterr().out
    assert "不是本站认识的卡" in said
    assert "SLE4442" in said
    assert main(own, COMMANDS, ["card", "explain", "--json", "--paper", str(paper)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["protocol"], told["paper"]) == (
        "other_utility",
        "two_wire",
        str(paper),
    )
    assert paper.read_bytes().startswith(b"%PDF-")
    reader.pull()
    assert main(own, COMMANDS, ["card", "explain", "--wait", "0"]) == 4
