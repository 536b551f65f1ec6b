"""`python -m tests.kit.shots [OUT]`: every screen in every state and every paper as a picture."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pypdfium2
from PIL import Image

from cardstation.papers import (
    FORMS,
    Reprint,
    acknowledgement,
    handover_sheet,
    quote_sheet,
    receipt_80mm,
    receipt_a5,
    refund_list,
)
from tests.kit.bag_papers import BAG_SAMPLES
from tests.kit.money_papers import ACKNOWLEDGEMENTS, LUMP_SUM, QUOTES, REFUNDS
from tests.kit.papers import RECEIPT, RECEIPTS, SHEETS
from tests.kit.window_list_shots import render_lists
from tests.kit.window_shots import render_all
from tests.kit.window_torn import render_torn

LANGUAGES = ("zh_CN", "en")
DOTS_PER_MM = 4
MOST_PAGES = 2

DOCS = Path("docs/pictures")
IN_DOCS = {
    "batch-en": "batch-7-done-light-en",
    "batch": "batch-7-done-light-zh_CN",
    "counter-idle": "counter-1-idle-light-zh_CN",
    "counter-price": "counter-3-price-light-zh_CN",
    "counter-writing": "counter-4-writing-light-zh_CN",
    "counter-done": "counter-5-done-light-zh_CN",
    "counter-pulled": "counter-9-pulled-light-zh_CN",
    "counter-question": "counter-10-question-light-zh_CN",
    "counter-order": "order-1-offered-light-zh_CN",
    "counter-examined": "examined-damaged-light-zh_CN",
    "card-slip": "paper-card_slip-issue-zh_CN",
    "issue-blank": "issue-1-blank-light-zh_CN",
    "issue-whose": "issue-2-whose-light-zh_CN",
    "card-examination": "paper-card_report-damaged-zh_CN",
    "household-services": "household-11-card-light-zh_CN",
    "household-form": "household-6-preview-light-zh_CN",
    "household-history": "household-16-history-light-zh_CN",
    "household-transfer": "paper-desk_form-transferred-zh_CN",
    "household-call-off": "act-call_off_payout-light-zh_CN",
    "loading-slip": "paper-a5-loading_slip-zh_CN",
    "orders-list": "orders-2-some-light-zh_CN",
    "counter-offline": "counter-11-offline-light-zh_CN",
    "lists-row": "lists-9-row-amount-light-zh_CN",
    "lists-newer": "lists-13-newer-list-light-zh_CN",
    "lists-paste": "lists-2-paste-light-zh_CN",
    "lists-second-entry": "lists-4-second-count-light-zh_CN",
    "lists-door": "lists-16-door-card-light-zh_CN",
    "batch-lists": "batch-2-lists-light-zh_CN",
    "batch-preflight": "batch-3-preflight-light-zh_CN",
    "batch-lump-sum": "batch-4-lump-sum-light-zh_CN",
    "batch-money": "money-2-payments-light-zh_CN",
    "lanes-8": "lanes-8-running-light-zh_CN",
    "lanes-other-envelope": "lanes-1-other-envelope-light-zh_CN",
    "batch-needs-you": "batch-8-needs-you-light-zh_CN",
    "batch-finished": "batch-10-finished-light-zh_CN",
    "exceptions": "exceptions-2-some-light-zh_CN",
    "exceptions-debt": "guide-line-arrears-covered-light-zh_CN",
    "exceptions-row": "guide-row-in-place-light-zh_CN",
    "exceptions-refused": "guide-line-kept-refused-refused-light-zh_CN",
    "exceptions-restored": "exceptions-restored-light-zh_CN",
    "bag": "bag-2-on-its-way-light-zh_CN",
    "bag-hand-over": "bag-3-hand-over-light-zh_CN",
    "refund": "refund-1-card-wanted-light-zh_CN",
    "return-offered": "return-1-load-on-card-light-zh_CN",
    "return-done": "return-2-taken-back-light-zh_CN",
    "second-person": "second-person-1-light-zh_CN",
    "shift-first": "shift-1-no-clerks-light-zh_CN",
    "shift-open": "shift-2-nobody-light-zh_CN",
    "shift-on-duty": "shift-6-on-duty-light-zh_CN",
    "shift-count": "shift-7-counting-light-zh_CN",
    "shift-short": "shift-9-short-light-zh_CN",
    **{
        f"{name}-{lang}": f"{name}-light-{lang}"
        for name in ("torn-1-writing", "torn-2-pulled", "torn-3-finished", "torn-4-refused")
        for lang in LANGUAGES
    },
    "teams": "teams-2-board-light-zh_CN",
    "triage": "teams-3-triage-light-zh_CN",
    "settings": "settings-light-zh_CN",
    "keys": "keys-light-zh_CN",
    "receipt-a5": "paper-a5-sale-zh_CN",
    "receipt-80mm": "paper-80mm-sale-zh_CN",
    "refund-list": "paper-refunds-some-zh_CN-1",
    "handover-sheet": "paper-sheet-bag-zh_CN-1",
}
"""Pictures of the manuals by the name they have there."""
LARGEST = 280_000


@click.command()
@click.argument("out", type=click.Path(path_type=Path), default=Path("out/shots"))
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES))
@click.option("--theme", "themes", multiple=True, type=click.Choice(["light", "dark"]))
@click.option("--docs", is_flag=True, help="Also renew the pictures of the manuals.")
def shots(out: Path, languages: tuple[str, ...], themes: tuple[str, ...], *, docs: bool) -> None:
    """Draw everything into OUT; it is there to be looked at."""
    languages = languages or LANGUAGES
    papers = list(draw_papers(out, languages))
    themes = themes or ("light", "dark")
    drawn = (render_all, render_torn, render_lists)
    screens = [shot for draw in drawn for shot in draw(out, languages, themes)]
    click.echo(f"{len(screens)} screens, {len(papers)} papers in {out}")
    if docs:
        for name, shot in IN_DOCS.items():
            keep_picture(out / f"{shot}.png", DOCS / f"{name}.png")


def keep_picture(shot: Path, place: Path) -> None:
    """File a picture for the manuals, with fewer colours when it would be large."""
    picture = Image.open(shot).convert("RGB")
    picture.save(place, optimize=True)
    if place.stat().st_size > LARGEST:
        picture.quantize(256).save(place, optimize=True)


def draw_papers(out: Path, languages: tuple[str, ...]) -> Iterator[Path]:
    """Draw every form with every value it has to bear; yields each picture's file."""
    out.mkdir(parents=True, exist_ok=True)
    for lang in languages:
        for name, draw in _papers(lang):
            yield from _pages(draw(), out, f"paper-{name}-{lang}")


def _papers(lang: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    mark = Reprint(2, "客户遗失" if lang == "zh_CN" else "lost by the customer")
    for name, receipt in RECEIPTS.items():
        yield f"a5-{name}", lambda one=receipt: receipt_a5(one, lang)
        yield f"80mm-{name}", lambda one=receipt: receipt_80mm(one, lang)
    yield "a5-reprint", lambda: receipt_a5(RECEIPT, lang, mark)
    yield "80mm-reprint", lambda: receipt_80mm(RECEIPT, lang, mark)
    for form in FORMS:
        for name, value in BAG_SAMPLES.get(form.value, {}).items():
            yield f"{form.code}-{name}", lambda form=form, one=value: form.draw(one, lang)
    for name, sheet in SHEETS.items():
        yield f"sheet-{name}", lambda one=sheet: handover_sheet(one, lang)
    for name, quoted in QUOTES.items():
        yield f"quote-{name}", lambda one=quoted: quote_sheet(one, lang)
    for name, made in ACKNOWLEDGEMENTS.items():
        yield f"acknowledgement-{name}", lambda one=made: acknowledgement(one, lang)
    yield "acknowledgement-reprint", lambda: acknowledgement(LUMP_SUM, lang, mark)
    for name, refunds in REFUNDS.items():
        yield f"refunds-{name}", lambda one=refunds: refund_list(one, lang)


def _pages(pdf: bytes, out: Path, name: str) -> Iterator[Path]:
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            if number <= MOST_PAGES or number == len(document):
                suffix = f"-{number}" if len(document) > 1 else ""
                path = out / f"{name}{suffix}.png"
                page.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil().save(path)
                yield path


if __name__ == "__main__":
    sys.exit(shots())
