"""Pictures of finished papers, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drivers.printers.raster import first_page_in_colour
from ui.pictures import save_bgr

DPI = 110


def picture_papers(papers: Sequence[Path], folder: Path) -> None:
    """Draw the first page of each paper as `paper-<name>.png`."""
    for paper in papers:
        page = first_page_in_colour(paper.read_bytes(), DPI)
        place = folder / f"paper-{paper.stem}.png"
        save_bgr(place, page.width, page.height, page.stride, page.rows)
