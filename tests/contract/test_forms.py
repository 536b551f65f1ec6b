"""What holds for every form, in every language, with every sample."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest

from cardstation.domain.charge import ChargeReceipt
from cardstation.domain.money import Money
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.receipt import Acknowledgement, HandoverSheet, Receipt
from cardstation.domain.refund_list import RefundList
from cardstation.i18n import LANGUAGES, translator
from cardstation.papers import FORMS, Form
from cardstation.papers.typeface import missing
from tests.kit.bag_papers import BAG_SAMPLES
from tests.kit.charge_papers import CHARGES
from tests.kit.money_papers import ACKNOWLEDGEMENTS, QUOTES, REFUNDS
from tests.kit.papers import RECEIPTS, SHEETS, pages_of

SAMPLES: dict[type[Any], dict[str, Any]] = {
    Receipt: RECEIPTS,
    ChargeReceipt: CHARGES,
    HandoverSheet: SHEETS,
    BatchQuote: QUOTES,
    Acknowledgement: ACKNOWLEDGEMENTS,
    RefundList: REFUNDS,
    **BAG_SAMPLES,
}
CASES = [
    pytest.param(form, value, lang, id=f"{form.code}-{name}-{lang}")
    for form in FORMS
    for name, value in SAMPLES[form.value].items()
    for lang in LANGUAGES
]
RECEIPT_CASES = [case for case in CASES if isinstance(case.values[1], Receipt)]
SHEET = next(form for form in FORMS if form.code == "handover_sheet")
SHEET_CASES = [case for case in CASES if case.values[0] is SHEET]
YUAN = re.compile(r"¥([\d,]+\.\d\d)")


def said_of_money(value: Receipt) -> Money:
    """What was paid; emergency gas is owed."""
    return value.gas if value.kind == "emergency_slip" else value.paid


def fen(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


@pytest.mark.parametrize(("form", "value", "lang"), CASES)
def test_a_form_is_pure(form: Form[Any], value: Any, lang: str) -> None:
    first = form.draw(value, lang)
    assert first.startswith(b"%PDF-")
    assert form.draw(value, lang) == first


@pytest.mark.parametrize(("form", "value", "lang"), CASES)
def test_pages_have_the_width_of_the_form(form: Form[Any], value: Any, lang: str) -> None:
    with pypdfium2.PdfDocument(form.draw(value, lang)) as document:
        widths = [round(page.get_width() * 25.4 / 72) for page in document]
    assert set(widths) == {form.width_mm}


@pytest.mark.parametrize(("form", "value", "lang"), CASES)
def test_all_type_is_embedded_and_known(form: Form[Any], value: Any, lang: str) -> None:
    pdf = form.draw(value, lang)
    assert b"/Helvetica" not in pdf
    text = "".join(pages_of(pdf)).replace("\n", "")
    assert not missing(text)
    assert "—" not in text, "a sentence lacks a value"
    assert "{" not in text


@pytest.mark.parametrize(("form", "value", "lang"), CASES)
def test_training_shows_on_every_page(form: Form[Any], value: Any, lang: str) -> None:
    for page in pages_of(form.draw(value, lang)):
        assert ("培训" in page.replace("\n", "")) == value.training


@pytest.mark.parametrize(("form", "value", "lang"), RECEIPT_CASES)
def test_a_receipt_says_all_it_must(form: Form[Receipt], value: Receipt, lang: str) -> None:
    t = translator(lang)
    pages = pages_of(form.draw(value, lang))
    assert len(pages) == 1
    text = re.sub(r"\s+", "", pages[0])
    said = [
        value.receipt_no,
        value.name,
        value.address,
        value.account_no,
        value.card_no,
        value.meter_no,
        str(value.purchase_counter),
        value.company,
        value.clerk,
        value.station,
        value.batch_id,
        value.check_code,
        value.tariff,
        str(said_of_money(value)),
        str(value.volume or value.gas),
        t.moment(value.issued_at),
        value.order_id,
        t("This slip is no receipt for money and no tax invoice.")
        if value.order_id
        else t("This receipt is not a tax invoice."),
    ]
    assert not [one for one in said if re.sub(r"\s+", "", one) not in text]


@pytest.mark.parametrize(("form", "value", "lang"), RECEIPT_CASES)
def test_the_printed_amounts_add_up(form: Form[Receipt], value: Receipt, lang: str) -> None:
    t = translator(lang)
    text = pages_of(form.draw(value, lang))[0]
    if value.order_id:
        assert {fen(amount) for amount in YUAN.findall(text)} == {said_of_money(value).fen}
        return
    tiers = [fen(_last_yuan(text, rf"{t('Tier {n}', n=line.tier)}\b")) for line in value.tiers]
    gas = fen(_last_yuan(text, re.escape(t("Gas, total"))))
    assert gas == value.gas.fen
    assert sum(tiers) == (gas if tiers else 0)
    printed = {fen(amount) for amount in YUAN.findall(text)}
    assert value.paid.fen in printed
    assert (value.to_balance.fen in printed) == bool(value.to_balance)


def _last_yuan(text: str, label: str) -> str:
    """The last amount on the text line that begins with `label`, or on the next one."""
    found = re.search(rf"^{label}[^\n]*?\n?[^\n]*?¥[^\n]*", text, re.MULTILINE)
    assert found, label
    return str(YUAN.findall(found[0])[-1])


@pytest.mark.parametrize(("form", "value", "lang"), SHEET_CASES)
def test_a_sheet_lists_every_card_once_in_order(
    form: Form[HandoverSheet], value: HandoverSheet, lang: str
) -> None:
    text = "\n".join(pages_of(form.draw(value, lang)))
    cards = re.findall(r"6228\d{10}", text)
    assert sorted(cards) == sorted(row.card_no for row in value.rows)
    doors = re.findall(r"(\d+)栋(\d)单元(\d+)", text)
    assert doors == sorted(doors, key=lambda door: tuple(map(int, door)))


@pytest.mark.parametrize(("form", "value", "lang"), SHEET_CASES)
def test_a_sheet_numbers_its_pages_and_repeats_its_heading(
    form: Form[HandoverSheet], value: HandoverSheet, lang: str
) -> None:
    t = translator(lang)
    pages = pages_of(form.draw(value, lang))
    for number, page in enumerate(pages, start=1):
        assert t("Page {page} of {pages}", page=number, pages=len(pages)) in page
        assert value.batch_id in page
        if re.search(r"6228\d{10}", page):
            assert t("Receipt no.") in page
    assert t("Signature") in pages[-1]
    assert len(pages) == {0: 1, 1: 1, 200: 6}[len(value.rows)]


@pytest.mark.parametrize(("form", "value", "lang"), SHEET_CASES)
def test_the_rows_of_a_sheet_add_up(
    form: Form[HandoverSheet], value: HandoverSheet, lang: str
) -> None:
    text = "\n".join(pages_of(form.draw(value, lang)))
    rows = re.findall(r"¥([\d,]+\.\d\d)\s+S001-2026-", text)
    assert sum(map(fen, rows)) == value.loaded.fen
    for amount in (value.received, value.loaded, value.to_balance, value.remainder):
        assert str(amount) in text
