"""What a card report is made of: answers to reset, places of a layout, hidden bytes, words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.answer_to_reset import is_processor, protocol_of
from cardstation.domain.card import CardType
from cardstation.domain.card_report import (
    Flaw,
    OpenWork,
    PlaceState,
    Stop,
    Verdict,
    dump_of,
    masked,
)
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.i18n import LANGUAGES, translator
from cardstation.papers import card_report
from cardstation.sentences import SENTENCES
from cardstation.sentences.card_report import PHRASES
from cardstation.sentences.card_told import card_told
from drivers.keys import DemoCardKeys
from drivers.layouts import LAYOUTS
from drivers.layouts.findings import places_of
from drivers.layouts.sheet import read_sheet
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.layouts.zone_pair import ZonePairLayout
from drivers.makers import MAKERS
from drivers.operations import Operation, host_writes, planned
from drivers.purses.layout import PurseLayout
from drivers.virtual.maker import CardStory, make_card
from tests.kit import cards
from tests.kit.card_reports import card_reports
from tests.kit.papers import pages_of

HOME = cards.household()
SHEET = Path(__file__).parents[2] / "docs" / "layouts" / "interface2012.toml"
EN, ZH = translator("en"), translator("zh_CN")


@pytest.mark.parametrize(
    ("atr", "protocol"),
    [
        ("", ""),
        ("3B04A2131091", "two_wire"),
        ("3B0492231091", "three_wire"),
        ("3B0482131091", "memory"),
        ("3B8F8001804F0CA000000306030001000000006A", "contactless"),
        ("3B00", "T=0"),
        ("3B6500002063CB6800", "T=0"),
        ("3B8180018080", "T=0, T=1"),
        ("3BF01100FF01", "T=1"),
        ("3BDF18FF81F1FE43003F03834D494641524520506C75732053414D3B", "T=1"),
        ("3B", "unknown"),
        ("0102", "unknown"),
    ],
)
def test_how_a_card_is_spoken_to(atr: str, protocol: str) -> None:
    assert protocol_of(bytes.fromhex(atr)) == protocol
    assert is_processor(bytes.fromhex(atr)) == protocol.startswith("T=")


def test_numbers_and_bytes_that_are_nobodys_business() -> None:
    assert masked("220104000017") == "********0017"
    assert masked("0017") == "****"
    lines = dump_of(b"\xff" * 32 + b"\x01\x02\x03" + b"\xff" * 29, (range(33, 34),))
    assert [(one.address, one.cells[:4]) for one in lines] == [(32, ("01", "··", "03", "FF"))]
    assert dump_of(b"") == ()


def test_the_places_of_a_good_card_are_whole_or_unused() -> None:
    for layout in LAYOUTS:
        assert isinstance(layout, TwoSlotLayout | ZonePairLayout)
        for example in layout.examples:
            found = places_of(layout, example.image())
            assert found is not None
            assert {one.state for one in found.seen} <= {PlaceState.WHOLE, PlaceState.UNUSED}
            assert found.private
        assert places_of(layout, b"\x00") is None
    assert places_of(PurseLayout("epurse", "CP01"), b"") is None


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
def test_a_load_that_was_taken_back_is_no_broken_place(layout: object) -> None:
    assert isinstance(layout, TwoSlotLayout | ZonePairLayout)
    work = planned(layout, Operation.CLEAR, HOME)
    host_writes(work.card, work.plan)
    found = places_of(layout, work.plan.target)
    assert found is not None
    assert PlaceState.BROKEN not in {one.state for one in found.seen}
    assert layout.decode(work.plan.target).credit is not None


def test_which_check_and_which_field_failed() -> None:
    layout = LAYOUTS[0]
    assert isinstance(layout, TwoSlotLayout)
    image = bytearray(layout.examples[0].image())
    who = layout.declaration.place("identity")
    account = who.block.field("account_no")
    image[who.address + account.offset] = 0xFA
    found = places_of(layout, bytes(image))
    assert found is not None
    [broken] = [one for one in found.seen if one.state is PlaceState.BROKEN]
    assert broken.name == "identity"
    assert [one.name for one in broken.flaws] == ["check", "account_no"]
    assert (len(broken.flaws[0].wanted), broken.flaws[1].seen) == (2, b"")


def test_a_derived_field_that_does_not_follow(tmp_path: Path) -> None:
    layout = read_sheet(SHEET).layout
    ruled = [one for one in layout.declaration.places if one.block.derived]
    image = bytearray(read_sheet(SHEET).examples[0].image)
    assert ruled, "the sheet derives a field"
    place, [rule, *_] = ruled[0], ruled[0].block.derived
    record = place.read(bytes(image))
    assert record is not None
    bare = replace(place.block, derived=())
    wrong = record.number(rule.field) + bare.field(rule.field).scale
    data = bare.encode({**record.values, rule.field: wrong})
    image[place.address : place.addresses.stop] = data
    found = places_of(layout, bytes(image))
    assert found is not None
    [broken] = [one for one in found.seen if one.state is PlaceState.BROKEN]
    assert [one.name for one in broken.flaws] == [rule.field]


def test_every_verdict_has_its_words() -> None:
    assert {f"examined_{one}" for one in Verdict} <= SENTENCES.keys()
    assert all(ZH.knows(text) for text in PHRASES.values())


def money_card(household: Household) -> str:
    home = replace(household, meter=replace(household.meter, kind=MeterKind.MONEY))
    rules = next(one for one in MAKERS if one.layout == LAYOUTS[0].code)
    story = CardStory(taken=False, flags=frozenset({"low_battery"}), card_type=CardType.REISSUE)
    card = make_card(home, rules, LAYOUTS[0], DemoCardKeys(), story=story)
    report = card_reports()["ours"]
    content = LAYOUTS[0].decode(card.image)
    begun = OpenWork("load_unfinished", Money(10_000), report.made_at, "S002")
    full = replace(report, content=content, intent=begun, warnings=("low_battery", "arrears"))
    told = card_told(full, EN)
    return "\n".join(" ".join(row) for row in (*told.content, *told.desk))


def test_prices_flags_and_open_work_are_said() -> None:
    said = money_card(HOME)
    for words in ("¥2.80 · ¥3.36 · ¥4.20", "Still on the card", "Low battery", "¥100.00", "S002"):
        assert words in said


def test_a_card_without_load_or_answer_says_so() -> None:
    report = card_reports()["ours"]
    assert report.content is not None
    bare = replace(report.content, credit=None, returned=None)
    told = card_told(replace(report, content=bare), EN)
    assert ("Last load", "not readable") in told.content
    assert told.meter == (("Written back", "not readable"),)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_more_than_fits_is_counted_not_printed(lang: str) -> None:
    report = card_reports()["damaged"]
    [chip, *_] = report.chips
    [layout] = chip.layouts
    flaws = (Flaw("check", b"\x01\x02", b"\x03\x04"), Flaw("maker", bytes(64)), Flaw("x", b""))
    many = tuple(
        replace(one, state=PlaceState.BROKEN, flaws=flaws) for one in 2 * layout.places[:4]
    )
    chips = (replace(chip, layouts=(replace(layout, places=many),)),)
    dump = dump_of(bytes(range(256)) * 4)
    stop = Stop("load_still_on_card", {"litres": 30_000})
    full = replace(report, chips=chips, dump=dump, stop=stop)
    [page] = pages_of(card_report(full, lang))
    t = translator(lang)
    assert t("and {n} more", n=4) in page
    assert "0000 00 01 02" in page
    assert "03E0" not in page
    content = card_reports()["ours"].content
    [page] = pages_of(card_report(replace(full, content=content), lang))
    assert any(t("and {n} more", n=n) in page for n in (len(dump) - 1, len(dump)))


@pytest.mark.parametrize("rules", [one for one in MAKERS if one.traps], ids=lambda one: one.code)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_to_know_of_a_makers_cards_is_on_the_paper(lang: str, rules: MakerRules) -> None:
    t = translator(lang)
    [page] = pages_of(card_report(replace(card_reports()["ours"], traps=rules.traps), lang))
    assert t("To know") in page
    for trap in rules.traps:
        assert t(trap)[:12] in page
    full = replace(card_reports()["ours"], traps=rules.traps * 9)
    assert len(pages_of(card_report(full, lang))) == 1
