"""Turns English sentences with named fields into the operator's language.

One gettext catalogue per language lies under `resources/i18n`; the message id is the English
sentence itself, so English needs an entry only where the wording differs. The catalogue is read by
the few lines below: importing Babel costs 80 ms at every start, and reads it more slowly. A test
compares the two.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from resources import read_text

LANGUAGES = ("zh_CN", "en")
DEFAULT_LANGUAGE = "zh_CN"

Field = str | int | bool | None | Money | Volume

_FIELD = re.compile(r"\{(\w+)\}")
_ENTRY = re.compile(r'^(msgid|msgstr) ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNKNOWN = "—"


class Translator:
    """Translates into one language; made by `translator`, handed to whatever shows text.

    Attributes:
        lang: One of `LANGUAGES`.
    """

    __slots__ = ("_texts", "lang")

    def __init__(self, lang: str, texts: Mapping[str, str]) -> None:
        self.lang = lang
        self._texts = {
            source: text for source, text in texts.items() if fields_of(source) == fields_of(text)
        }

    def __call__(self, text: str, /, **fields: Field) -> str:
        """Translate the English sentence `text` and fill in its `{fields}`.

        A sentence without a translation, or whose translation has other fields, stays English.
        A field that is not given or None shows as a dash; `…_fen` and `…_litres` are written as
        money and volume.
        """
        return _FIELD.sub(
            lambda found: _shown(found[1], fields.get(found[1])), self._texts.get(text, text)
        )

    def translate(self, text: str, /, **fields: Field) -> str:
        """The same as calling the translator."""
        return self(text, **fields)

    def plural(self, one: str, many: str, n: int, **fields: Field) -> str:
        """Translate `one` when English counts `n` as one, else `many`; `{n}` is a field of both."""
        return self(one if n == 1 and self.lang == "en" else many, n=n, **fields)

    def day(self, when: date) -> str:
        """`2026年11月23日` or `23 Nov 2026`."""
        if self.lang == "en":
            return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
        return f"{when.year}年{when.month}月{when.day}日"

    def moment(self, when: datetime) -> str:
        """The day and the time to the second, in the time zone `when` carries."""
        return f"{self.day(when)} {when:%H:%M:%S}"

    def knows(self, text: str) -> bool:
        """Whether `text` has a translation with the same fields."""
        return text in self._texts


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=len(LANGUAGES))
def translator(lang: str = DEFAULT_LANGUAGE) -> Translator:
    """The translator of a language, read once.

    Raises:
        Refusal: code `language_unknown`.
    """
    if lang not in LANGUAGES:
        raise Refusal("language_unknown", lang=lang)
    return Translator(lang, dict(read_catalogue(read_text(catalogue_name(lang)))))


def catalogue_name(lang: str) -> str:
    """The resource that holds a language's sentences."""
    return f"i18n/{lang}/LC_MESSAGES/cardstation.po"


def read_catalogue(text: str) -> Iterator[tuple[str, str]]:
    """Yield (English, translation) of a .po file without contexts and plural forms.

    The header and entries not yet translated are left out.
    """
    source = ""
    for keyword, quoted in _ENTRY.findall(text):
        value = "".join(map(_unquoted, _QUOTED.findall(quoted)))
        if keyword == "msgid":
            source = value
        elif source and value:
            yield source, value


def _unquoted(part: str) -> str:
    return str(ast.literal_eval(part)) if "\\" in part else part[1:-1]


def fields_of(text: str) -> frozenset[str]:
    """The names of the `{fields}` in a sentence."""
    return frozenset(_FIELD.findall(text)) if "{" in text else frozenset()


def _shown(name: str, value: Field) -> str:
    if value is None or value == "":
        return _UNKNOWN
    if isinstance(value, int) and not isinstance(value, bool):
        if name == "fen" or name.endswith("_fen"):
            return str(Money(value))
        if name == "litres" or name.endswith("_litres"):
            return str(Volume(value))
    return str(value)
