"""What stands around the rows of a hand-over sheet: head, totals, explanations."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.domain.receipt import HandoverSheet
from cardstation.domain.seal_number import seal_grouped
from cardstation.i18n import Translator, fields_of
from cardstation.papers.a4_pages import LABEL, LEFT, RIGHT
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.sentences import SENTENCES, brief, word

TOTALS_AND_SIGNATURES = 53.0


def title(t: Translator) -> str:
    """What the sheet is called."""
    return t("Hand-over sheet for gas cards")


def head(pen: Pen, sheet: HandoverSheet, t: Translator) -> float:
    """Draw the top of the first page; return where the table may begin."""
    pen.fitted(LEFT, 17, sheet.company, Style(10.5, Ink.SOFT), room=145)
    large = Style(21, Ink.NAVY, bold=True)
    pen.fitted(LEFT, 27, title(t), large, room=120)
    own = t("Stays at the desk: it names people. The property manager gets the return sheet.")
    pen.fitted(LEFT, 33, own, Style(8, Ink.ORANGE), room=150)
    if sheet.training:
        wide = pen.measure(t("TRAINING"), Style(9, bold=True)) + 5
        x = LEFT + min(120.0, pen.measure(title(t), large)) + 5
        pen.panel(x, 21.4, wide, 7, edge=Ink.ORANGE, radius=1.2, weight=0.3)
        training = Style(9, Ink.ORANGE, bold=True)
        pen.text(x + wide / 2, 26.1, t("TRAINING"), training, "center")
    pen.qr_square(RIGHT - 19.5, 12.5, f"CS:B/{sheet.batch_id}".upper(), 19.5)
    pen.rule(LEFT, RIGHT, 36, ink=Ink.NAVY, weight=0.7)
    facts = (
        (t("Batch"), sheet.batch_id, 28),
        (t("Community"), sheet.community, 46),
        (t("List"), sheet.list_name, 66),
        (t("Station"), sheet.station, 18),
        (t("Clerk"), sheet.clerk, 24),
    )
    x = LEFT
    for label, text, room in facts:
        pen.fitted(x, 41.5, label, LABEL, room=room - 2)
        pen.shortened(x, 46.5, text, Style(9.5), room=room - 3)
        x += room
    _tiles(pen, sheet, t, 51)
    return 81.5


def _tiles(pen: Pen, sheet: HandoverSheet, t: Translator, y: float) -> None:
    stopped = sheet.expected - sheet.done
    counts = (
        (t("Cards on the list"), str(sheet.expected), Ink.NAVY),
        (t("Topped up"), str(sheet.done), Ink.GREEN),
        (t("Not topped up"), str(stopped), Ink.RED if stopped else Ink.NAVY),
        (t("Gas"), str(sheet.volume), Ink.NAVY),
    )
    width = (RIGHT - LEFT - 9) / 4
    for index, (label, text, ink) in enumerate(counts):
        x = LEFT + index * (width + 3)
        pen.panel(x, y, width, 14.5, fill=Ink.PALE, radius=2)
        pen.fitted(x + 4, y + 4.9, label, Style(7.5, Ink.SOFT), room=width - 8)
        pen.fitted(x + 4, y + 11.7, text, Style(15, ink, bold=True), room=width - 8)
    sums = (
        (t("Money received"), sheet.received),
        (t("Loaded"), sheet.loaded),
        (t("of it kept as balance"), sheet.to_balance),
        (t("Left for the payer"), sheet.remainder),
    )
    for index, (label, amount) in enumerate(sums):
        x = LEFT + index * (width + 3) + 4
        pen.fitted(x, y + 20, label, Style(7.5, Ink.SOFT), room=width - 8)
        pen.fitted(x, y + 25.2, str(amount), Style(11, bold=True), room=width - 8)


def explanation(code: str, t: Translator) -> tuple[str, str]:
    """A reason's headline, and as much of its sentence as needs no values."""
    words = SENTENCES.get(code)
    parts = (words.what, words.todo) if words else ()
    told = [t(part) for part in parts if not fields_of(part)]
    return brief(code, t), (" " if t.lang == "en" else "").join(told)


def totals(pen: Pen, sheet: HandoverSheet, t: Translator, y: float) -> float:
    """Draw the totals in words; return where the signatures may begin."""
    text = t(
        "{done} of {expected} cards topped up, {stopped} not.",
        done=sheet.done,
        expected=sheet.expected,
        stopped=sheet.expected - sheet.done,
    )
    pen.fitted(LEFT, y + 7, text, Style(9.5, bold=True), room=RIGHT - LEFT)
    pen.fitted(LEFT, y + 12.4, _sums(sheet, t), Style(8.5, Ink.SOFT), room=RIGHT - LEFT)
    return y + _bag(pen, sheet, t, y + 17.4) + 16.5


def _bag(pen: Pen, sheet: HandoverSheet, t: Translator, y: float) -> float:
    """Where the cards are and which seals were used; returns the height it took."""
    if not sheet.seals:
        return 0
    counts = " · ".join(f"{word(f'where.{code}', t)} {count}" for code, count in sheet.counts)
    seals = "  ".join(map(seal_grouped, sheet.seals))
    text = f"{t('Seal numbers')} {seals} · {counts}"
    pen.shortened(LEFT, y, text, Style(8.5, Ink.SOFT), room=RIGHT - LEFT)
    return 4.6


def _sums(sheet: HandoverSheet, t: Translator) -> str:
    """Where the money came from and went to; an equation only when it is one."""
    came = [(t("Money received"), sheet.received), (t("Paid online"), sheet.orders)]
    went = [
        (t("Loaded"), sheet.loaded),
        (t("To household balances"), sheet.kept),
        (t("Waiting for cards"), sheet.waiting),
        (t("For arrears"), sheet.arrears),
        (t("Gone back"), sheet.given_back),
        (t("Left for the payer"), sheet.remainder),
    ]
    equal = sum(amount.fen for _, amount in came) == sum(amount.fen for _, amount in went)
    left, right = (_terms(side, " + " if equal else " · ") for side in (came, went))
    return f"{left} = {right}" if equal else f"{left} · {right}"


def _terms(terms: list[tuple[str, Money]], sign: str) -> str:
    first, *rest = terms
    shown = [first, *((label, amount) for label, amount in rest if amount)]
    return sign.join(f"{label} {amount}" for label, amount in shown)
