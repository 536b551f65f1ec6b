"""The words of a card examination: the same for the command line and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.card import CardContent, PriceBlock
from cardstation.domain.card_report import (
    CardReport,
    ChipSeen,
    Flaw,
    PlaceSeen,
    Shape,
    Verdict,
)
from cardstation.i18n import Translator
from cardstation.sentences import Sentence, brief, sentence, word
from cardstation.sentences.words import WORDS

Row = tuple[str, str]
_NEVER = 1970


@dataclass(frozen=True, slots=True)
class CardTold:
    """A card examination in one language.

    Attributes:
        headline: What the card is, or what forbids a sale to it, in a few words.
        verdict: What the card is. todo: What to do now, in a sentence or two.
        sale: Why nothing is sold to it; empty when the verdict says it, or nothing forbids it.
        chip, content, meter, desk: Labels and texts: reader and chip, what the desk wrote, what
            the meter wrote back, what this station knows.
        broken: One sentence for every place that cannot be read.
        traps: What to know of cards of its maker, one sentence each.
    """

    title: str
    headline: str
    verdict: Sentence
    sale: str
    todo: str
    chip: tuple[Row, ...]
    content: tuple[Row, ...]
    meter: tuple[Row, ...]
    desk: tuple[Row, ...]
    broken: tuple[str, ...]
    traps: tuple[str, ...]


def card_told(report: CardReport, t: Translator) -> CardTold:
    """Put a card examination into words."""
    maker = report.content.identity.maker if report.content else ""
    verdict, stop = sentence(f"examined_{report.verdict}", {"maker": maker}, t), report.stop
    sale = sentence(stop.code, stop.values, t) if stop else None
    begun = report.verdict is Verdict.OURS_TORN
    whole = report.verdict is Verdict.OURS
    return CardTold(
        title=t("Card examination"),
        headline=sale.brief if sale and whole else verdict.brief,
        verdict=verdict,
        sale=sale.what if sale else "",
        todo=sale.todo if sale and not begun else verdict.todo,
        chip=tuple(_chip(report, t)),
        content=tuple(_content(report, report.content, t)) if report.content else (),
        meter=tuple(_meter(report, report.content, t)) if report.content else (),
        desk=tuple(_desk(report, t)),
        broken=tuple(_broken(report, t)),
        traps=tuple(map(t, report.traps)),
    )


def hexed(data: bytes) -> str:
    """Bytes for people."""
    return data.hex(" ").upper()


def _chip(report: CardReport, t: Translator) -> Iterator[Row]:
    yield t("Reader"), report.reader
    yield t("Answer to reset"), hexed(report.atr) or t("none")
    if report.protocol:
        yield t("Spoken to as"), word(f"protocol.{report.protocol}", t)
    best = report.chips[0] if report.chips else None
    if best is None:
        return
    if best.shape in (None, Shape.BLANK, Shape.STRANGE) and len(report.chips) > 1:
        yield t("Chip, one of"), _one_of(report.chips)
    else:
        yield t("Chip"), best.title
    if best.size and best.all_tries > 1:
        left = t("not readable") if best.tries_left is None else str(best.tries_left)
        yield t("Tries left"), t("{left} of {all}", left=left, all=best.all_tries)
    if best.layouts and best.shape not in (Shape.BLANK, Shape.STRANGE):
        yield t("Layout"), best.layouts[0].code


def _one_of(chips: tuple[ChipSeen, ...]) -> str:
    names = sorted(chip.title for chip in chips)
    return names[0] if len(names) == 1 else ", ".join(names)


def _moment(report: CardReport, when: datetime, t: Translator) -> str:
    """In the desk's time; a card without a date carries the beginning of all counting."""
    local = when.astimezone(report.made_at.tzinfo)
    return f"{local:%Y-%m-%d %H:%M}" if local.year > _NEVER else t("none")


def _content(report: CardReport, content: CardContent, t: Translator) -> Iterator[Row]:
    who, credit = content.identity, content.credit
    yield t("Maker and area"), who.maker
    yield t("Kind of card"), word(f"card.{who.card_type}", t)
    yield t("Card no."), who.card_no
    yield t("Account no."), who.account_no
    yield t("Meter no."), who.meter_no or t("none")
    yield t("Issue of the card"), str(who.generation)
    if credit is None:
        yield t("Last load"), t("not readable")
    else:
        yield t("Last load"), str(credit.quantity)
        yield t("Loaded at"), _moment(report, credit.loaded_at, t)
        yield t("Purchase counter"), str(credit.purchase_counter)
        yield t("Loaded in all"), str(credit.cumulative)
        if content.returned is not None:
            waits = content.pending is not None
            yield t("The load"), t("Still on the card") if waits else t("Taken by the meter")
    yield t("Meter holds at most"), str(content.limits.hoard)
    yield t("Alarm below"), str(content.limits.alarm)
    if content.price is not None:
        yield t("Prices per m³"), _prices(content.price)


def _prices(price: PriceBlock) -> str:
    return " · ".join(f"¥{step.price_e4 / 10_000:.2f}" for step in price.steps)


def _meter(report: CardReport, content: CardContent, t: Translator) -> Iterator[Row]:
    back = content.returned
    if back is None:
        yield t("Written back"), t("not readable")
        return
    yield t("Left in the meter"), str(back.residual)
    yield t("Used since installation"), str(back.used)
    yield t("Taken in all"), str(back.cumulative)
    yield t("Meter's counter"), str(back.purchase_counter)
    yield t("Written at"), _moment(report, back.written_at, t)
    yield t("Error number"), str(back.error)


def _desk(report: CardReport, t: Translator) -> Iterator[Row]:
    if report.content is not None and report.verdict is not Verdict.OTHER_AREA:
        yield t("Household file"), t("on file here") if report.on_file else t("not on file here")
    for one in report.differences:
        filed = word(f"meter.{one.on_file}", t) if one.what == "kind" else one.on_file
        yield word(f"differs.{one.what}", t), filed
    if (begun := report.intent) is not None:
        where, since = begun.origin or report.station, _moment(report, begun.since, t)
        yield brief(begun.code, t), f"{begun.money}  {since}  {where}"
    for code in report.warnings:
        yield t("Look"), word(f"flag.{code}", t) if f"flag.{code}" in WORDS else brief(code, t)


def _broken(report: CardReport, t: Translator) -> Iterator[str]:
    for chip in report.chips[:1]:
        for layout in chip.layouts[:1]:
            for place in layout.broken:
                yield _place(place, t)


def _place(place: PlaceSeen, t: Translator) -> str:
    name = word(f"place.{place.name}", t)
    return t("{place}: {flaws}", place=name, flaws="; ".join(_flaw(one, t) for one in place.flaws))


def _flaw(flaw: Flaw, t: Translator) -> str:
    name, seen, wanted = word(f"item.{flaw.name}", t), hexed(flaw.seen), hexed(flaw.wanted)
    if flaw.wanted:
        return t("{name} is {seen}, computed {wanted}", name=name, seen=seen, wanted=wanted)
    if not seen:
        return t("{name} cannot be read", name=name)
    return t("{name} cannot be {seen}", name=name, seen=seen)
