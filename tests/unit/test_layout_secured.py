"""MACs and ciphers of blocks: the worked sheet, its life, its tears, keys that are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import CardContent, Span
from cardstation.domain.card_report import PlaceState
from cardstation.errors import Refusal
from drivers.keys.layout_keys import SoftwareLayoutKeys
from drivers.keys.secret import Secret
from drivers.layouts.findings import places_of
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.proof import prove
from drivers.layouts.sheet import read_sheet
from drivers.layouts.tears import torn_images
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.layout_keys import published, published_keys

FILE = Path(__file__).parents[2] / "docs" / "layouts" / "secured4442.toml"
TEXT = FILE.read_text("utf-8")
SHEET = read_sheet(FILE, published_keys())
LAYOUT = SHEET.layout
WAITING, TAKEN = (one.image for one in SHEET.examples)
NAMES = ("mac", "cover", "meter")


def without(*missing: str) -> OneRecordLayout:
    def found(layout: str, name: str) -> Secret | None:
        return None if name in missing else published(layout, name)

    return read_sheet(FILE, SoftwareLayoutKeys(found)).layout


def with_another(name: str) -> OneRecordLayout:
    def found(layout: str, wanted: str) -> Secret:
        return Secret(bytes(16)) if wanted == name else published(layout, wanted)

    return read_sheet(FILE, SoftwareLayoutKeys(found)).layout


def issued(layout: OneRecordLayout, shown: CardContent, image: bytes = b"\xff" * 256) -> bytes:
    assert shown.credit is not None
    assert shown.returned is not None
    values = (shown.identity, shown.credit, shown.limits, None, shown.returned)
    return layout.plan_issue(image, *values).target


def test_the_load_stands_enciphered_and_twice() -> None:
    place = LAYOUT.declaration.place("load")
    plain = place.block.opened(place.bytes_in(WAITING), LAYOUT.card_keys(WAITING))
    assert plain[:4] == (35_000).to_bytes(4, "little")
    assert plain[:16] not in WAITING
    assert place.bytes_in(WAITING) == LAYOUT.declaration.place("backup").bytes_in(WAITING)


def test_two_cards_have_two_keys() -> None:
    """Another card number, other ciphers and MACs; the first card's load is worth nothing there."""
    shown = LAYOUT.decode(WAITING)
    other = replace(shown, identity=replace(shown.identity, card_no="88013025000049"))
    image = bytearray(issued(LAYOUT, other))
    assert image[0x52:0x7E] != WAITING[0x52:0x7E]
    image[0x52:0x7E] = WAITING[0x52:0x7E]
    assert LAYOUT.recognises(bytes(image))
    assert LAYOUT.decode(bytes(image)).credit is None


def test_a_whole_life_of_a_card() -> None:
    card = VirtualCard()
    shown = LAYOUT.decode(TAKEN)
    assert shown.credit is not None
    assert shown.returned is not None
    values = (shown.identity, shown.credit, shown.limits, None, shown.returned)
    cards.put(card, LAYOUT.plan_issue(card.image, *values))
    assert LAYOUT.decode(card.image) == shown
    meter = VirtualMeter.of_card(shown, LAYOUT)
    cards.put(card, LAYOUT.plan_load(card.image, cards.next_load(card.image, layout=LAYOUT)))
    assert meter.take(card).credited.m3 == "35"  # type: ignore[union-attr]
    assert LAYOUT.decode(card.image).pending is None
    cards.put(card, LAYOUT.plan_load(card.image, cards.next_load(card.image, layout=LAYOUT)))
    assert LAYOUT.decode(card.image).pending is not None
    cards.put(card, LAYOUT.plan_clear(card.image, cards.clearing(card.image, layout=LAYOUT)))
    assert LAYOUT.decode(card.image).pending is None
    assert not meter.take(card).credited


def tears(image: bytes, spans: Sequence[Span]) -> dict[str, int]:
    """What a card shows after every cut: the load before, the one after, none, or another."""
    images = [bytes(one) for one in torn_images(image, spans)]
    old, new = LAYOUT.decode(images[0]).credit, LAYOUT.decode(images[-1]).credit
    seen = [LAYOUT.decode(one).credit for one in images]
    some = list(zip(images, seen, strict=True))[::50]
    assert all(LAYOUT.is_torn(one) == (shown is None) for one, shown in some)
    none, other = seen.count(None), [one for one in seen if one not in (None, old, new)]
    return {"old": seen.count(old), "new": seen.count(new), "none": none, "other": len(other)}


def test_a_torn_load_is_taken_back_or_finished_and_never_believed() -> None:
    """Every byte in every state between: of a one-slot card, old, new, or found out."""
    plan = LAYOUT.plan_clear(WAITING, cards.clearing(WAITING, layout=LAYOUT))
    seen = tears(WAITING, plan.spans)
    assert (seen["old"], seen["new"], seen["other"]) == (1, 1, 0)
    assert seen["none"] > 1000
    half = bytearray(WAITING)
    for span in plan.spans[:1]:
        half[span.address : span.address + len(span.data)] = span.data
    again = LAYOUT.plan_clear(bytes(half), cards.clearing(WAITING, layout=LAYOUT))
    assert again.target == plan.target


def test_a_torn_answer_is_none() -> None:
    meter = VirtualMeter.of_card(LAYOUT.decode(WAITING), LAYOUT)
    card = VirtualCard()
    card.chip.main[0x20:] = WAITING[0x20:]
    meter.take(card)
    plan = LAYOUT.plan_return(WAITING, meter.state.return_block(cards.AT))
    images = [bytes(one) for one in torn_images(WAITING, plan.spans)]
    seen = [LAYOUT.decode(one).returned for one in images]
    assert {one for one in seen if one is not None} == {seen[0], seen[-1]}
    assert all(LAYOUT.decode(one).credit is not None for one in images[::50])


def test_a_card_torn_while_it_is_issued_is_no_card() -> None:
    blank = b"\xff" * 256
    shown = LAYOUT.decode(WAITING)
    assert shown.credit is not None
    assert shown.returned is not None
    plan = LAYOUT.plan_issue(
        blank, shown.identity, shown.credit, shown.limits, None, shown.returned
    )
    images = [bytes(one) for one in torn_images(blank, plan.spans)]
    assert all(LAYOUT.recognises(one) == (one == plan.target) for one in images)


@pytest.mark.parametrize("missing", NAMES)
def test_a_key_that_is_missing_is_said_before_anything_is_read_or_written(missing: str) -> None:
    layout = without(missing)
    shown = LAYOUT.decode(WAITING)
    assert shown.credit is not None
    assert layout.recognises(WAITING)
    load = cards.next_load(WAITING, layout=LAYOUT)
    for attempt in (
        lambda: layout.decode(WAITING),
        lambda: layout.plan_load(WAITING, load),
        lambda: layout.is_torn(WAITING),
        lambda: issued(layout, shown),
    ):
        with pytest.raises(Refusal, match="layout_key_missing") as stop:
            attempt()
        assert stop.value.values == {"layout": "secured4442", "name": missing}


def test_nobody_who_holds_keys_is_a_missing_key_too() -> None:
    with pytest.raises(Refusal, match="layout_key_missing"):
        read_sheet(FILE).layout.decode(WAITING)


def test_a_stranger_is_a_stranger_without_any_key() -> None:
    for image in (bytes(256), b"\xff" * 256, bytes(range(256)), b""):
        with pytest.raises(Refusal, match="foreign_card"):
            read_sheet(FILE).layout.decode(image)


def test_a_card_under_another_key_is_not_ours() -> None:
    """Of another utility with cards of the same make, or forged: its MAC tells."""
    with pytest.raises(Refusal, match="foreign_card"):
        with_another("mac").decode(WAITING)
    shown = with_another("cover").decode(WAITING)
    assert shown.credit is None or shown.credit != LAYOUT.decode(WAITING).credit
    assert with_another("meter").decode(WAITING).returned is None


def test_one_bit_of_a_secured_block_and_it_says_nothing() -> None:
    for address in range(0x52, 0x9A):
        image = bytearray(WAITING)
        image[address] ^= 0x10
        shown = LAYOUT.decode(bytes(image))
        assert (shown.credit is None) == (address < 0x7E)
        assert (shown.returned is None) == (address >= 0x7E)


def test_an_examiner_sees_closed_blocks_and_never_a_mac_that_would_be_right() -> None:
    seen = places_of(without("cover"), WAITING)
    assert seen is not None
    states = {one.name: one.state for one in seen.seen}
    assert states == {
        "who": PlaceState.CLOSED,
        "limits": PlaceState.WHOLE,
        "load": PlaceState.CLOSED,
        "backup": PlaceState.CLOSED,
        "answer": PlaceState.CLOSED,
    }
    image = bytearray(WAITING)
    image[0x30] ^= 1
    image[0x60] ^= 1
    seen = places_of(without("mac"), bytes(image))
    assert seen is not None
    assert seen.seen[0].state is PlaceState.BROKEN
    seen = places_of(LAYOUT, bytes(image))
    assert seen is not None
    broken = {one.name: one.flaws for one in seen.seen if one.state is PlaceState.BROKEN}
    assert set(broken) == {"who", "load"}
    [mac] = [one for one in broken["load"] if one.name == "mac"]
    assert mac.seen == bytes(image)[0x64:0x68]
    assert mac.wanted == b""


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('is = "3des"', 'is = "rot13"', "key[0].is"),
        ('name = "cover"', 'name = "../cover"', "key[1].name"),
        ('name = "cover"', 'name = "mac"', ""),
        ('key = "cover", covers = [[0, 16]]', 'key = "cave", covers = [[0, 16]]', ""),
        ('is = "cbc"', 'is = "ctr"', "place[2].cipher.is"),
        ("covers = [[0, 16]] }", "covers = [[0, 4], [4, 16]] }", "place[2].cipher.covers"),
        ("covers = [[0, 16]] }", "covers = [[0, 10]] }", ""),
        ("covers = [[0, 16]] }", "covers = [[1, 17]] }", ""),
        ("covers = [[0, 16]] }", "covers = [[4, 4]] }", ""),
        ('key = "mac", at = 34', "at = 34", "place[0].check[1].key"),
        ('key = "meter", bytes = 8', 'key = "meter", bytes = 3', ""),
        ('factor = ["meter_no"]', 'factor = ["quantity"]', ""),
        ('factor = ["meter_no"]', 'factor = [["meter_no"]]', "key[2].factor"),
        ('name = "meter_no"\nat', 'name = "meter_nr"\nat', ""),
        ('key = "mac", at = 34', 'key = "mac", bytes = 9, at = 34', ""),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    assert old in TEXT
    path = tmp_path / "sheet.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal, match="layout_sheet") as stop:
        read_sheet(path)
    assert stop.value.values["place"] == place
    assert stop.value.values["expected"]


WHO = """cipher = { is = "ecb", key = "mac", covers = [[0, 32]] }
check = [
    { is = "mac", name = "m2", key = "mac", at = 32, covers = [[0, 32]] },
    { is = "xor8", at = 36, covers = [[0, 36]] },
    { is = "xor8", name = "x2", at = 37, covers = [[0, 37]] },
]"""


MAC_ALONE = """check = [{ is = "mac", key = "mac", bytes = 6, at = 32, covers = [[0, 32]] }]
cipher = { is = "ecb", key = "mac", covers = [[0, 32]] }"""


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (WHO, "card_no makes a key: it stands in whole bytes, in the clear"),
        (MAC_ALONE, "who has a check value or a mark that needs no key"),
    ],
)
def test_whose_card_it_is_shows_without_a_key(tmp_path: Path, check: str, expected: str) -> None:
    start, stop = TEXT.index("check = [\n"), TEXT.index("[[place.field]]")
    path = tmp_path / "sheet.toml"
    whole = TEXT.replace('"who.mac", "who.head-check"', '"who"')
    path.write_text(whole[:start] + check + "\n" + whole[stop:], "utf-8")
    with pytest.raises(Refusal, match="layout_sheet") as refused:
        read_sheet(path)
    assert refused.value.values["expected"] == expected


def test_a_check_value_inside_the_cipher_is_of_the_plain_bytes(tmp_path: Path) -> None:
    """Here the load's counter gives way to a CRC that is enciphered with the rest."""
    text = TEXT[: TEXT.index("[[example]]")]
    field = '[[place.field]]\nname = "station_no"\nat = 16\nbytes = 2\nis = "uint"\n'
    text = text.replace(field, "").replace('pattern = "YYMMDDhhmmss"', 'pattern = "YYMMDD"')
    text = text.replace('at = 10\nbytes = 6\nis = "date"', 'at = 10\nbytes = 3\nis = "date"')
    inside = """check = [
    { is = "crc8", name = "crc", at = 13, covers = [[0, 13]] },
    { is = "crc16", name = "crc2", at = 14, covers = [[0, 14]] },
    { is = "inverse", name = "turned", at = 16, covers = [[0, 2]] },"""
    mac = '    { is = "mac", name = "mac", key = "mac", at = 18, covers = [[0, 18]] },\n]'
    old = 'check = [{ is = "mac", name = "mac", key = "mac", at = 18, covers = [[0, 18]] }]'
    assert old in text
    path = tmp_path / "sheet.toml"
    path.write_text(text.replace(old, inside + "\n" + mac), "utf-8")
    layout = read_sheet(path, published_keys()).layout
    shown = LAYOUT.decode(WAITING)
    assert shown.credit is not None
    shown = replace(
        shown, credit=replace(shown.credit, loaded_at=cards.AT.replace(hour=0, minute=0))
    )
    image = issued(layout, shown)
    place = layout.declaration.place("load")
    plain = place.block.opened(place.bytes_in(image), layout.card_keys(image))
    checks = {one.name: one for one in place.block.checks}
    assert checks["crc"].holds(plain)
    assert checks["turned"].holds(place.bytes_in(image))
    assert not checks["turned"].holds(plain)
    assert layout.decode(image).credit is not None
    for offset in (13, 17, 18):
        spoilt = bytearray(image)
        spoilt[place.address + offset] ^= 1
        assert place.read(bytes(spoilt), layout.card_keys(image)) is None


def test_the_proof_says_which_key_is_wanted() -> None:
    with pytest.raises(Refusal, match="layout_key_missing"):
        prove(replace(SHEET, layout=without("mac")), ())
