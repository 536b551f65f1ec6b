"""Turns PDF pages into black-and-white dots, and tells how large they are.

pdfium is not safe to use from two threads at once, so every use of it is in this file, behind one
lock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pypdfium2

_PDFIUM = threading.Lock()
_POINTS_PER_MM = 72 / 25.4
_DARKER_IS_BLACK = 168  # of 255: keeps thin strokes of small Chinese whole at 8 dots per mm

_BITS = bytes(ord("1") if level < _DARKER_IS_BLACK else ord("0") for level in range(256))


@dataclass(frozen=True, slots=True)
class Dots:
    """A bitmap of one page: `rows` of packed bits, most significant first, 1 = black."""

    width: int
    rows: tuple[bytes, ...]


def page_sizes_mm(pdf: bytes) -> tuple[tuple[int, int], ...]:
    """Width and height of each page in whole millimetres."""
    with _PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        points = [document.get_page_size(index) for index in range(len(document))]
    return tuple((_mm(width), _mm(height)) for width, height in points)


def pages_as_dots(pdf: bytes, width: int, margin_mm: float) -> tuple[Dots, ...]:
    """Render each page `width` dots wide, leaving out `margin_mm` at its left and right.

    White rows at the end of a page are left out.
    """
    with _PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        return tuple(_dots(page, width, margin_mm) for page in document)


def _dots(page: pypdfium2.PdfPage, width: int, margin_mm: float) -> Dots:
    margin = margin_mm * _POINTS_PER_MM
    scale = width / (page.get_width() - 2 * margin)
    bitmap = page.render(scale=scale, grayscale=True)
    left = round(margin * scale)
    levels, stride = bytes(bitmap.buffer), bitmap.stride
    rows = [
        _packed(levels[start + left : start + min(left + width, bitmap.width)], width)
        for start in range(0, stride * bitmap.height, stride)
    ]
    while rows and not any(rows[-1]):
        rows.pop()
    return Dots(width, tuple(rows))


def _packed(levels: bytes, width: int) -> bytes:
    bits = levels.translate(_BITS).ljust(width, b"0")
    return int(bits, 2).to_bytes(width // 8, "big")


def _mm(points: float) -> int:
    return round(points / _POINTS_PER_MM)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A page in colour: rows of `stride` bytes, three bytes a pixel: blue, green, red."""

    width: int
    height: int
    stride: int
    rows: bytes


def first_page_in_colour(pdf: bytes, dpi: int) -> Pixels:
    """Render the first page for a screen."""
    with _PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[0].render(scale=dpi / 72)
        return Pixels(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
