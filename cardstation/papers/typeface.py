"""The embedded typeface: two weights, measured widths, and a mark instead of a blank.

reportlab draws a character the font lacks as nothing at all, so a mark is set in its place. It also
writes characters beyond U+FFFF wrongly into the table that copying and searching use
(reportlab 5.1.0, `ttfonts.makeToUnicodeCMap`); `_Face` corrects that table.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from resources import path

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"
NO_PICTURE = "〓"
"""Set for a character that the font lacks: what is on record has it, a hand writes it in."""

_BEYOND_BMP = re.compile(r"<([0-9A-F]{5,6})>$", re.MULTILINE)


class _Face(TTFont):  # type: ignore[misc]
    """A TrueType font whose copied text is right for every character."""

    def addObjects(self, doc: object) -> None:  # noqa: N802
        """Write the font's objects, then its text table with UTF-16 pairs."""
        super().addObjects(doc)
        prefix, suffix = "toUnicodeCMap:", "+" + self.fontName
        for name, stream in vars(doc)["idToObject"].items():
            if name.startswith(prefix) and name.endswith(suffix):
                stream.content = _BEYOND_BMP.sub(_utf16_pair, stream.content)


@lru_cache(maxsize=2)
def face(name: str) -> TTFont:
    """A weight of the typeface, registered at first use (about 0.1 s each)."""
    font = _Face(name, str(path(f"fonts/{name}.ttf")))
    pdfmetrics.registerFont(font)
    return font


def width_pt(text: str, size_pt: float, *, bold: bool = False) -> float:
    """The width of `text` in points."""
    return float(pdfmetrics.stringWidth(text, weight_for(text, bold=bold), size_pt))


def weight_for(text: str, *, bold: bool = False) -> str:
    """The weight that has every character of `text`: the bold one is cut to GBK and Latin."""
    return BOLD if bold and not missing(text, BOLD) else str(face(REGULAR).fontName)


def printable(text: str) -> str:
    """The text with a mark for each character that has no picture."""
    absent = missing(text)
    return text.translate(dict.fromkeys(map(ord, absent), NO_PICTURE)) if absent else text


def missing(text: str, name: str = REGULAR) -> str:
    """The characters of `text` for which the font has no picture, each once."""
    known = face(name).face.charToGlyph
    return "".join(dict.fromkeys(sign for sign in text if ord(sign) not in known))


def _utf16_pair(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"
