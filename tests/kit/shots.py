"""`python -m tests.kit.shots [OUT]`: every screen in every state and every paper as a picture."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pypdfium2

from cardstation.papers import Reprint, handover_sheet, receipt_80mm, receipt_a5
from tests.kit.papers import RECEIPT, RECEIPTS, SHEETS
from tests.kit.window_shots import render_all

LANGUAGES = ("zh_CN", "en")
DOTS_PER_MM = 4
MOST_PAGES = 2


@click.command()
@click.argument("out", type=click.Path(path_type=Path), default=Path("out/shots"))
@click.option("--lang", "languages", multiple=True, type=click.Choice(LANGUAGES))
@click.option("--theme", "themes", multiple=True, type=click.Choice(["light", "dark"]))
def shots(out: Path, languages: tuple[str, ...], themes: tuple[str, ...]) -> None:
    """Draw everything into OUT; it is there to be looked at."""
    languages = languages or LANGUAGES
    papers = list(draw_papers(out, languages))
    screens = list(render_all(out, languages, themes or ("light", "dark")))
    click.echo(f"{len(screens)} screens, {len(papers)} papers in {out}")


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
    for name, sheet in SHEETS.items():
        yield f"sheet-{name}", lambda one=sheet: handover_sheet(one, lang)


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
