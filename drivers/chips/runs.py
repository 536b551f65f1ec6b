"""What of a span has to be written: the runs of bytes that differ from what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.card import Span

LONGEST = 255


def differing_runs(image: bytes, span: Span, longest: int = LONGEST) -> Iterator[Span]:
    """The runs of a span that differ from an image, ascending, none longer than `longest`."""
    start: int | None = None
    for place in range(span.address, span.end + 1):
        differs = place < span.end and image[place] != span.data[place - span.address]
        full = start is not None and place - start == longest
        if start is not None and (full or not differs):
            yield Span(start, span.data[start - span.address : place - span.address])
            start = None
        if differs and start is None:
            start = place
