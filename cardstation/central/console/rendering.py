"""Turns a page's value into HTML: templates that escape everything, words, money, icons."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cardstation.central.console import words
from cardstation.central.console.visit import ZONE
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator
from cardstation.sentences import SENTENCES, brief, sentence, word
from resources import path, read_bytes, read_text

STATIC = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "app.svg": "image/svg+xml",
    "NotoSansSC-Regular.ttf": "font/ttf",
    "NotoSansSC-Bold.ttf": "font/ttf",
}
"""Every file the pages may ask for, and what it is."""

_ICON_NAME = re.compile(r"[a-z-]+")


@cache
def environment() -> Environment:
    """The templates under `resources/console`; an unknown name in one is an error."""
    made = Environment(
        loader=FileSystemLoader(path("console")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(icon=icon, static=static_address, words=words)
    made.filters.update(money=money, volume=volume, count=count, clock=clock)
    return made


def render(template: str, t: Translator, values: Mapping[str, Any]) -> str:
    """A page in a language."""
    return (
        environment()
        .get_template(f"{template}.html")
        .render(
            t=t,
            day=partial(day_of, t),
            moment=partial(moment, t),
            ago=partial(ago, t),
            word=partial(_word, t),
            brief=partial(_brief, t),
            explain=partial(_explain, t),
            **values,
        )
    )


def static_bytes(name: str) -> bytes:
    """The content of a file of `STATIC`."""
    folder = {"ttf": "fonts", "svg": "icons"}.get(name.rpartition(".")[2], "console/static")
    return read_bytes(f"{folder}/{name}")


@cache
def static_address(name: str) -> str:
    """Where a file of `STATIC` is, with what it contains: it may be kept for ever."""
    return f"/console/static/{name}?v={hashlib.sha256(static_bytes(name)).hexdigest()[:12]}"


@cache
def icon(name: str) -> Markup:
    """An icon of `resources/icons` in the colour of the words beside it."""
    if not _ICON_NAME.fullmatch(name):
        return Markup()
    drawn = read_text(f"icons/{name}.svg").replace("<svg ", '<svg aria-hidden="true" ', 1)
    return Markup(drawn)  # noqa: S704  # our own file


def money(fen: int | None) -> str:
    """`¥1,234.50`."""
    return "—" if fen is None else str(Money(int(fen)))


def volume(litres: int | None) -> str:
    """`1,234.5 m³`."""
    if litres is None:
        return "—"
    whole, dot, part = Volume(abs(int(litres))).m3.partition(".")
    return f"{'-' if litres < 0 else ''}{int(whole):,}{dot}{part} m³"


def count(number: int | None) -> str:
    """`1,234`."""
    return "—" if number is None else f"{int(number):,}"


def clock(when: datetime | None) -> str:
    """`09:30:05` at the utility."""
    return "—" if when is None else f"{when.astimezone(ZONE):%H:%M:%S}"


def day_of(t: Translator, when: date | datetime | None) -> str:
    """A day at the utility in words."""
    if isinstance(when, datetime):
        when = when.astimezone(ZONE).date()
    return "—" if when is None else t.day(when)


def moment(t: Translator, when: datetime | None) -> str:
    """A day and a time at the utility."""
    return "—" if when is None else t.moment(when.astimezone(ZONE))


def ago(t: Translator, when: datetime | None, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits."""
    if when is None:
        return t("never")
    seconds = max(0, int((now - when).total_seconds()))
    if seconds < 60:
        return t("just now")
    if seconds < 3_600:
        return t("{n} min ago", n=seconds // 60)
    if seconds < 2 * 86_400:
        return t("{n} h ago", n=seconds // 3_600)
    return t("{n} days ago", n=seconds // 86_400)


def _word(t: Translator, code: str) -> str:
    return word(code, t)


def _brief(t: Translator, code: str) -> str:
    return brief(code, t)


def _explain(t: Translator, code: str, **values: Any) -> Any:
    return sentence(code, values, t) if code in SENTENCES else None
