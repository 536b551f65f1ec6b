"""The papers of a bag: codes another program reads, sums that agree, nothing told too much."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL.Image import Image

from cardstation.domain.bag_papers import ManagerSheet
from cardstation.domain.custody import Where
from cardstation.domain.seal_number import ensure_seal
from cardstation.errors import Refusal
from cardstation.i18n import LANGUAGES, translator
from cardstation.papers import (
    annex,
    bag_label,
    custody_slip,
    manager_sheet,
    not_done_list,
    receipt_strip,
)
from cardstation.papers.pen import Pen
from cardstation.sentences import SENTENCES
from cardstation.sentences.resident import RESIDENT_TEXTS, to_resident
from tests.kit.bag_papers import (
    ALL_NOTES,
    ALL_STRIPS,
    ANNEXES,
    BATCH,
    COMPANY,
    LABELS,
    MANAGER_SHEETS,
    SEAL,
    SLIPS,
)
from tests.kit.papers import pages_of

ZH, EN = translator("zh_CN"), translator("en")
CODE_128, QR = zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode


def page(pdf: bytes, *, dots_per_mm: float = 12) -> Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dots_per_mm * 25.4 / 72).to_pil()


def codes(pdf: bytes, *, dots_per_mm: float = 12) -> set[tuple[zxingcpp.BarcodeFormat, str]]:
    found = zxingcpp.read_barcodes(page(pdf, dots_per_mm=dots_per_mm))
    return {(one.format, one.text) for one in found}


def ends(pdf: bytes, text: str) -> tuple[float, float]:
    """Where the first line of a text begins and ends, from the left."""
    with pypdfium2.PdfDocument(pdf) as document:
        words = document[0].get_textpage()
        at, count = words.search(text).get_next()
        boxes = [words.get_charbox(place) for place in range(at, at + count)]
    return min(box[0] for box in boxes), max(box[2] for box in boxes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_takes_the_bag_and_for_whom_stand_beside_each_other(lang: str) -> None:
    pdf = custody_slip(SLIPS["returned"], lang)
    party = translator(lang)("Property manager")
    assert ends(pdf, party)[1] < ends(pdf, SLIPS["returned"].taken_by[:6])[0]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", LABELS)
def test_another_program_reads_both_codes_of_a_label(name: str, lang: str) -> None:
    """At the 8 dots a millimetre of a label printer, too."""
    for dots in (8, 12):
        found = codes(bag_label(LABELS[name], lang), dots_per_mm=dots)
        assert found == {(CODE_128, SEAL), (QR, f"CS:G/{SEAL}")}
    assert ensure_seal(SEAL, BATCH) == SEAL


def test_a_torn_label_is_not_read_as_another_number() -> None:
    whole = page(bag_label(LABELS["full"], "en"))
    half = whole.crop((0, 0, whole.width // 2, whole.height))
    assert not zxingcpp.read_barcodes(half)


def test_a_label_tells_a_stranger_nothing_of_a_household() -> None:
    text = "".join(pages_of(bag_label(LABELS["full"], "zh_CN")))
    assert not re.search(r"\d{1,2}-\d-\d{3}", text)
    assert not re.search(r"¥", text)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sheet", MANAGER_SHEETS.values(), ids=MANAGER_SHEETS)
def test_a_return_sheet_has_each_door_once_and_its_amounts_add_up(
    sheet: ManagerSheet, lang: str
) -> None:
    t = translator(lang)
    pages = pages_of(manager_sheet(sheet, lang))
    text = "\n".join(pages)
    doors = re.findall(r"\b(\d+-\d-\d{3})\b", text)
    assert sorted(doors) == sorted(row.door for row in sheet.rows)
    assert text.count(t("Topped up")) >= sheet.done
    printed = [
        int(found.replace(",", "").replace(".", ""))
        for found in re.findall(r"^[^·\n]*\d-\d-\d{3}[^\n]*?¥([\d,]+\.\d\d)", text, re.MULTILINE)
    ]
    assert sum(printed) <= sheet.loaded.fen
    for where, count in sheet.counts:
        assert f"{where.value}" in {one.value for one in Where}
        assert f" {count}" in pages[-1]
    assert not re.search(r"\b\d{10,15}\b", text.replace(" ", "\n"))


def test_rows_go_down_the_left_column_first() -> None:
    text = pages_of(manager_sheet(MANAGER_SHEETS["bag"], "en"))[0]
    doors = re.findall(r"\b(\d+-\d-\d{3})\b", text)
    rows = [row.door for row in MANAGER_SHEETS["bag"].rows]
    assert sorted(doors) == sorted(rows[: len(doors)])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_strip_has_every_receipt_and_is_cut_between_floors(lang: str) -> None:
    for strips in ALL_STRIPS.values():
        text = "\n".join(pages_of(receipt_strip(strips, lang)))
        for floor in strips.floors:
            for row in floor.rows:
                assert row.receipt_no in text
                assert str(row.paid) in text
        assert translator(lang)("This receipt is not a tax invoice.") in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_part_that_was_cut_off_says_by_itself_what_it_is(lang: str) -> None:
    t = translator(lang)
    [floor] = ALL_STRIPS["tall"].floors[:1]
    said = "\n".join(pages_of(receipt_strip(ALL_STRIPS["tall"], lang))).split("\n")
    for row in floor.rows:
        head = f"{t('TRAINING')} · {COMPANY} · {t.moment(row.sealed_at)} · "
        line = next(one for one in said if one.startswith(head) and f" {row.account} · " in one)
        slip = "This slip is no receipt for money and no tax invoice."
        assert line.endswith(t(slip if row.prepaid else "This receipt is not a tax invoice."))
        for name, money in (("Kept as balance", row.to_balance), ("For arrears", row.arrears)):
            assert (f"{t(name)} {money}" in line) is bool(money)


def test_what_a_resident_reads_is_translated_and_names_no_debt() -> None:
    for text in RESIDENT_TEXTS:
        assert ZH.knows(text), text
    for code in SENTENCES:
        what, todo = to_resident(code, EN)
        assert what
        assert todo
        assert "arrear" not in what.lower()
        assert "debt" not in what.lower()
    assert to_resident("arrears", ZH)[0] == "该户目前不能用卡购气。"


def test_a_resident_with_a_purse_hears_whose_fault_it_was() -> None:
    """A silent module is ours; a blocked card is replaced; an unanswered load keeps its money."""
    told = {code: to_resident(code, EN) for code in SENTENCES}
    for code in ("psam_silent", "hsm_silent", "purse_secret_missing"):
        assert told[code] == told["card_not_run"]
    for code in ("purse_locked", "card_not_genuine", "purse_count_full", "load_mac_refused"):
        assert told[code] == told["card_damaged"]
    assert told["load_unanswered"] == told["outcome_unknown"]


def test_a_note_says_its_door_and_its_reason_once() -> None:
    text = "".join(pages_of(not_done_list(ALL_NOTES["some"], "zh_CN")))
    for row in ALL_NOTES["some"].rows:
        assert text.count(row.door) == 1
        assert to_resident(row.reason, ZH)[0] in text.replace("\n", "")


def test_a_signature_is_on_the_slip_and_a_broken_picture_is_refused() -> None:
    signed = page(custody_slip(SLIPS["received"], "en"), dots_per_mm=4)
    box = signed.crop((80, 430, 360, 490)).convert("L")
    assert box.getextrema()[0] < 60
    pen = Pen(100, 100, title="", lang="en")
    with pytest.raises(Refusal, match="signature_not_picture"):
        pen.picture(0, 0, b"\x89PNG\r\n\x1a\nbroken", width=10, height=10)
    broken = replace(SLIPS["received"], given_picture=b"\x89PNG\r\n\x1a\nbroken")
    assert "cannot be shown" in pages_of(custody_slip(broken, "en"))[0]


def test_the_annex_says_when_data_go_and_when_they_went() -> None:
    before = "".join(pages_of(annex(ANNEXES["open"], "en")))
    after = "".join(pages_of(annex(ANNEXES["purged"], "en")))
    assert "30 days after" in before.replace("\n", " ")
    assert "Record of deletion" not in before
    assert "They were removed on 24 Nov 2026." in after
