"""Quotes, acknowledgements, refund lists: sums, orders, and codes that another reader reads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from cardstation.domain.money import NO_MONEY, Money, capitals
from cardstation.domain.quotation import BatchQuote, grouped, references_in
from cardstation.domain.receipt import Acknowledgement
from cardstation.domain.refund_list import RefundList
from cardstation.i18n import LANGUAGES, translator
from cardstation.papers import Reprint, acknowledgement, quote_sheet, refund_list
from cardstation.sentences import brief
from tests.kit.money_papers import ACKNOWLEDGEMENTS, LUMP_SUM, QUOTES, REFUNDS
from tests.kit.papers import pages_of

QUOTED = [pytest.param(QUOTES[n], lang, id=f"{n}-{lang}") for n in QUOTES for lang in LANGUAGES]
TAKEN = [
    pytest.param(ACKNOWLEDGEMENTS[n], lang, id=f"{n}-{lang}")
    for n in ACKNOWLEDGEMENTS
    for lang in LANGUAGES
]
BACK = [pytest.param(REFUNDS[n], lang, id=f"{n}-{lang}") for n in REFUNDS for lang in LANGUAGES]
DOTS_PER_MM = 6


def codes_on(pdf: bytes) -> list[str]:
    """What a reader that is not ours reads off the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        image = document[0].render(scale=DOTS_PER_MM * 25.4 / 72).to_pil()
    return [found.text for found in zxingcpp.read_barcodes(image)]


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", "", "".join(pages_of(pdf)))


def bare(*texts: Any) -> list[str]:
    return [re.sub(r"\s+", "", str(text)) for text in texts]


@pytest.mark.parametrize(("quote", "lang"), QUOTED)
def test_a_quotes_code_is_read_by_another_reader(quote: BatchQuote, lang: str) -> None:
    (code,) = codes_on(quote_sheet(quote, lang))
    number, reference, fen, check = code.removeprefix("CS:Q/").split("/")
    assert (number, reference) == (quote.quote_no, quote.reference)
    assert references_in(reference) == (quote.reference,)
    assert (int(fen), check) == (quote.total.fen, quote.digest[:8].upper())


@pytest.mark.parametrize(("quote", "lang"), QUOTED)
def test_a_quote_prints_every_line_and_what_the_manager_pays(quote: BatchQuote, lang: str) -> None:
    text = text_of(quote_sheet(quote, lang))
    said = bare(quote.quote_no, grouped(quote.reference), quote.total, capitals(quote.total))
    said += bare(quote.valid_until, quote.list_name, quote.community)
    for one in quote.lines:
        said += bare(one.door, *([one.to_pay] if one.to_pay else []))
    said += bare(*(one.door for one in quote.refused))
    assert not [one for one in said if one not in text]
    assert sum((one.to_pay or NO_MONEY for one in quote.lines), NO_MONEY) == quote.total


@pytest.mark.parametrize(("quote", "lang"), QUOTED)
def test_the_page_that_is_signed_says_how_much_for_how_many(quote: BatchQuote, lang: str) -> None:
    t = translator(lang)
    (signed,) = [one for one in pages_of(quote_sheet(quote, lang)) if t("Quoted by (desk)") in one]
    said = t("This quote: {n} rows, {money} in all.", n=len(quote.lines), money=quote.total)
    assert bare(said)[0] in re.sub(r"\s+", "", signed)


@pytest.mark.parametrize(("quote", "lang"), QUOTED)
def test_a_quote_tells_the_manager_nobodys_numbers_or_reason(quote: BatchQuote, lang: str) -> None:
    text = text_of(quote_sheet(quote, lang))
    secret = bare(*(one.card_no for one in (*quote.lines, *quote.refused)))
    secret += bare(*(one.account_no for one in quote.lines))
    secret += bare(*(brief(one.reason, translator(lang)) for one in quote.refused))
    assert not [one for one in secret if one in text]


@pytest.mark.parametrize(("quote", "lang"), QUOTED)
def test_a_quote_tells_the_manager_nothing_of_a_households_use(
    quote: BatchQuote, lang: str
) -> None:
    """Volumes and tiers tell what it used this year; what it pays itself is its own affair."""
    rules = translator(lang)("How the money is used")
    rows = bare("".join(pages_of(quote_sheet(quote, lang))).split(rules)[0])[0]
    assert "m³" not in rows
    own = [one for one in quote.lines if one.own and one.offer]
    assert own or len(quote.lines) == 1
    for one in own:
        odd = replace(quote, lines=tuple(replace(a, own=False) for a in quote.lines))
        assert bare(one.door)[0] in rows
        assert text_of(quote_sheet(odd, lang)) != text_of(quote_sheet(quote, lang))


@pytest.mark.parametrize(("made", "lang"), TAKEN)
def test_an_acknowledgement_says_all_it_must(made: Acknowledgement, lang: str) -> None:
    t = translator(lang)
    pdf = acknowledgement(made, lang)
    text = text_of(pdf)
    said = bare(
        *(made.ack_no, made.money, capitals(made.money), made.batch_id, made.list_name),
        *(made.company, made.station, made.clerk, made.check_code, t.moment(made.taken_at)),
        *(made.payer, made.reference, made.quote_no, made.envelope),
        t("This is no receipt of gas and no tax invoice."),
    )
    assert not [one for one in said if one not in text]
    assert codes_on(pdf) == [
        f"CS:A/{made.ack_no}/{made.batch_id}/{made.money.fen}/{made.check_code}"
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reprint_says_so(lang: str) -> None:
    first, again = acknowledgement(LUMP_SUM, lang), acknowledgement(LUMP_SUM, lang, Reprint(1, ""))
    word = {"zh_CN": "补打", "en": "Reprint"}[lang]
    assert word not in text_of(first)
    assert word in text_of(again)


@pytest.mark.parametrize(("refunds", "lang"), BACK)
def test_a_refund_list_adds_up_and_has_its_signatures(refunds: RefundList, lang: str) -> None:
    t = translator(lang)
    pdf = refund_list(refunds, lang)
    text = text_of(pdf)
    manager, household = refunds.parts
    for row in (*manager.payments, *household.payments):
        assert row.money == row.held + row.kept + row.arrears + row.given_back + row.remains
        said = bare(row.ack_no, row.money, row.remains, *([row.arrears] if row.arrears else []))
        assert not [one for one in said if one not in text]
    *managers, households = pages_of(pdf)
    assert bare(household.payments[0].ack_no, household.payer) == [
        one
        for one in bare(household.payments[0].ack_no, household.payer)
        if one in bare(households)[0]
    ]
    assert not [one for one in managers if household.payer in one]
    assert manager.payer not in households
    doors = bare(*(f"{row.door}{row.money or ''}" for row in refunds.not_loaded))
    assert not [one for one in doors if one not in text]
    assert not re.findall(r"\d{14}", text.replace("00126112401024", ""))
    for role in (t("Received by (payer)"), t("Paid out by (desk)"), t("Second person")):
        assert re.sub(r"\s+", "", role) in text
    sums = f"{manager.remains.fen}/{manager.given_back.fen}"
    assert codes_on(pdf) == [f"CS:F/{refunds.batch_id}/{sums}"]
    assert manager.remains > Money(0)


@pytest.mark.parametrize("field", ["payer", "reference", "list_name", "community", "clerk"])
def test_who_has_paid_gets_a_paper_whatever_is_long_on_it(field: str) -> None:
    """The money is taken before the paper is drawn: it is never refused for its length."""
    long = "阳光花园三期北区物业管理服务有限责任公司" * 10
    text = text_of(acknowledgement(replace(LUMP_SUM, **{field: long}), "zh_CN"))
    assert f"{long[:20]}" in text
    assert "…" in text


def test_a_refund_list_is_drawn_for_a_payer_of_any_length() -> None:
    some = REFUNDS["some"]
    parts = tuple(replace(one, payer="物业" * 90) for one in some.parts)
    assert "物业物业" in text_of(refund_list(replace(some, parts=parts), "zh_CN"))
